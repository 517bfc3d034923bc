#pragma once

// `audit`: is the gate of this clone's repository binding? src/terminal/audit_command.hpp (U-22)

#include <string_view>
#include <vector>

#include "terminal/commands.hpp"

namespace acr::terminal {

ExitStatus audit_command(std::vector<std::string_view> const& words, Terminal const& terminal);

}  // namespace acr::terminal
