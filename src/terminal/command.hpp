#pragma once

// A terminal command as it declares itself: src/terminal/command.hpp
// Reading, help, suggestions and completion are made of this one declaration.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/errors.hpp"
#include "terminal/arguments.hpp"

namespace acr::terminal {

struct Terminal;

/// An option; made by the functions below. Texts live as long as the program.
struct Option {
  std::string_view name;   ///< without `--`
  std::string_view value;  ///< what the help shows for its value, "REF"; empty: a flag
  std::string_view help;   ///< a sentence or two, plain text without line ends
  bool repeated = false;   ///< may come several times
  bool is_choice = false;  ///< `value` lists what is taken, "build, off"
  char letter = 0;         ///< `-d`; 0: none
};

Option flag(std::string_view name, std::string_view help);
Option option(std::string_view name, std::string_view value, std::string_view help);
/// `values`: "free, pushed".
Option choice(std::string_view name, std::string_view values, std::string_view help);
Option repeated(std::string_view name, std::string_view value, std::string_view help);
/// An input of the action, with the input's own description. Throws std::logic_error for a name that is none.
Option input_option(std::string_view name);
std::vector<Option> input_options(std::span<std::string_view const> names);

/// Options that several commands share.
Option json_flag();
Option workspace_option();

std::vector<Option> joined(std::vector<Option> first, std::vector<Option> const& second);

struct Command {
  std::string_view name;
  std::string_view usage;    ///< what follows the name: "FILE|TAG [--json]"
  std::string_view meaning;  ///< half a sentence
  std::vector<Option> options{};
  std::size_t least = 0, most = 0;  ///< words that are not options
  /// One of the two is there.
  ExitStatus (*run)(Arguments const& arguments, Terminal const& terminal) = nullptr;
  /// Of a protocol that others have laid down, which reads its words itself.
  ExitStatus (*run_words)(std::vector<std::string_view> const& words, Terminal const& terminal) = nullptr;
};

inline constexpr std::size_t many = 10'000;  ///< words, for `most`

}  // namespace acr::terminal
