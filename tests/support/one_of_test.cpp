#include "support/catch2.hpp"

namespace one_of_test {
namespace {

// tests/CMakeLists.txt reads the number of assertions: a row that has no run cannot fail here.
TEST_CASE("each row of a table has a run of its own, each pair of two tables of a line too", "[rows]") {
  static std::string seen;
  // clang-format off
  std::string const letter = one_of<std::string>({"a", "b"}), digit = one_of({"1", "2", "3"});
  // clang-format on
  CHECK(seen.find(letter + digit) == std::string::npos);
  seen += letter + digit + ' ';
}

}  // namespace
}  // namespace one_of_test
