#include "loopback/authority.hpp"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

#include "support/atomic_file.hpp"
#include "support/handle.hpp"
#include "support/text.hpp"

namespace acr::loopback {
namespace {

using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Handle<X509, X509_free>;
using Memory = Handle<BIO, BIO_free_all>;

constexpr long day = 24 * 60 * 60;

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot make the test's certificates");
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  auto const size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  Memory const memory(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(memory.get(), certificate) == 1);
  return text_of(memory.get());
}

std::string pem_of(EVP_PKEY* key) {
  Memory const memory(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(memory.get());
}

void add_extension(X509* certificate, X509* issuer, int kind, std::string const& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  Handle<X509_EXTENSION, X509_EXTENSION_free> const extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

Certificate unsigned_certificate(EVP_PKEY* key, std::string const& name, long from, long until) {
  Certificate certificate(X509_new());
  require(certificate != nullptr && X509_set_version(certificate.get(), 2) == 1);
  static long serial = 1000;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), until);
  auto const* const bytes = reinterpret_cast<unsigned char const*>(name.c_str());
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8, bytes, -1, -1, 0) == 1);
  require(X509_set_pubkey(certificate.get(), key) == 1);
  return certificate;
}

bool is_address(std::string const& name) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, name.c_str(), bytes) == 1 || inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

}  // namespace

struct Authority::Keys {
  Key key;
  Certificate root;
};

Authority::Authority() : keys_(std::make_unique<Keys>()) {
  keys_->key = Key(EVP_EC_gen("P-256"));
  require(keys_->key != nullptr);
  keys_->root = unsigned_certificate(keys_->key.get(), "loopback test root", -day, day);
  auto* const root = keys_->root.get();
  X509_set_issuer_name(root, X509_get_subject_name(root));
  add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(root, root, NID_key_usage, "critical,keyCertSign");
  add_extension(root, root, NID_subject_key_identifier, "hash");
  require(X509_sign(root, keys_->key.get(), EVP_sha256()) > 0);
  pem_ = pem_of(root);
  file_ = std::filesystem::temp_directory_path() / ("acr-loopback-ca-" + random_hex(8) + ".pem");
  write_file(file_, pem_);
}

Authority::~Authority() {
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

Identity Authority::issue(std::vector<std::string> const& names, long from, long until) const {
  Key const key(EVP_EC_gen("P-256"));
  auto const certificate = unsigned_certificate(key.get(), "loopback test server", from, until);
  auto* const root = keys_->root.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(root));
  add_extension(certificate.get(), root, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), root, NID_ext_key_usage, "serverAuth");
  std::string alternatives;
  for (auto const& name : names) {
    if (!alternatives.empty()) alternatives += ",";
    alternatives += (is_address(name) ? "IP:" : "DNS:") + name;
  }
  add_extension(certificate.get(), root, NID_subject_alt_name, alternatives);
  require(X509_sign(certificate.get(), keys_->key.get(), EVP_sha256()) > 0);
  return {pem_of(certificate.get()), pem_of(key.get())};
}

Identity Authority::identity(std::vector<std::string> const& names) const { return issue(names, -day, day); }

Identity Authority::expired_identity(std::vector<std::string> const& names) const { return issue(names, -3 * day, -day); }

Identity Authority::old_identity(std::vector<std::string> const& names) const {
  auto identity = issue(names, -day, day);
  identity.only_tls11 = true;
  return identity;
}

}  // namespace acr::loopback
