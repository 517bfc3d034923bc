#pragma once

// `atomic-chart-release tag --missing`: src/terminal/tag_command.hpp (B-14)

#include "terminal/command.hpp"

namespace acr::terminal {

/// The tags that `command: tags` would make; --push makes them in this clone and pushes them.
Command tag_command();

}  // namespace acr::terminal
