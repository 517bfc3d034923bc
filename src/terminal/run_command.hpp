#pragma once

// `atomic-chart-release run`, a release that writes nothing: src/terminal/run_command.hpp

#include "terminal/command.hpp"

namespace acr::terminal {

Command run_command();

}  // namespace acr::terminal
