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

TEST_CASE("a staged file is new, readable for all, and stays what it is when synced", "[support]") {
  acr::test::TemporaryDirectory const dir;
  acr::write_staged_file(dir.path() / "0", "bytes");
  acr::sync_file(dir.path() / "0");
  CHECK(acr::read_file(dir.path() / "0", 10) == "bytes");
  CHECK((std::filesystem::status(dir.path() / "0").permissions() & std::filesystem::perms::mask) ==
        static_cast<std::filesystem::perms>(0644));
  CHECK_THROWS(acr::write_staged_file(dir.path() / "0", "again"));
  CHECK_THROWS(acr::sync_file(dir.path() / "absent"));
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
