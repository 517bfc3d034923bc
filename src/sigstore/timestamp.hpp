#pragma once

// Signed timestamps over a bundle's signature: src/sigstore/timestamp.hpp
// RFC 3161, RFC 5652, RFC 5816; rules V-75 to V-83 of docs/verification.md.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sigstore/bundle.hpp"
#include "sigstore/certificate_chain.hpp"
#include "sigstore/check.hpp"
#include "sigstore/time.hpp"
#include "sigstore/trusted_root.hpp"
#include "support/digest.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// How a token names its signer.
struct SignerId {
  std::string issuer_der;  ///< Name, DER; empty when the key identifier is used
  std::string serial_hex;  ///< lower-case hex of the magnitude, as Certificate::serial_hex()
  std::string key_id;      ///< SubjectKeyIdentifier, raw; empty when issuer and serial are used
};

/// A TimeStampResp taken apart (V-75, V-77): well-formed, nothing more.
struct TimestampToken {
  HashAlgorithm imprint_algorithm = HashAlgorithm::sha256;  ///< never sha1
  std::string imprint;                                      ///< raw
  Time time;                                                ///< genTime
  std::string content;                                      ///< TSTInfo, DER: what the signature is about
  SignerId signer;
  HashAlgorithm digest_algorithm = HashAlgorithm::sha256;  ///< of the signer, never sha1
  std::string signed_attributes;                           ///< DER SET OF: what the signature is made over
  std::string message_digest;                              ///< attribute
  std::string certificate_hash_v1;                         ///< ESS signingCertificate, SHA-1; empty when absent
  HashAlgorithm certificate_hash_algorithm = HashAlgorithm::sha256;
  std::string certificate_hash_v2;  ///< ESS signingCertificateV2; empty when absent
  std::string signature_algorithm;  ///< dotted decimals
  std::string signature;
  std::vector<std::string> certificates;  ///< DER, embedded: untrusted (V-78)
};

/// Strict DER, read to its last byte. Refused (code "timestamp"): a status other than granted, another content type, any number
/// of signers but one, SHA-1 as imprint or digest, missing or doubled signed attributes, a genTime that is not UTC.
Verdict<TimestampToken> parse_timestamp(std::string_view der);

struct CheckedTimestamp {
  std::size_t position = 0;                       ///< in Bundle::timestamps
  TimestampAuthority const* authority = nullptr;  ///< of the authorities that were handed in
  Time time;
};

struct TimestampEvidence {
  std::vector<CheckedTimestamp> timestamps;  ///< in the order of the bundle; those of unknown authorities are left out (V-82)
  std::size_t distinct_authorities = 0;      ///< one URI, one operator counts once (V-82)
};

/// The timestamp authorities of one trusted root, made ready. Thread-safe after construction.
class TimestampVerifier {
 public:
  /// `authorities` and `memory` must outlive it.
  TimestampVerifier(std::span<TimestampAuthority const> authorities, SignatureMemory& memory);
  ~TimestampVerifier();
  TimestampVerifier(TimestampVerifier&&) noexcept;

  /// One timestamp over `message` (V-76: a bundle's raw signature bytes). A null authority: made by an authority that the root
  /// does not know. Refused (code "timestamp"): malformed, or it names a known authority and does not verify.
  [[nodiscard]] Verdict<CheckedTimestamp> verify(std::string_view der, std::string_view message) const;

  /// All timestamps of `bundle`, and that at least `threshold` distinct authorities made one. Each check becomes a result in
  /// `trace`. Nothing comes back when any of them fails.
  [[nodiscard]] std::optional<TimestampEvidence> check(Bundle const& bundle, std::size_t threshold, CheckTrace& trace) const;

 private:
  struct Authority;
  std::vector<std::unique_ptr<Authority>> authorities_;
};

}  // namespace acr::sigstore
