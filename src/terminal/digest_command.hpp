#pragma once

// `atomic-chart-release source-digest`: src/terminal/digest_command.hpp (B-3)

#include <string_view>
#include <vector>

#include "terminal/commands.hpp"

namespace acr::terminal {

/// source-digest CHART… [--ref REF] [--json]: of the commit, never of the work tree.
ExitStatus source_digest_command(std::vector<std::string_view> const& words, Terminal const& terminal);

}  // namespace acr::terminal
