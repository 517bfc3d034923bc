#pragma once

// `atomic-chart-release source-digest`: src/terminal/digest_command.hpp (B-3)

#include "terminal/command.hpp"

namespace acr::terminal {

/// Of the commit, never of the work tree.
Command source_digest_command();

}  // namespace acr::terminal
