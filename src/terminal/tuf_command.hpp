#pragma once

// The command-line protocol of the public conformance suite for TUF clients: src/terminal/tuf_command.hpp (T-37)

#include "terminal/command.hpp"

namespace acr::terminal {

Command tuf_command();

}  // namespace acr::terminal
