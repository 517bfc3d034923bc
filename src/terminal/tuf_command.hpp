#pragma once

// The command-line protocol of the public conformance suite for TUF clients: src/terminal/tuf_command.hpp (T-37)

#include <string_view>
#include <vector>

#include "terminal/commands.hpp"

namespace acr::terminal {

ExitStatus tuf_command(std::vector<std::string_view> const& words, Terminal const& terminal);

}  // namespace acr::terminal
