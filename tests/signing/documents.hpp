#pragma once

// Bundles and trusted roots as plain parts, and their JSON: the last place where a test can break something.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace acr::signing {

struct ProofParts {
  std::int64_t log_index = 0;
  std::int64_t tree_size = 0;
  std::string root_hash;            ///< raw
  std::vector<std::string> hashes;  ///< raw
  std::string checkpoint;
};

struct EntryParts {
  std::int64_t log_index = 0;
  std::string log_id;  ///< raw
  std::string kind, version;
  std::int64_t integrated_time = 0;    ///< left out when 0
  std::optional<std::string> promise;  ///< raw
  std::optional<ProofParts> proof;
  std::string body;  ///< JSON text
};

struct BundleParts {
  std::string media_type;
  std::vector<std::string> certificates;  ///< DER, signer first; empty: public key
  bool single_certificate = true;         ///< `certificate` (v0.3), else `x509CertificateChain`
  std::string public_key_hint;
  std::vector<EntryParts> entries;
  std::vector<std::string> timestamps;  ///< DER
  bool is_envelope = true;
  std::string payload, payload_type;     ///< envelope
  std::string digest_algorithm, digest;  ///< message: "SHA2_256", raw
  std::string signature;                 ///< of either, raw

  [[nodiscard]] std::string json() const;
};

struct LogParts {
  std::string base_url;
  std::string hash_algorithm = "SHA2_256";
  std::string key;            ///< SPKI, DER
  std::string details;        ///< "PKIX_ECDSA_P256_SHA_256"
  std::string start, end;     ///< RFC 3339, empty: left out
  std::string log_id;         ///< raw
  std::string operator_name;  ///< empty: left out
};

struct AuthorityParts {
  std::string organization, common_name, uri;
  std::vector<std::string> certificates;  ///< DER, anchor last
  std::string start, end;
  std::string operator_name;
};

struct TrustedRootParts {
  std::string media_type = "application/vnd.dev.sigstore.trustedroot+json;version=0.1";
  std::vector<LogParts> tlogs;  ///< empty lists are left out
  std::vector<AuthorityParts> certificate_authorities;
  std::vector<LogParts> ctlogs;
  std::vector<AuthorityParts> timestamp_authorities;

  [[nodiscard]] std::string json() const;
};

/// "2026-11-24T11:33:20Z".
std::string rfc3339(std::int64_t seconds);

}  // namespace acr::signing
