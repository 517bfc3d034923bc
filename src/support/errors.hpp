#pragma once

// What stops a run without being a verdict on input: src/support/errors.hpp
// Thrown where it happens, caught once, in entrypoint. The exit status of each is A-20 of the action contract.

#include <stdexcept>
#include <string>
#include <utility>

namespace acr {

/// Exit status of the program.
enum class ExitStatus : int {
  done = 0,         ///< released, nothing to release, or skipped
  refused = 1,      ///< gate, verification or packaging said no
  bad_input = 2,    ///< input or environment unusable
  unreachable = 3,  ///< a service could not be reached, or time ran out
  interrupted = 130,
  terminated = 143,
};

/// The unexpected. `code` is a stable reason code as in Rejection, `what()` one sentence for the log (not escaped).
class RunError : public std::runtime_error {
 public:
  RunError(ExitStatus status, std::string code, std::string const& sentence)
      : std::runtime_error(sentence), status_(status), code_(std::move(code)) {}
  [[nodiscard]] ExitStatus status() const noexcept { return status_; }
  [[nodiscard]] std::string const& code() const noexcept { return code_; }

 private:
  ExitStatus status_;
  std::string code_;
};

/// A service does not answer, limits us beyond the time left, or the run's time is spent (exit 3).
class Unreachable : public RunError {
 public:
  Unreachable(std::string code, std::string const& sentence) : RunError(ExitStatus::unreachable, std::move(code), sentence) {}
};

/// Disk, environment, token or configuration unusable (exit 2).
class BadEnvironment : public RunError {
 public:
  BadEnvironment(std::string code, std::string const& sentence) : RunError(ExitStatus::bad_input, std::move(code), sentence) {}
};

/// SIGINT or SIGTERM arrived.
class Cancelled : public RunError {
 public:
  explicit Cancelled(ExitStatus status) : RunError(status, "cancelled", "the run was cancelled") {}
};

}  // namespace acr
