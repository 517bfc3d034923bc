#pragma once

// `audit`: is the gate of this clone's repository binding? src/release/audit_command.hpp (U-22)

#include <string_view>
#include <vector>

#include "release/commands.hpp"

namespace acr::release {

ExitStatus audit_command(std::vector<std::string_view> const& words, Terminal const& terminal);

}  // namespace acr::release
