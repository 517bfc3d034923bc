#pragma once

// The built program, started as the runner starts it: tests/scenario/program.hpp

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace acr::test {

struct ProgramResult {
  int status = -1;  ///< exit status; 128 + signal when a signal ended it
  std::string out, err;
  std::chrono::milliseconds wall{0};
  std::chrono::milliseconds cpu{0};
  std::size_t peak_kib = 0;  ///< VmHWM as last seen, read every five milliseconds; only with `watch_memory`
};

struct ProgramStart {
  std::filesystem::path program;
  std::map<std::string, std::string> environment{};  ///< exactly these variables
  std::vector<std::string> arguments{};
  std::filesystem::path directory = "/";
  bool watch_memory = false;
};

/// A process of its own, without standard input. The destructor kills what still runs.
class RunningProgram {
 public:
  /// Throws std::runtime_error when it cannot be started.
  explicit RunningProgram(ProgramStart const& start);
  ~RunningProgram();
  RunningProgram(RunningProgram const&) = delete;
  RunningProgram& operator=(RunningProgram const&) = delete;

  void signal(int number) const;
  /// What it has printed so far, as soon as that holds `text`, or has ended without. Throws as wait() does.
  std::string output_with(std::string const& text, std::chrono::milliseconds at_most = std::chrono::minutes(1));
  /// Everything it printed, once it has ended. Throws std::runtime_error (and kills it) after `at_most`.
  ProgramResult wait(std::chrono::milliseconds at_most = std::chrono::minutes(2));

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Runs `program` with exactly these variables and arguments, without standard input; ends it after two minutes.
ProgramResult run_program(std::filesystem::path const& program, std::map<std::string, std::string> const& environment,
                          std::vector<std::string> const& arguments, std::filesystem::path const& directory);

}  // namespace acr::test
