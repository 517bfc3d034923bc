// See certificate.hpp.
#include "sigstore/certificate.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "sigstore/key_context.hpp"
#include "sigstore/limits.hpp"
#include "support/encoding.hpp"
#include "support/handle.hpp"

namespace acr::sigstore {
namespace {

using X509Handle = Handle<X509, X509_free>;

Rejection bad_certificate(std::string why) {
  ERR_clear_error();
  return reject("certificate", "certificate", std::move(why)).rule("V-9");
}

/// Null: not a certificate. `rest`: how many bytes follow it.
X509Handle read_x509(std::string_view der, std::size_t& rest) {
  X509Handle x509;
  for (auto* const context : reading_contexts()) {
    auto const* const begin = reinterpret_cast<unsigned char const*>(der.data());
    auto const* cursor = begin;
    X509* object = X509_new_ex(context, nullptr);
    bool const readable = object && d2i_X509(&object, &cursor, static_cast<long>(der.size()));
    x509.reset(object);  // null where d2i_X509 has freed it
    if (!readable) return nullptr;
    rest = der.size() - static_cast<std::size_t>(cursor - begin);
    if (X509_get0_pubkey(object)) break;
  }
  return x509;
}

std::string name_der(X509_NAME const* name) {
  unsigned char const* der = nullptr;
  std::size_t length = 0;
  if (X509_NAME_get0_der(const_cast<X509_NAME*>(name), &der, &length) != 1) return {};
  return {reinterpret_cast<char const*>(der), length};
}

std::string name_text(X509_NAME const* name) {
  Handle<BIO, BIO_free> const memory(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* data = nullptr;
  long const length = BIO_get_mem_data(memory.get(), &data);
  return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

std::vector<std::string> organizations(X509_NAME const* name) {
  std::vector<std::string> found;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(const_cast<X509_NAME*>(name), NID_organizationName, at)) >= 0;) {
    unsigned char* utf8 = nullptr;
    int const length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    // An O that is not text must not vanish: V-30 counts them.
    found.emplace_back(length < 0 ? "" : std::string(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(length)));
    if (length >= 0) OPENSSL_free(utf8);
  }
  return found;
}

std::optional<Time> time_of(ASN1_TIME const* asn1) {
  std::tm broken{};
  if (ASN1_TIME_to_tm(asn1, &broken) != 1) return std::nullopt;
  return Time{static_cast<std::int64_t>(timegm(&broken)), 0};
}

}  // namespace

struct Certificate::State {
  X509Handle x509;
  std::string der;
  std::string fingerprint;
  Validity validity;
  std::string subject_der;
  std::string issuer_der;
  bool is_ca = false;
  std::optional<Verdict<PublicKey>> public_key;
};

Verdict<Certificate> Certificate::parse(std::string_view der) {
  if (der.empty()) return bad_certificate("it is empty");
  if (der.size() > limits::max_certificate_bytes)
    return bad_certificate("it is larger than the limit").found(std::to_string(der.size()) + " bytes");
  std::size_t rest = 0;
  X509Handle x509 = read_x509(der, rest);
  if (!x509) return bad_certificate("it is not an X.509 certificate");
  if (rest != 0) return bad_certificate("bytes follow it");

  auto state = std::make_shared<State>();
  auto const from = time_of(X509_get0_notBefore(x509.get()));
  auto const to = time_of(X509_get0_notAfter(x509.get()));
  if (!from || !to) return bad_certificate("its validity is unreadable");
  state->der = der;
  state->fingerprint = sha256(der);
  state->validity = {from, to};
  state->subject_der = name_der(X509_get_subject_name(x509.get()));
  state->issuer_der = name_der(X509_get_issuer_name(x509.get()));
  // Fills OpenSSL's cache of extension values, once and before other threads see the certificate. A certificate with an
  // unreadable basic extension, or one that occurs twice, is marked invalid there.
  X509_check_purpose(x509.get(), -1, 0);
  if ((X509_get_extension_flags(x509.get()) & EXFLAG_INVALID) != 0)
    return bad_certificate("one of its extensions is ill-formed");
  state->is_ca = (X509_get_extension_flags(x509.get()) & EXFLAG_CA) != 0;
  X509_PUBKEY* const spki = X509_get_X509_PUBKEY(x509.get());
  unsigned char* encoded = nullptr;
  int const length = i2d_X509_PUBKEY(spki, &encoded);
  state->public_key = PublicKey::from_parts(
      X509_get0_pubkey(x509.get()),
      length > 0 ? std::string(reinterpret_cast<char*>(encoded), static_cast<std::size_t>(length)) : std::string());
  OPENSSL_free(encoded);
  ERR_clear_error();
  state->x509 = std::move(x509);
  return Certificate(std::move(state));
}

std::string const& Certificate::der() const { return state_->der; }
std::string const& Certificate::fingerprint() const { return state_->fingerprint; }
Validity const& Certificate::validity() const { return state_->validity; }
std::string const& Certificate::subject_der() const { return state_->subject_der; }
std::string const& Certificate::issuer_der() const { return state_->issuer_der; }
std::string Certificate::subject_text() const { return name_text(X509_get_subject_name(native())); }
std::string Certificate::issuer_text() const { return name_text(X509_get_issuer_name(native())); }
std::vector<std::string> Certificate::subject_organizations() const { return organizations(X509_get_subject_name(native())); }
std::vector<std::string> Certificate::issuer_organizations() const { return organizations(X509_get_issuer_name(native())); }
bool Certificate::is_ca() const { return state_->is_ca; }
bool Certificate::is_self_issued() const { return state_->subject_der == state_->issuer_der; }
x509_st* Certificate::native() const { return state_->x509.get(); }

std::string Certificate::serial_hex() const {
  ASN1_INTEGER const* const serial = X509_get0_serialNumber(native());
  return hex(
      {reinterpret_cast<char const*>(ASN1_STRING_get0_data(serial)), static_cast<std::size_t>(ASN1_STRING_length(serial))});
}

Verdict<PublicKey> const& Certificate::public_key() const { return *state_->public_key; }

}  // namespace acr::sigstore
