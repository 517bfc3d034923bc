// atomic-chart-release: inside Actions one step of a workflow, on a terminal a tool with subcommands.
// Everything happens in src/; this file turns arguments and environment into calls and results into an exit status.

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "action/action.hpp"
#include "release/signals.hpp"
#include "support/text.hpp"
#include "support/work_budget.hpp"
#include "terminal/commands.hpp"
#include "terminal/screen.hpp"

extern char** environ;  // NOLINT: POSIX

namespace {

std::optional<std::string> variable(std::string const& name) {
  char const* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nothing sets variables
  return value ? std::optional<std::string>(value) : std::nullopt;
}

std::vector<std::string> variable_names() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view const text(*entry);
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

acr::ExitStatus action() {
  std::optional<acr::RunClock> clock;
  std::optional<acr::WorkBudget> budget;
  std::optional<acr::WorkScope> scope;
  std::optional<acr::release::SignalWatch> watch;
  return acr::action::run_action({.environment = variable,
                                  .log = std::cout,
                                  .start_clock = [&](std::chrono::seconds timeout) -> acr::RunClock& {
                                    clock.emplace(timeout);
                                    scope.emplace(&budget.emplace(*clock));
                                    watch.emplace(*clock);
                                    return *clock;
                                  },
                                  .variable_names = variable_names()});
}

acr::ExitStatus dispatch(std::vector<std::string_view> const& arguments) {
  if (arguments.empty()) {
    if (variable("GITHUB_ACTIONS") == "true") return action();
    std::cerr << "atomic-chart-release runs as a step of a GitHub Actions workflow: GITHUB_ACTIONS is not set.\n"
                 "On a terminal give it a command; `atomic-chart-release --help` lists them.\n";
    return acr::ExitStatus::bad_input;
  }
  acr::RunClock clock;
  acr::WorkBudget budget(clock);
  acr::WorkScope const scope(&budget);
  acr::release::SignalWatch const watch(clock);
  acr::terminal::Screen screen(std::cout, std::cerr, acr::terminal::screen_kind(STDOUT_FILENO, STDERR_FILENO, variable));
  acr::terminal::ScreenTicks const ticks(screen);
  return acr::terminal::run_command_line(arguments, {.environment = variable,
                                                     .out = screen.out(),
                                                     .err = screen.err(),
                                                     .clock = clock,
                                                     .show_step = [&](std::string const& what) { screen.step(what); }});
}

/// A core file would hold the token. The limit alone does not stop a host that pipes core files into a program; and while
/// the process is not dumpable, no other one of the same user can attach to it or read its memory.
void forbid_memory_images() {
  rlimit const no_core{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &no_core);
#ifndef __SANITIZE_ADDRESS__  // the leak checker attaches to its own process
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

}  // namespace

int main(int count, char** values) {
  forbid_memory_images();
  acr::release::block_signals();
  try {
    std::vector<std::string_view> const arguments(values + 1, values + count);
    return static_cast<int>(dispatch(arguments));
  } catch (acr::RunError const& error) {
    std::cout << std::flush;
    std::cerr << error.code().text() << ": " << acr::printable(error.what()) << '\n';
    return static_cast<int>(error.status());
  } catch (std::exception const& error) {
    std::cout << std::flush;
    std::cerr << "internal error: " << acr::printable(error.what()) << "\nplease report this; nothing was released\n";
    return static_cast<int>(acr::ExitStatus::bad_input);
  }
}
