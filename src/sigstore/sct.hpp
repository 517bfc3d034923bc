#pragma once

// Signed certificate timestamps inside a signing certificate: src/sigstore/sct.hpp
// RFC 6962 §3.2, §3.3; rules V-40 to V-45 of docs/verification.md. They show that the certificate authority did not issue in
// secret.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sigstore/certificate.hpp"
#include "sigstore/trusted_root.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

struct Sct {
  std::string log_id;  ///< 32 raw bytes
  std::uint64_t timestamp_ms = 0;
  std::string extensions;                ///< raw; part of what is signed (V-42)
  std::uint8_t hash_algorithm = 0;       ///< RFC 5246: 4 = SHA-256
  std::uint8_t signature_algorithm = 0;  ///< RFC 5246: 1 = RSA, 3 = ECDSA
  std::string signature;

  [[nodiscard]] Time time() const;
};

/// A TLS SignedCertificateTimestampList, read to its last byte (V-40); refused with code "sct".
Verdict<std::vector<Sct>> parse_sct_list(std::string_view bytes);

/// What the certificate's SCT extension holds, and the certificate as it was when the SCTs were made.
struct EmbeddedScts {
  std::vector<Sct> scts;
  std::string tbs;  ///< TBSCertificate without the SCT extension, every other byte as it is (V-41)
};

/// Nothing inside when the certificate has no SCT extension. Refused: two of them, a poison extension (V-45), ill-formed lists.
Verdict<std::optional<EmbeddedScts>> embedded_scts(Certificate const& certificate);

/// The bytes an SCT's signature is made over (V-41). `issuer_key_hash`: SHA-256 of the SPKI of the CA that signed the leaf.
std::string sct_signed_data(Sct const& sct, std::string_view issuer_key_hash, std::string_view tbs);

/// The names of the distinct logs whose SCT holds (V-43, V-44); refused when there are fewer than `threshold`. `issuers`: the
/// CAs that really signed the leaf.
Verdict<std::vector<std::string>> check_scts(Certificate const& leaf, std::span<Certificate const> issuers,
                                             std::span<LogInstance const> logs, std::size_t threshold);

}  // namespace acr::sigstore
