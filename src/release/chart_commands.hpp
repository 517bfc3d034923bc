#pragma once

// Terminal commands about charts: src/release/chart_commands.hpp; usage lines are in commands.cpp

#include <string_view>
#include <vector>

#include "release/commands.hpp"

namespace acr::release {

ExitStatus package_command(std::vector<std::string_view> const& words, Terminal const& terminal);
ExitStatus list_command(std::vector<std::string_view> const& words, Terminal const& terminal);

}  // namespace acr::release
