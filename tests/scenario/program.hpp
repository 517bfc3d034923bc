#pragma once

// The built program, started as the runner starts it: tests/scenario/program.hpp

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace acr::test {

struct ProgramResult {
  int status = -1;
  std::string out, err;
};

/// Runs `program` with exactly these variables and arguments, without standard input; ends it after two minutes.
ProgramResult run_program(std::filesystem::path const& program, std::map<std::string, std::string> const& environment,
                          std::vector<std::string> const& arguments, std::filesystem::path const& directory);

}  // namespace acr::test
