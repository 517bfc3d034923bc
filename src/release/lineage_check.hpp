#pragma once

// Every attestation that a tag lists: found, fetched, verified: src/release/lineage_check.hpp (A-60, A-98 … A-100; V-95, V-96)

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "git/objects.hpp"
#include "github/attestations.hpp"
#include "release/settings.hpp"
#include "release/tagged_chart.hpp"
#include "report/release_record.hpp"
#include "sigstore/verifier.hpp"

namespace acr::release {

/// "github.com" of "https://github.com/".
std::string host_of(std::string_view server_url);

/// Who must have signed the attestations of a tag. `commit`: the tag's, which they must be about with `source-digest:
/// tag-commit`.
sigstore::Policy lineage_policy(RunSettings const& settings, git::ObjectId const& commit);

/// The attestations of one tag on their way to a verdict each. What a check has shown is in the entry: the facts of a verified
/// attestation, the refusal, or neither while it is open.
struct LineageCheck {
  std::shared_ptr<TaggedChart const> tagged;
  /// In the annotation's order; empty until the subjects are known (subject_binding.hpp).
  std::vector<report::LineageEntry> entries;

  [[nodiscard]] bool has_subjects() const { return tagged && entries.size() == tagged->lineage().entries.size(); }
  /// Some entry counts against the chart.
  [[nodiscard]] bool refused() const;
  /// Each entry that the tag lists is verified, and none counts against the chart.
  [[nodiscard]] bool verified() const;
};

/// What becomes of an entry that is not listed.
enum class Unlisted {
  wait,    ///< it stays open: GitHub lists an attestation a moment after it was made
  refuse,  ///< it is refused
};

/// Lists the subjects of all open entries of `checks` together, fetches the bundles and verifies each one. Every listed
/// attestation must pass (V-95): what was not found or does not verify is a refusal of its entry. Returns the checks that have
/// open entries, with Unlisted::wait: those whose subject lists nothing, or other ids alone where another id does not do.
/// Throws as the github room does when the API or storage is out of reach.
std::vector<LineageCheck*> verify_lineage(std::vector<LineageCheck*> const& checks, github::Attestations& attestations,
                                          sigstore::Verifier const& verifier, RunSettings const& settings, std::size_t workers,
                                          Unlisted unlisted = Unlisted::refuse);

/// The facts that a report tells of a verified attestation.
report::VerifiedFacts facts_of(sigstore::VerifiedAttestation const& attestation);

}  // namespace acr::release
