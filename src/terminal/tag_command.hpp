#pragma once

// `atomic-chart-release tag --missing`: src/terminal/tag_command.hpp (B-14)

#include <string_view>
#include <vector>

#include "terminal/commands.hpp"

namespace acr::terminal {

/// tag --missing [--push] [--no-attestations] [--json]: the tags that `command: tags` would make; --push makes them in this
/// clone and pushes them.
ExitStatus tag_command(std::vector<std::string_view> const& words, Terminal const& terminal);

}  // namespace acr::terminal
