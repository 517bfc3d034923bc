#pragma once

// Golden files in tests/data/report: ACR_UPDATE_GOLDEN=1 writes them anew.

#include <cstdlib>
#include <filesystem>
#include <string>

#include "support/atomic_file.hpp"
#include "support/places.hpp"

namespace acr::test {

inline std::string golden(std::string const& name, std::string const& actual) {
  std::filesystem::path const path = acr::test::data_folder() / "report" / name;
  if (char const* update = std::getenv("ACR_UPDATE_GOLDEN"); update && std::string(update) == "1") write_file(path, actual);
  return read_file(path, std::size_t{4} << 20);
}

}  // namespace acr::test
