#include "signing/certificate_authority.hpp"

#include <openssl/bn.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>
#include <utility>

#include "signing/der.hpp"
#include "support/handle.hpp"
#include "support/text.hpp"

namespace acr::signing {
namespace {

using X509Handle = Handle<X509, X509_free>;

void must(bool ok, char const* what) {
  if (!ok) throw std::runtime_error(std::string("OpenSSL could not ") + what);
}

X509Handle parsed(std::string const& der) {
  auto const* cursor = reinterpret_cast<unsigned char const*>(der.data());
  X509Handle x509(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  must(x509 != nullptr, "read an issuer");
  return x509;
}

std::string encoded(X509* x509) {
  unsigned char* bytes = nullptr;
  int const length = i2d_X509(x509, &bytes);
  must(length > 0, "encode a certificate");
  std::string der(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(length));
  OPENSSL_free(bytes);
  return der;
}

std::string encoded_tbs(X509* x509) {
  unsigned char* bytes = nullptr;
  int const length = i2d_re_X509_tbs(x509, &bytes);
  must(length > 0, "encode a certificate");
  std::string der(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(length));
  OPENSSL_free(bytes);
  return der;
}

void add_known(X509* x509, X509* issuer, int nid, std::string const& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  Handle<X509_EXTENSION, X509_EXTENSION_free> const extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  must(extension && X509_add_ext(x509, extension.get(), -1) == 1, "add an extension");
}

void add_raw(X509* x509, Extension const& spec) {
  Handle<ASN1_OBJECT, ASN1_OBJECT_free> const oid(OBJ_txt2obj(spec.oid.c_str(), 1));
  Handle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> const value(ASN1_OCTET_STRING_new());
  must(oid && value &&
           ASN1_OCTET_STRING_set(value.get(), reinterpret_cast<unsigned char const*>(spec.value.data()),
                                 static_cast<int>(spec.value.size())) == 1,
       "make an extension");
  Handle<X509_EXTENSION, X509_EXTENSION_free> const extension(
      X509_EXTENSION_create_by_OBJ(nullptr, oid.get(), spec.critical ? 1 : 0, value.get()));
  must(extension && X509_add_ext(x509, extension.get(), -1) == 1, "add an extension");
}

void set_name(X509_NAME* name, CertificateSpec const& spec) {
  auto const add = [&](char const* field, std::string const& value) {
    if (value.empty()) return;
    must(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<unsigned char const*>(value.data()),
                                    static_cast<int>(value.size()), -1, 0) == 1,
         "set a name");
  };
  add("O", spec.organization);
  add("CN", spec.common_name);
}

EVP_MD const* method(Key const& key, HashAlgorithm hash) {
  if (key.type() == KeyType::ed25519) return nullptr;
  switch (hash) {
    case HashAlgorithm::sha1:
      return EVP_sha1();
    case HashAlgorithm::sha384:
      return EVP_sha384();
    case HashAlgorithm::sha512:
      return EVP_sha512();
    case HashAlgorithm::sha256:
      break;
  }
  return EVP_sha256();
}

}  // namespace

CertificateSpec authority_spec(std::string organization, std::string common_name, std::int64_t from, std::int64_t to) {
  CertificateSpec spec;
  spec.organization = std::move(organization);
  spec.common_name = std::move(common_name);
  spec.not_before = from;
  spec.not_after = to;
  spec.basic_constraints = "critical,CA:TRUE";
  spec.key_usage = "critical,keyCertSign,cRLSign";
  return spec;
}

Identity issue(CertificateSpec const& spec, Key const& key, Identity const* issuer,
               std::function<std::vector<Extension>(std::string const& tbs)> const& finish) {
  X509Handle const x509(X509_new());
  must(x509 != nullptr, "make a certificate");
  X509Handle const issuer_x509 = issuer ? parsed(issuer->der) : nullptr;
  X509* const above = issuer ? issuer_x509.get() : x509.get();
  must(X509_set_version(x509.get(), 2) == 1, "set a version");
  BIGNUM* serial = nullptr;
  std::string const serial_hex = spec.serial_hex.empty() ? "4" + random_hex(15) : spec.serial_hex;
  must(BN_hex2bn(&serial, serial_hex.c_str()) > 0, "set a serial number");
  Handle<BIGNUM, BN_free> const owned(serial);
  must(BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x509.get())) != nullptr, "set a serial number");
  must(ASN1_TIME_set(X509_getm_notBefore(x509.get()), static_cast<time_t>(spec.not_before)) != nullptr, "set a date");
  must(ASN1_TIME_set(X509_getm_notAfter(x509.get()), static_cast<time_t>(spec.not_after)) != nullptr, "set a date");
  set_name(X509_get_subject_name(x509.get()), spec);
  must(X509_set_issuer_name(x509.get(), X509_get_subject_name(above)) == 1, "set an issuer");
  must(X509_set_pubkey(x509.get(), key.native()) == 1, "set a key");
  add_known(x509.get(), above, NID_key_usage, spec.key_usage);
  add_known(x509.get(), above, NID_ext_key_usage, spec.extended_key_usage);
  add_known(x509.get(), above, NID_basic_constraints, spec.basic_constraints);
  add_known(x509.get(), above, NID_name_constraints, spec.name_constraints);
  if (spec.key_identifiers) {
    add_known(x509.get(), above, NID_subject_key_identifier, "hash");
    add_known(x509.get(), above, NID_authority_key_identifier, "keyid:always");
  }
  for (auto const& extension : spec.extensions) add_raw(x509.get(), extension);

  Key const& signer = issuer ? issuer->key : key;
  EVP_MD const* const md = method(signer, spec.signature_hash);
  // The first signing writes the algorithm into the TBSCertificate, which `finish` must see as it will be.
  must(X509_sign(x509.get(), signer.native(), md) > 0, "sign a certificate");
  if (finish) {
    for (auto const& extension : finish(encoded_tbs(x509.get()))) add_raw(x509.get(), extension);
    must(X509_sign(x509.get(), signer.native(), md) > 0, "sign a certificate");
  }
  return {key, encoded(x509.get())};
}

namespace {
Extension alternative_name(std::string const& general_name) { return {"2.5.29.17", der::sequence(general_name), true}; }
}  // namespace

Extension uri_name(std::string_view uri) { return alternative_name(der::element(0x86, uri)); }
Extension email_name(std::string_view address) { return alternative_name(der::element(0x81, address)); }
Extension user_name(std::string_view name) {
  return alternative_name(der::context(0, der::oid("1.3.6.1.4.1.57264.1.7") + der::context(0, der::utf8(name))));
}

Extension fulcio(int number, std::string_view value) {
  return {"1.3.6.1.4.1.57264.1." + std::to_string(number), number < 8 ? std::string(value) : der::utf8(value), false};
}

}  // namespace acr::signing
