#pragma once

// What a terminal command was given: src/terminal/arguments.hpp
// command_line.hpp reads it by a command's own declaration.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace acr::terminal {

struct Arguments {
  std::map<std::string, std::vector<std::string>, std::less<>> options;  ///< by name without `--`; of a flag no values
  std::vector<std::string> positional;

  [[nodiscard]] bool has(std::string_view name) const { return options.contains(name); }
  /// "" when not given.
  [[nodiscard]] std::string value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
};

/// A file that the command line names. Throws BadEnvironment("bad-input") when it cannot be read or is larger than `limit`
/// bytes.
std::string read_named_file(std::string const& path, std::size_t limit);

}  // namespace acr::terminal
