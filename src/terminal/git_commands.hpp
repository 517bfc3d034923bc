#pragma once

// Terminal commands about commits, tags, events and descriptions: src/terminal/git_commands.hpp

#include "terminal/command.hpp"

namespace acr::terminal {

Command changed_command();
Command gate_command();
Command lineage_command();
Command annotate_command();
Command map_command();

}  // namespace acr::terminal
