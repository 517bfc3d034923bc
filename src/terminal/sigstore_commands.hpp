#pragma once

// Terminal commands about bundles: src/terminal/sigstore_commands.hpp; usage lines are in commands.cpp

#include <string_view>
#include <vector>

#include "terminal/commands.hpp"

namespace acr::terminal {

ExitStatus inspect_command(std::vector<std::string_view> const& words, Terminal const& terminal);
ExitStatus verify_bundle_words(std::vector<std::string_view> const& words, Terminal const& terminal);
ExitStatus verify_attestations_command(std::vector<std::string_view> const& words, Terminal const& terminal);

}  // namespace acr::terminal
