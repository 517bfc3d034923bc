#pragma once

// The predicate of a SLSA Verification Summary Attestation v1: src/report/vsa.hpp
// https://slsa.dev/spec/v1.0/verification_summary; docs/schema/vsa.schema.json.

#include <string>
#include <string_view>

#include "report/release_record.hpp"

namespace acr::report {

inline constexpr std::string_view vsa_predicate_type = "https://slsa.dev/verification_summary/v1";

/// The predicate (two-space indent, LF). Its subjects are the packages: `actions/attest` adds them from checksums.txt.
///
/// `timeVerified` is optional in v1 and left out: two runs over one commit give equal bytes, and the
/// attestation's log entry carries a time that somebody vouches for. `verifiedLevels` claims no SLSA build level (the
/// packages are attested only afterwards): "SLSA_BUILD_LEVEL_UNEVALUATED", and "ACR_TAG_LINEAGE_VERIFIED" when every
/// packaged chart has at least one upstream attestation and all of them verified; "FAILED" for a refused run.
///
/// `verifier_id`: URI of this action, e.g. "https://github.com/org/atomic-chart-release".
std::string vsa_predicate(ReleaseRecord const& record, std::string_view verifier_id);

}  // namespace acr::report
