#pragma once

// Is the gate binding? src/audit/audit.hpp (U-1 … U-18; docs/audit.md)
// Plain values in, findings out: no network, no git. A fact that could not be had is a finding, never taken for good.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "audit/code_owners.hpp"
#include "support/verdict.hpp"

namespace acr::audit {

struct File {
  std::string path;  ///< of the repository
  std::string bytes;
};

/// What a branch holds.
struct BranchFiles {
  std::string branch;                    ///< "main"
  std::string commit;                    ///< its id
  std::vector<File> workflows;           ///< `*.yml` and `*.yaml` of .github/workflows, by name
  std::vector<std::string> owned_paths;  ///< all files below .github and the CODEOWNERS that counts
  std::optional<File> code_owners;       ///< the first of .github/, the root and docs/
  bool code_owners_too_large = false;    ///< GitHub ignores such a file; its bytes are not here
  std::vector<OwnerError> owner_errors;
  std::vector<Rejection> unreadable;  ///< code "workflow-unreadable": files that are links, too large, too many
};

struct RequiredCheck {
  std::string context;
  std::optional<std::int64_t> app;  ///< nothing: anybody may set it
};

/// The rules of a branch, of rulesets and of classic protection together: the stricter one counts, as on GitHub.
struct BranchRules {
  std::string branch;
  std::optional<Rejection> unreadable;     ///< code "rules-unreadable"; nothing of the rest counts then
  std::optional<std::string> classic_gap;  ///< why classic protection was not seen; nothing: it was, or there is none
  bool pull_request = false, code_owner_review = false;
  bool stale_reviews_end = false;  ///< a push dismisses approvals
  std::uint64_t approvals = 0;
  bool deletion = false, force_push = false;  ///< restricted
  bool merge_commits_only = true, up_to_date = false, merge_queue = false;
  std::vector<RequiredCheck> checks;
  std::vector<std::string> required_workflows;  ///< paths that an organisation's rule makes run
};

struct BypassActor {
  std::string type;  ///< "Integration", "Team", …
  std::optional<std::int64_t> id;
  std::string mode = "always";
};

/// A ruleset that has a say: of tags, or of one of the two branches.
struct Ruleset {
  std::int64_t id = 0;
  std::string name, target, enforcement;  ///< "tag", "active"
  std::vector<std::string> include, exclude;
  std::set<std::string> rules;                     ///< types: "creation", "update", "deletion", …
  std::optional<std::vector<BypassActor>> bypass;  ///< nothing: this token is not shown it
  std::string token_can_bypass;                    ///< "never", "always", …; empty: not shown
};

struct Question {
  std::string source_branch, release_branch, tag_format;
  std::string check_name;         ///< empty: as the gate's workflow gives it
  std::string action_repository;  ///< "org/atomic-chart-release"
  BranchFiles source, release;
  BranchRules source_rules, release_rules;
  std::vector<Ruleset> rulesets;
  std::optional<Rejection> rulesets_unreadable;  ///< code "rules-unreadable"
};

enum class Severity {
  forgeable,  ///< somebody can get a green check, or its effect, without the gate
  unknown,    ///< what could not be read
  warning,
};
std::string to_text(Severity severity);

struct Finding {
  Severity severity = Severity::warning;
  Rejection what;
};

enum class Answer { binding, unknown, forgeable };
std::string to_text(Answer answer);

struct Report {
  std::vector<Finding> findings;    ///< forgeable, unknown, warnings; within these in the order of the rules
  std::vector<std::string> checks;  ///< names that the gate's check has, sorted
  std::vector<std::string> gates;   ///< files of the source branch that hold the gate, sorted

  [[nodiscard]] Answer answer() const;
};

Report audit(Question const& question);

}  // namespace acr::audit
