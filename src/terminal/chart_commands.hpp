#pragma once

// Terminal commands about charts on disk: src/terminal/chart_commands.hpp

#include "terminal/command.hpp"

namespace acr::terminal {

Command package_command();
Command list_command();

}  // namespace acr::terminal
