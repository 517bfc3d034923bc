#pragma once

// Which checks the rules of a branch require: src/github/rules.hpp (github-api.md G-21; A-78 … A-80)

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "github/api.hpp"

namespace acr::github {

struct RequiredCheck {
  std::string context;                         ///< name of the job (A-78)
  std::optional<std::int64_t> integration_id;  ///< nothing: any app or token may set it
  std::int64_t ruleset_id = 0;                 ///< 0: not known

  friend bool operator==(RequiredCheck const&, RequiredCheck const&) = default;
};

/// All checks that active rules require on `branch`, organisation rules included, in the server's order.
/// Classic branch protection is invisible here.
std::vector<RequiredCheck> required_checks(Api& api, std::string_view branch);

}  // namespace acr::github
