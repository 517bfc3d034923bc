#pragma once

// One step of a workflow: environment in, outputs and exit status out: src/action/action.hpp (A-1 … A-53)

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "event/runner_environment.hpp"
#include "support/errors.hpp"
#include "support/run_clock.hpp"

namespace acr::action {

/// What the entrypoint provides.
struct ActionHost {
  event::EnvironmentLookup environment;
  std::ostream& log;  ///< stdout: workflow commands and log lines
  /// Called once the time limit is known; the clock outlives everything that run_action() does. SIGINT and SIGTERM cancel it
  ///
  std::function<RunClock&(std::chrono::seconds timeout)> start_clock;
  std::vector<std::string> variable_names;  ///< of the environment, for unknown inputs (A-12)
};

/// Runs the command of the inputs. Everything is written before it returns: outputs, summary, files, log. Throws Cancelled and
/// std::logic_error only.
ExitStatus run_action(ActionHost const& host);

}  // namespace acr::action
