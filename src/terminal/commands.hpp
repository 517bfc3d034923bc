#pragma once

// The program on a terminal: src/terminal/commands.hpp
// One command of those that `--help` lists; each declares itself (command.hpp).

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "event/runner_environment.hpp"
#include "support/errors.hpp"
#include "support/run_clock.hpp"

namespace acr::terminal {

struct Terminal {
  event::EnvironmentLookup environment;
  std::ostream& out;
  std::ostream& err;
  RunClock& clock;
  /// Takes what lasts from now on, for who waits (screen.hpp); empty: nobody looks.
  std::function<void(std::string const&)> show_step{};

  void begin_step(std::string const& what) const {
    if (show_step) show_step(what);
  }
  /// Another program may ask its own questions there.
  void leave_screen() const { begin_step({}); }
};

/// Runs one command. `arguments` are not empty. Throws RunError and std::logic_error.
ExitStatus run_command_line(std::vector<std::string_view> const& arguments, Terminal const& terminal);

}  // namespace acr::terminal
