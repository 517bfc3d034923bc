#pragma once

// What stops a run without being a verdict on input: src/support/errors.hpp
// Thrown where it happens, caught once, in entrypoint. The exit status of each is A-20 of the action contract.

#include <stdexcept>
#include <string>

#include "support/code.hpp"

namespace acr {

/// The unexpected. `code` is a stable reason code as in Rejection, `what()` one sentence for the log (not escaped).
class RunError : public std::runtime_error {
 public:
  /// The exit status is the code's own.
  RunError(SettledCode code, std::string const& sentence) : RunError(code.status(), code.code(), sentence) {}
  /// For a code that has no status of its own, and for one that a rejection has brought here.
  RunError(ExitStatus status, Code code, std::string const& sentence)
      : std::runtime_error(sentence), status_(status), code_(code) {}
  [[nodiscard]] ExitStatus status() const noexcept { return status_; }
  [[nodiscard]] Code code() const noexcept { return code_; }
  /// "<code>: <what()>".
  [[nodiscard]] std::string coded_sentence() const { return std::string(code_.text()) + ": " + what(); }

 private:
  ExitStatus status_;
  Code code_;
};

/// A service does not answer, limits us beyond the time left, or the run's time is spent (exit 3).
class Unreachable : public RunError {
 public:
  Unreachable(CodeWith<ExitStatus::unreachable> code, std::string const& sentence)
      : RunError(ExitStatus::unreachable, code.code(), sentence) {}
};

/// Disk, environment, token or configuration unusable (exit 2).
class BadEnvironment : public RunError {
 public:
  BadEnvironment(CodeWith<ExitStatus::bad_input> code, std::string const& sentence)
      : RunError(ExitStatus::bad_input, code.code(), sentence) {}
};

/// SIGINT or SIGTERM arrived.
class Cancelled : public RunError {
 public:
  explicit Cancelled(ExitStatus status) : RunError(status, "cancelled", "the run was cancelled") {}
};

}  // namespace acr
