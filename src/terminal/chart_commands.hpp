#pragma once

// Terminal commands about charts: src/terminal/chart_commands.hpp; usage lines are in commands.cpp

#include <string_view>
#include <vector>

#include "terminal/commands.hpp"

namespace acr::terminal {

ExitStatus package_command(std::vector<std::string_view> const& words, Terminal const& terminal);
ExitStatus list_command(std::vector<std::string_view> const& words, Terminal const& terminal);

}  // namespace acr::terminal
