#include "support/places.hpp"

#include <cstdlib>

namespace acr::test {

std::filesystem::path source_folder() { return ACR_SOURCE_DIR; }

std::filesystem::path data_folder() { return source_folder() / "tests/data"; }

std::filesystem::path built_program() {
  auto const* const other = std::getenv("ACR_TEST_PROGRAM");
  return other != nullptr ? other : ACR_PROGRAM;
}

}  // namespace acr::test
