#pragma once

// Terminal commands about commits, tags, events and descriptions: src/terminal/git_commands.hpp; usage lines are in
// commands.cpp

#include <string_view>
#include <vector>

#include "terminal/commands.hpp"

namespace acr::terminal {

ExitStatus dry_run_command(std::vector<std::string_view> const& words, Terminal const& terminal);
ExitStatus changed_command(std::vector<std::string_view> const& words, Terminal const& terminal);
ExitStatus gate_command(std::vector<std::string_view> const& words, Terminal const& terminal);
ExitStatus lineage_command(std::vector<std::string_view> const& words, Terminal const& terminal);
ExitStatus annotate_command(std::vector<std::string_view> const& words, Terminal const& terminal);
ExitStatus map_command(std::vector<std::string_view> const& words, Terminal const& terminal);

}  // namespace acr::terminal
