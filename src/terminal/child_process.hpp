#pragma once

// Another program, started without a shell: src/terminal/child_process.hpp
// With the user's own environment. Only commands on a terminal start any.

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/run_clock.hpp"

namespace acr::terminal {

struct ChildLimits {
  std::size_t output_bytes = 0;  ///< of each stream; what is beyond is read and forgotten
  RunClock* clock = nullptr;     ///< ends the wait when it is cancelled
  std::optional<std::chrono::milliseconds> time{};
};

struct ChildResult {
  int status = -1;       ///< of a child that ended in time
  bool late = false;     ///< it was killed
  bool cut = false;      ///< standard output was longer
  std::string out, err;  ///< foreign bytes
};

/// The program of that name in a directory of PATH, or empty. Absolute directories alone: what lies in the working directory
/// is nobody's program.
std::filesystem::path program_in_path(std::string_view name, std::string_view path);

/// Runs it to its end, `input` on its standard input. Throws what `clock` throws, and boost::system::system_error when it
/// cannot be started. SIGPIPE is ignored (signals.hpp): a child need not read.
ChildResult run_child(std::filesystem::path const& program, std::vector<std::string> const& words, std::string const& input,
                      ChildLimits const& limits);

}  // namespace acr::terminal
