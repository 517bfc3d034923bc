#pragma once

// The program on a terminal: src/release/commands.hpp
//   run, lineage, verify-bundle, inspect, package, list, changed, gate, annotate, map, verify-package, ruleset, audit

#include <iosfwd>
#include <string_view>
#include <vector>

#include "event/runner_environment.hpp"
#include "support/errors.hpp"
#include "support/run_clock.hpp"

namespace acr::release {

struct Terminal {
  event::EnvironmentLookup environment;
  std::ostream& out;
  std::ostream& err;
  RunClock& clock;
};

/// Runs one command. `arguments` are not empty. Throws RunError and std::logic_error.
ExitStatus run_command_line(std::vector<std::string_view> const& arguments, Terminal const& terminal);

}  // namespace acr::release
