#pragma once

// `audit`: is the gate of this clone's repository binding? src/terminal/audit_command.hpp (U-22)

#include "terminal/command.hpp"

namespace acr::terminal {

Command audit_command();

}  // namespace acr::terminal
