#pragma once

// What the verifier says of a bundle of the virtual signing world.

#include <string>

#include "signing/world.hpp"
#include "sigstore/verification_text.hpp"
#include "sigstore/verifier.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"

namespace world_verdict {

inline std::string const file = "the file that is attested";
inline std::string const file_digest = acr::hex(acr::sha256(file));

inline acr::sigstore::Policy policy() {
  acr::sigstore::Policy policy;
  policy.repository = "acme/helm-charts";
  policy.repository_id = "500000001";
  policy.owner_id = "9001";
  return policy;
}

inline acr::sigstore::Verification verification(acr::signing::TrustedRootParts const& parts, std::string const& bundle,
                                                acr::sigstore::Policy const& demanded = policy()) {
  auto root = acr::sigstore::parse_trusted_root(parts.json(), "world");
  REQUIRE(root.has_value());
  return acr::sigstore::Verifier({*root}, {acr::sigstore::BundleVersion::v0_1})
      .verify(bundle, acr::sigstore::Artifact::of_bytes(file), demanded);
}

/// "rule: why" of the first failure, empty for a pass.
inline std::string refusal(acr::signing::TrustedRootParts const& root, std::string const& bundle,
                           acr::sigstore::Policy const& demanded = policy()) {
  auto const result = verification(root, bundle, demanded);
  REQUIRE(result.attestation.has_value() != result.rejection.has_value());
  return result.rejection ? result.rejection->rule_number + ": " + result.rejection->why : "";
}

inline std::string refusal(acr::signing::World& world, acr::signing::Attest request) {
  if (request.subject_sha256.empty() && !request.message) request.subject_sha256 = file_digest;
  return refusal(world.trusted_root(), world.attest(request));
}

}  // namespace world_verdict
