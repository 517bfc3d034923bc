#pragma once

// The timestamp authority of the virtual signing world: RFC 3161 responses, written element by element so that each can be
// wrong.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "signing/certificate_authority.hpp"
#include "support/digest.hpp"

namespace acr::signing {

/// Everything a response will say. Texts that end in `_oid` are dotted decimals.
struct TimestampParts {
  int status = 0;
  bool failure_info = false;
  std::string content_type_oid = "1.2.840.113549.1.7.2";  ///< of the token
  std::string inner_type_oid = "1.2.840.113549.1.9.16.1.4";
  std::uint64_t signed_data_version = 3, info_version = 1, signer_version = 1;
  HashAlgorithm imprint_algorithm = HashAlgorithm::sha256;
  std::string imprint;  ///< raw; computed when empty
  std::int64_t seconds = 0;
  std::string gen_time;  ///< overrides `seconds`: "20261124113320.5Z"
  bool critical_extension = false;
  std::vector<std::string> embedded;  ///< DER certificates
  std::size_t signers = 1;
  bool by_key_identifier = false;  ///< SID: key identifier instead of issuer and serial
  HashAlgorithm digest_algorithm = HashAlgorithm::sha256;
  std::string announced_digest_oid;                                      ///< in SignedData.digestAlgorithms; fits when empty
  std::string signature_algorithm_oid;                                   ///< fits when empty
  std::string content_type_attribute_oid = "1.2.840.113549.1.9.16.1.4";  ///< empty: no such attribute
  std::string message_digest;                                            ///< raw; computed when empty
  bool message_digest_attribute = true, message_digest_twice = false;
  bool signed_attributes = true;
  bool ess_v1 = false, ess_v2 = true;
  HashAlgorithm ess_hash = HashAlgorithm::sha256;  ///< of v2
  std::string ess_certificate;                     ///< DER that is named; the signer's when empty
  std::string trailing;                            ///< bytes behind the response
};

class StampingAuthority {
 public:
  /// Signer, further authorities, anchor last.
  StampingAuthority(Identity signer, std::vector<std::string> above) : signer_(std::move(signer)), above_(std::move(above)) {}

  [[nodiscard]] Identity const& signer() const { return signer_; }
  /// DER, signer first.
  [[nodiscard]] std::vector<std::string> chain() const;
  [[nodiscard]] TimestampParts parts(std::int64_t seconds) const;
  /// A TimeStampResp over `message`, DER.
  [[nodiscard]] std::string stamp(std::string_view message, TimestampParts const& parts) const;
  /// The same made by OpenSSL's own RFC 3161 code: a second opinion. SHA-256 imprint, `digest` for signer.
  [[nodiscard]] std::string openssl_stamp(std::string_view message, std::int64_t seconds, bool embed,
                                          HashAlgorithm digest) const;

 private:
  Identity signer_;
  std::vector<std::string> above_;
};

/// What a TSA's signing certificate says when it is right.
CertificateSpec stamping_spec(std::string organization, std::int64_t from, std::int64_t to);

}  // namespace acr::signing
