#pragma once

// Every attestation that a tag lists: found, fetched, verified: src/release/attestation_check.hpp (A-60, A-98 … A-100; V-95,
// V-96)

#include <string>
#include <string_view>
#include <vector>

#include "github/attestations.hpp"
#include "release/chart_work.hpp"
#include "release/settings.hpp"
#include "sigstore/verifier.hpp"

namespace acr::release {

/// "github.com" of "https://github.com/".
std::string host_of(std::string_view server_url);

/// Who must have signed the attestations of `work`'s tag.
sigstore::Policy lineage_policy(RunSettings const& settings, ChartWork const& work);

/// What becomes of an entry that is not listed.
enum class Unlisted {
  wait,    ///< it stays open: GitHub lists an attestation a moment after it was made
  refuse,  ///< it is refused
};

/// Lists the subjects of all open entries of `charts` together (resolve_subjects()), fetches the bundles and verifies each one.
/// Every listed attestation must pass (V-95): what was not found or does not verify is a refusal of its entry. Returns the
/// charts that have open entries, with Unlisted::wait: those whose subject lists nothing, or other ids alone where another id
/// does not do. Throws as the github room does when the API or storage is out of reach.
std::vector<ChartWork*> verify_lineage(std::vector<ChartWork*> const& charts, github::Attestations& attestations,
                                       sigstore::Verifier const& verifier, RunSettings const& settings, std::size_t workers,
                                       Unlisted unlisted = Unlisted::refuse);

/// The facts that a report tells of a verified attestation.
report::VerifiedFacts facts_of(sigstore::VerifiedAttestation const& attestation);

}  // namespace acr::release
