#include "forge.hpp"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <stdexcept>

#include "support/handle.hpp"

namespace forge {
namespace {

using acr::Handle;

void must(bool ok, char const* what) {
  if (!ok) throw std::runtime_error(std::string("forge: ") + what);
}

EVP_PKEY* native(Key const& key) { return static_cast<EVP_PKEY*>(key.pkey.get()); }

void add_name(X509_NAME* name, char const* field, std::string const& value) {
  if (value.empty()) return;
  must(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<unsigned char const*>(value.data()),
                                  static_cast<int>(value.size()), -1, 0) == 1,
       "name");
}

}  // namespace

Key::Key(std::string const& kind) {
  EVP_PKEY* made = nullptr;
  if (kind.starts_with("RSA:")) {
    made = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(std::stoul(kind.substr(4))));
  } else if (kind == "ED25519") {
    made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  } else {
    made = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kind.c_str());
  }
  must(made != nullptr, "key");
  pkey = std::shared_ptr<void>(made, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
}

Wish leaf() {
  Wish wish;
  wish.subject.clear();
  wish.organization.clear();
  wish.extensions = {{"keyUsage", "critical,digitalSignature"},
                     {"extendedKeyUsage", "codeSigning"},
                     {"subjectKeyIdentifier", "hash"},
                     {"authorityKeyIdentifier", "keyid"},
                     {"subjectAltName", san}};
  return wish;
}

Wish authority(std::string const& name) {
  Wish wish;
  wish.subject = name;
  wish.not_after = "20261231235959Z";
  wish.extensions = {{"basicConstraints", "critical,CA:TRUE"},
                     {"keyUsage", "critical,keyCertSign,cRLSign"},
                     {"subjectKeyIdentifier", "hash"},
                     {"authorityKeyIdentifier", "keyid"}};
  return wish;
}

Issued issue(Wish const& wish, Issued const* issuer, Key const& key) {
  Handle<X509, X509_free> const made(X509_new());
  X509* const x509 = made.get();
  X509_set_version(x509, X509_VERSION_3);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1);
  must(ASN1_TIME_set_string_X509(X509_getm_notBefore(x509), wish.not_before.c_str()) == 1, "notBefore");
  must(ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), wish.not_after.c_str()) == 1, "notAfter");
  add_name(X509_get_subject_name(x509), "O", wish.organization);
  add_name(X509_get_subject_name(x509), "CN", wish.subject);
  X509* const parent = issuer ? issuer->certificate.native() : x509;
  X509_set_issuer_name(x509, X509_get_subject_name(parent));
  must(X509_set_pubkey(x509, native(key)) == 1, "public key");
  X509V3_CTX context;
  X509V3_set_ctx(&context, parent, x509, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  for (auto const& [name, value] : wish.extensions) {
    Handle<X509_EXTENSION, X509_EXTENSION_free> const extension(
        X509V3_EXT_nconf(nullptr, &context, name.c_str(), value.c_str()));
    must(extension != nullptr, (name + "=" + value).c_str());
    must(X509_add_ext(x509, extension.get(), -1) == 1, "extension");
  }
  EVP_MD const* const md = wish.hash.empty() ? nullptr : EVP_get_digestbyname(wish.hash.c_str());
  must(X509_sign(x509, native(issuer ? issuer->key : key), md) > 0, "signature");
  unsigned char* der = nullptr;
  int const length = i2d_X509(x509, &der);
  must(length > 0, "DER");
  std::string const bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  auto parsed = acr::sigstore::Certificate::parse(bytes);
  must(parsed.has_value(), "the forged certificate does not parse");
  return {*parsed, key};
}

Wish with(Wish wish, std::string const& name, std::string const& value) {
  auto const at = std::find_if(wish.extensions.begin(), wish.extensions.end(), [&](auto const& e) { return e.first == name; });
  if (at != wish.extensions.end()) {
    if (value.empty()) {
      wish.extensions.erase(at);
    } else {
      at->second = value;
    }
  } else if (!value.empty()) {
    wish.extensions.emplace_back(name, value);
  }
  return wish;
}

}  // namespace forge
