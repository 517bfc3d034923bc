#pragma once

// The ruleset that makes the run binding: src/report/ruleset.hpp (A-78 to A-80; github-api G-21, G-22)

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::report {

/// The GitHub Actions app: only its checks count.
inline constexpr std::int64_t github_actions_app = 15368;

/// The payload of A-79 for `POST /repos/{owner}/{repo}/rulesets`, two-space indent. `check_name`: the job's name.
std::string ruleset_payload(std::string_view release_branch, std::string_view check_name);

/// A status check that an active rule requires.
struct RequiredCheck {
  std::string context;
  std::optional<std::int64_t> integration_id;  ///< nothing = any app may set it
};

/// one of `required` is `check_name` set by GitHub Actions. Else code "check-not-required",
/// worded "no ruleset requires it", since classic branch protection cannot be seen.
Verdict<void> check_required(std::vector<RequiredCheck> const& required, std::string_view release_branch,
                             std::string_view check_name);

}  // namespace acr::report
