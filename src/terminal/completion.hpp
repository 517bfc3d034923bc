#pragma once

// Completion for shells, from the commands' own declarations: src/terminal/completion.hpp

#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"
#include "terminal/command.hpp"

namespace acr::terminal {

/// A script for `bash`, `zsh` or `fish` (the shell's own form of installing: docs/install.md). Values of a choice are
/// completed, too. Rejected (code "usage"): another shell.
Verdict<std::string> completion_script(std::string_view shell, std::vector<Command> const& commands);

}  // namespace acr::terminal
