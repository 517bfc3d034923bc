#pragma once

// A parsed X.509 certificate: src/sigstore/certificate.hpp (RFC 5280, Fulcio "OID information")
// Only reading; what a certificate is trusted for is decided in certificate_chain.hpp and timestamp.hpp.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sigstore/public_key.hpp"
#include "sigstore/time.hpp"
#include "support/verdict.hpp"

struct x509_st;  // OpenSSL's X509, for .cpp files of this room

namespace acr::sigstore {

/// Immutable, cheap to copy, usable from many threads.
class Certificate {
 public:
  /// DER, read to its last byte (V-9); refused with code "certificate".
  static Verdict<Certificate> parse(std::string_view der);

  [[nodiscard]] std::string const& der() const;
  /// SHA-256 of der(), raw.
  [[nodiscard]] std::string const& fingerprint() const;
  /// Whole seconds, both inclusive (V-33).
  [[nodiscard]] Validity const& validity() const;
  /// DER of the names, for comparison.
  [[nodiscard]] std::string const& subject_der() const;
  [[nodiscard]] std::string const& issuer_der() const;
  /// RFC 2253 style, UTF-8, for messages: "CN=sigstore-intermediate,O=sigstore.dev".
  [[nodiscard]] std::string subject_text() const;
  [[nodiscard]] std::string issuer_text() const;
  /// Values of all O attributes, in order (V-30 demands exactly one).
  [[nodiscard]] std::vector<std::string> subject_organizations() const;
  [[nodiscard]] std::vector<std::string> issuer_organizations() const;
  /// Lower-case hex of the serial number's magnitude.
  [[nodiscard]] std::string serial_hex() const;
  /// basicConstraints CA:TRUE.
  [[nodiscard]] bool is_ca() const;
  /// Subject equals issuer.
  [[nodiscard]] bool is_self_issued() const;
  /// The subject's key, as V-47 allows it; refused for other kinds.
  [[nodiscard]] Verdict<PublicKey> const& public_key() const;

  /// Borrowed, never null. OpenSSL has already cached its extension values, so reading it is thread-safe.
  [[nodiscard]] x509_st* native() const;

  friend bool operator==(Certificate const& a, Certificate const& b) { return a.der() == b.der(); }

 private:
  struct State;
  explicit Certificate(std::shared_ptr<State const> state) : state_(std::move(state)) {}
  std::shared_ptr<State const> state_;
};

}  // namespace acr::sigstore
