#pragma once

// Options of a terminal command: src/terminal/arguments.hpp

#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acr::terminal {

/// `--name value`, `--name=value`, `--flag`, and positional arguments; `--` ends the options, `-d` stands for what `short_d`
/// names. Throws BadEnvironment("usage") for an unknown option, one given twice that may not be, or a missing value.
class Arguments {
 public:
  struct Accepted {
    std::vector<std::string_view> values;    ///< options with a value
    std::vector<std::string_view> repeated;  ///< options with a value that may come several times
    std::vector<std::string_view> flags;
    std::string_view short_d{};  ///< long name of `-d`
  };
  /// For `completion`: thrown in place of reading when `arguments` are `ask_for_options` alone.
  struct Asked {
    Accepted accepted;
  };
  static constexpr std::string_view ask_for_options = "--\x01options";
  Arguments(std::vector<std::string_view> const& arguments, Accepted const& accepted);

  [[nodiscard]] bool has(std::string_view name) const { return given_.contains(name); }
  /// "" when not given.
  [[nodiscard]] std::string value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> const& positional() const { return positional_; }
  /// Throws BadEnvironment("usage") unless there are so many.
  void expect_positional(std::size_t least, std::size_t most, std::string_view usage) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> given_;
  std::vector<std::string> positional_;
};

/// A file that the command line names. Throws BadEnvironment("bad-input") when it cannot be read or is larger than `limit`
/// bytes.
std::string read_named_file(std::string const& path, std::size_t limit);

}  // namespace acr::terminal
