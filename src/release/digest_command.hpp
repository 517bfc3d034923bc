#pragma once

// `atomic-chart-release source-digest`: src/release/digest_command.hpp (B-3)

#include <string_view>
#include <vector>

#include "release/commands.hpp"

namespace acr::release {

/// source-digest CHART… [--ref REF] [--json]: of the commit, never of the work tree.
ExitStatus source_digest_command(std::vector<std::string_view> const& words, Terminal const& terminal);

}  // namespace acr::release
