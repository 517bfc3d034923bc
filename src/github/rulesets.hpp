#pragma once

// What rules a branch has, which rulesets there are, and what is wrong with CODEOWNERS: src/github/rulesets.hpp (U-23 … U-26)
// For the audit. Fields that are absent count as the weaker answer.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "github/api.hpp"
#include "github/rules.hpp"

namespace acr::github {

/// The rules of a branch together: the stricter one of each kind.
struct ActiveRules {
  bool pull_request = false, code_owner_review = false;
  bool stale_reviews_end = false;  ///< a push dismisses approvals
  std::uint64_t approvals = 0;
  bool deletion = false, force_push = false;  ///< restricted
  bool merge_commits_only = false, up_to_date = false, merge_queue = false;
  std::vector<RequiredCheck> checks;
  std::vector<std::string> workflows;     ///< paths of required workflows
  std::vector<std::int64_t> ruleset_ids;  ///< sorted
};

/// Of rulesets, organisation rules included (U-23). Classic protection is invisible here.
ActiveRules active_rules(Api& api, std::string_view branch);

/// Classic branch protection (U-24).
struct ClassicProtection {
  std::optional<ActiveRules> rules;  ///< nothing: there is none, or `gap` says why it is not known
  bool admins_exempt = false;
  std::string gap;  ///< "403 Resource not accessible by integration"; empty: known
};
ClassicProtection classic_protection(Api& api, std::string_view branch);

struct RulesetActor {
  std::string type;
  std::optional<std::int64_t> id;
  std::string mode;
};

struct RulesetDetails {
  std::int64_t id = 0;
  std::string name, target, enforcement;
  std::vector<std::string> include, exclude;        ///< of refs
  std::set<std::string> rules;                      ///< types
  std::optional<std::vector<RulesetActor>> bypass;  ///< nothing: not shown to this token
  std::string token_can_bypass;                     ///< "" when not shown
};

/// All rulesets for tags, and those of `ids`, by number (U-25). One of `ids` that the token may not see is there without
/// details, its bypass list hidden. Throws ApiError("listing-too-long") for more than limits::rulesets.
std::vector<RulesetDetails> rulesets(Api& api, std::vector<std::int64_t> const& ids);

struct OwnerLineError {
  std::uint64_t line = 0;
  std::string kind, path;
};
/// What GitHub finds wrong in CODEOWNERS at a commit, at most limits::owner_errors (U-26); empty without such a file.
std::vector<OwnerLineError> owner_line_errors(Api& api, std::string_view commit);

}  // namespace acr::github
