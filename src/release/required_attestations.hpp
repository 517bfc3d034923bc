#pragma once

// Attestations that every released chart must have: src/release/required_attestations.hpp (B-8)
// The key is the tag writer's word (B-6b): only with a predicate type and a signer does a line demand a certain check.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/release_record.hpp"
#include "sigstore/signer_workflow.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// A line of the input `required-attestations`.
struct RequiredAttestation {
  std::string text;                                  ///< as written, blanks between the words made one
  std::string key;                                   ///< `*` stands for any run of characters
  std::string predicate_type{};                      ///< empty: any
  std::optional<sigstore::SignerWorkflow> signer{};  ///< nothing: any that `signer-workflows` allows

  /// `key`, `key predicate-type` or `key predicate-type signer`. Refused (code "bad-input", rule B-10, no `where`): another
  /// form, and a type or a signer that the lists of the other inputs never let pass, since no release could fulfil the line.
  /// Empty lists allow all.
  static Verdict<RequiredAttestation> parse(std::string_view line, std::vector<std::string> const& predicate_types,
                                            std::vector<sigstore::SignerWorkflow> const& signer_workflows,
                                            std::string_view server_url);

  /// A verified attestation listed under `entry_key` is of the type and the signer that this line asks for. `host`: of the
  /// run's server, "github.com". Whether it is bound is not looked at.
  [[nodiscard]] bool is_met_by(std::string_view entry_key, report::VerifiedFacts const& facts, std::string_view host) const;
};

/// One `attestation-required` for each line that no entry of the tag fulfils. An entry counts when it is verified, not refused,
/// and bound unless `unbound_counts`. A line under whose key an entry is refused is left out: that entry's own reason says it
/// (B-8).
std::vector<Rejection> missing_attestations(std::vector<RequiredAttestation> const& required, std::string const& tag,
                                            std::vector<report::LineageEntry> const& entries, bool unbound_counts,
                                            std::string_view host);

}  // namespace acr::release
