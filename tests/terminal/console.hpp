#pragma once

// The terminal commands, called as main() calls them: tests/terminal/console.hpp

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "support/atomic_file.hpp"
#include "support/errors.hpp"
#include "support/temporary_directory.hpp"
#include "terminal/commands.hpp"

namespace acr::test {

// A folder, and a terminal in it. `said`: what the last command printed to standard error, or threw.
struct Console {
  TemporaryDirectory directory;
  std::map<std::string, std::string> variables;
  std::ostringstream out, err;
  RunClock clock;
  std::string said;

  [[nodiscard]] std::string path(std::string const& name) const { return (directory.path() / name).string(); }
  void write(std::string const& name, std::string const& text) const { write_file(path(name), text); }

  // The exit status; a thrown RunError has its own.
  ExitStatus run(std::vector<std::string> const& words) {
    out.str("");
    err.str("");
    acr::terminal::Terminal const terminal{[this](std::string const& name) -> std::optional<std::string> {
                                             auto const found = variables.find(name);
                                             return found == variables.end() ? std::nullopt : std::optional(found->second);
                                           },
                                           out, err, clock};
    try {
      auto const status = acr::terminal::run_command_line({words.begin(), words.end()}, terminal);
      said = err.str();
      return status;
    } catch (Cancelled const&) {
      throw;
    } catch (RunError const& error) {
      said = error.coded_sentence();
      return error.status();
    }
  }
};

}  // namespace acr::test
