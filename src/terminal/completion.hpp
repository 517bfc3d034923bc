#pragma once

// Completion for shells, from the options that the commands themselves accept: src/terminal/completion.hpp

#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::terminal {

struct CompletedCommand {
  std::string name, meaning;
  std::vector<std::string> values, flags;  ///< options without `--`, with and without a value
};

/// A script for `bash`, `zsh` or `fish` (the shell's own form of installing: docs/install.md). Values of options that are
/// inputs with a choice are completed, too. Rejected (code "usage"): another shell.
Verdict<std::string> completion_script(std::string_view shell, std::vector<CompletedCommand> const& commands);

}  // namespace acr::terminal
