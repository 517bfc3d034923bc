#pragma once

// From a signing certificate to a trusted authority: src/sigstore/certificate_chain.hpp
// RFC 5280 §6 by OpenSSL, plus what it does not check; rules V-32 to V-37 of docs/verification.md.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sigstore/certificate.hpp"
#include "sigstore/time.hpp"
#include "sigstore/trusted_root.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// Remembers which certificate was signed by which key, so that an intermediate's signature is verified once per run. Keyed
/// by the whole bytes of both; only successes are kept; bounded. Thread-safe.
class SignatureMemory {
 public:
  /// `remembers` false: every signature is checked each time.
  explicit SignatureMemory(bool remembers = true);
  ~SignatureMemory();
  SignatureMemory(SignatureMemory const&) = delete;
  SignatureMemory& operator=(SignatureMemory const&) = delete;

  /// True when `issuer`'s key has signed `certificate`.
  bool signed_by(Certificate const& certificate, Certificate const& issuer);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A signing certificate with the certificates above it, up to and including the anchor.
struct CertificatePath {
  std::vector<Certificate> certificates;  ///< leaf first; at least two
  std::size_t authority = 0;              ///< index into the authorities

  /// The CA that really signed the leaf: what SCTs are made over (V-41).
  [[nodiscard]] Certificate const& issuer() const { return certificates[1]; }
};

/// The certificate authorities of one trusted root, made ready. Thread-safe after construction.
class ChainVerifier {
 public:
  /// `authorities` and `memory` must outlive it.
  ChainVerifier(std::span<CertificateAuthority const> authorities, SignatureMemory& memory);
  ~ChainVerifier();
  ChainVerifier(ChainVerifier&&) noexcept;

  /// The leaf's paths, one per authority under which all of V-34 to V-36 hold, dates left out. Refused (code
  /// "certificate-chain") when there is none, with the nearest reason.
  [[nodiscard]] Verdict<std::vector<CertificatePath>> paths(Certificate const& leaf) const;

  /// V-33: the first of `paths` whose authority is valid at `time` and whose certificates all are.
  [[nodiscard]] Verdict<CertificatePath const*> at(std::span<CertificatePath const> paths, Time time) const;

 private:
  struct Authority;
  std::vector<std::unique_ptr<Authority>> authorities_;
};

}  // namespace acr::sigstore
