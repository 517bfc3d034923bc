#pragma once

// Golden files in tests/data/report: ACR_UPDATE_GOLDEN=1 writes them anew.

#include <cstdlib>
#include <filesystem>
#include <string>

#include "support/atomic_file.hpp"

namespace acr::test {

inline std::string golden(std::string const& name, std::string const& actual) {
  std::filesystem::path const path = std::filesystem::path(ACR_TEST_DATA) / "report" / name;
  if (char const* update = std::getenv("ACR_UPDATE_GOLDEN"); update && std::string(update) == "1") write_file(path, actual);
  return read_file(path, std::size_t{4} << 20);
}

}  // namespace acr::test
