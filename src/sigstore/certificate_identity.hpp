#pragma once

// Whom a signing certificate names: src/sigstore/certificate_identity.hpp
// Fulcio "Sigstore OID information" 1.3.6.1.4.1.57264.1; rules V-89 to V-92 of docs/verification.md.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sigstore/certificate.hpp"
#include "sigstore/time.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// The numbers .n below 1.3.6.1.4.1.57264.1 (V-91).
enum class FulcioExtension : std::uint32_t {
  issuer = 1,
  github_workflow_trigger = 2,
  github_workflow_sha = 3,
  github_workflow_name = 4,
  github_workflow_repository = 5,
  github_workflow_ref = 6,
  issuer_v2 = 8,
  build_signer_uri = 9,
  build_signer_digest = 10,
  runner_environment = 11,
  source_repository_uri = 12,
  source_repository_digest = 13,
  source_repository_ref = 14,
  source_repository_id = 15,
  source_repository_owner_uri = 16,
  source_repository_owner_id = 17,
  build_config_uri = 18,
  build_config_digest = 19,
  build_trigger = 20,
  run_invocation_uri = 21,
  source_repository_visibility = 22,
  deployment_environment = 23,
  token_subject = 24,
};

enum class SanKind { uri, email, other_name };

/// One extension below Fulcio's arc.
struct IdentityExtension {
  std::uint32_t number = 0;  ///< .n
  std::string name;          ///< "sourceRepositoryURI"; "1.3.6.1.4.1.57264.1.99" for unknown ones
  std::string value;         ///< text; for unknown numbers (V-92) the raw bytes in hex
};

/// The identity part of a certificate: a plain value.
struct CertificateIdentity {
  SanKind san_kind = SanKind::uri;
  std::string san;                            ///< bytes as in the certificate
  std::string issuer;                         ///< OIDC issuer: .1.8, else .1.1; empty when the certificate has neither (V-90)
  std::vector<IdentityExtension> extensions;  ///< ascending by number
  std::string certificate_issuer;             ///< name of the CA: "CN=sigstore-intermediate,O=sigstore.dev"
  std::string serial_hex;
  std::string sha256_hex;  ///< fingerprint of the certificate
  Validity validity;

  /// Value of one extension; null when the certificate does not have it.
  [[nodiscard]] std::string const* find(FulcioExtension extension) const;
};

/// Refused (code "certificate-identity"): no SAN or more than one name in it, a SAN kind other than URI, email and Fulcio's
/// otherName, an ill-formed Fulcio extension, any extension twice, .1.1 and .1.8 that differ.
Verdict<CertificateIdentity> read_identity(Certificate const& certificate);

/// V-30: the only O of the certificate's issuer name; refused (code "certificate-issuer") unless there is exactly one.
Verdict<std::string> issuer_organization(Certificate const& certificate);

}  // namespace acr::sigstore
