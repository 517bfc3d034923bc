#pragma once

// Does a ruleset require this job? `require-check`: src/release/required_check.hpp

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/inputs.hpp"
#include "github/rules.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// At most one of the two is there.
struct RequireCheckResult {
  std::optional<Rejection> warning;
  std::optional<Rejection> refusal;
};

/// The checks that rulesets require on a branch: github::required_checks() in the program.
using ReadRequiredChecks = std::function<std::vector<github::RequiredCheck>(std::string_view branch)>;

/// `mode`: input `require-check`. Whether a ruleset requires `check_name`, set by GitHub Actions, on the release branch.
/// `off` asks nobody. When the rules cannot be read, `warn` says so; `fail` passes the exception on, since an unread rule is
/// not a rule.
RequireCheckResult check_requirement(event::Level mode, ReadRequiredChecks const& read, std::string_view release_branch,
                                     std::string_view check_name);

}  // namespace acr::release
