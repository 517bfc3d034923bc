#pragma once

// The words of a command line, read with CLI11 by the command's declaration: src/terminal/command_line.hpp
// CLI11 stays in the .cpp file, and reads neither files nor environment there (docs/decisions/0012-cli11.md).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/arguments.hpp"
#include "terminal/command.hpp"

namespace acr::terminal {

/// `--name value`, `--name=value`, `--flag`, and positional words; `--` ends the options. A value is taken as it is, whatever
/// it begins with; a word that begins with a single `-` is positional unless it is one of the command's one-letter options.
/// Nothing: help was asked for with `--help` or `-h`. Throws BadEnvironment("usage") for an unknown option (with the name that
/// was likely meant), one given twice that may not be, a missing value, or too few or too many words.
std::optional<Arguments> read_arguments(Command const& command, std::vector<std::string_view> const& words);

/// Usage, meaning, and each option with its help. Ends with a line feed.
std::string help_text(Command const& command);

/// "unknown command NAME; see --help", with the one of `names` that was likely meant.
std::string unknown_command(std::string_view name, std::vector<std::string_view> const& names);

}  // namespace acr::terminal
