#include "support/atomic_file.hpp"

#include <unistd.h>

#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"

namespace {

TEST_CASE("a file that is not committed leaves nothing", "[support]") {
  acr::test::TemporaryDirectory const dir;
  {
    acr::AtomicFile file(dir.path() / "x");
    file.write("half");
  }
  CHECK(std::filesystem::is_empty(dir.path()));
}

TEST_CASE("a committed file replaces the old one whole", "[support]") {
  acr::test::TemporaryDirectory const dir;
  acr::write_file(dir.path() / "deep" / "x", "old");
  acr::write_file(dir.path() / "deep" / "x", "new");
  CHECK(acr::read_file(dir.path() / "deep" / "x", 10) == "new");
  CHECK_THROWS(acr::read_file(dir.path() / "deep" / "x", 2));
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path() / "deep"), {}) == 1);
}

}  // namespace
