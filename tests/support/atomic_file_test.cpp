#include "support/atomic_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <utility>

#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"

namespace atomic_file_test {
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
  CHECK_THROWS_WITH(acr::write_staged_file(dir.path() / "0", "again"), Catch::Matchers::StartsWith("cannot create "));
  CHECK(acr::read_file(dir.path() / "0", 10) == "bytes");
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

TEST_CASE("what cannot be written is said, and nothing stays behind", "[support]") {
  using Catch::Matchers::StartsWith;
  acr::test::TemporaryDirectory const dir;
  CHECK_THROWS_WITH(acr::AtomicFile(dir.path() / "absent" / "x"), StartsWith("cannot create "));
  std::filesystem::create_directories(dir.path() / "taken" / "full");
  CHECK_THROWS_WITH(acr::write_file(dir.path() / "taken", "a directory is there"), StartsWith("cannot create "));
  CHECK(std::filesystem::is_directory(dir.path() / "taken"));

  // A disk that takes no more bytes, as far as this process is concerned.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  auto const handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit const none{4, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
  CHECK_THROWS_WITH(acr::write_file(dir.path() / "x", "more than four"), StartsWith("cannot write "));
  CHECK_THROWS_WITH(acr::write_staged_file(dir.path() / "y", "more than four"), StartsWith("cannot write "));
  CHECK_NOTHROW(acr::write_file(dir.path() / "z", "four"));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK_FALSE(std::filesystem::exists(dir.path() / "x"));
}

// What `path` has on the disk, asked without the code under test.
std::pair<std::int64_t, std::int64_t> times_of(std::filesystem::path const& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return {info.st_atim.tv_sec, info.st_mtim.tv_sec};
}

TEST_CASE("a file gets its times before its name, and a time that the file system does not keep is noticed (O-14)",
          "[support]") {
  acr::test::TemporaryDirectory const dir;
  auto const file = dir.path() / "x";
  CHECK(acr::write_file(file, "bytes", 1'700'000'000));
  CHECK(times_of(file) == std::pair<std::int64_t, std::int64_t>(1'700'000'000, 1'700'000'000));
  CHECK(std::filesystem::last_write_time(file).time_since_epoch() % std::chrono::seconds(1) == std::chrono::nanoseconds(0));
  CHECK(acr::set_times(file, 0));
  CHECK(times_of(file).second == 0);
  CHECK(acr::write_file(file, "bytes", std::nullopt));
  CHECK(times_of(file).second > 1'700'000'000);

  // ext4 ends in 2446, others later.
  constexpr std::int64_t late = 253'402'300'799;
  bool const kept = acr::write_file(file, "bytes", late);
  CHECK(kept == (times_of(file).second == late));
  CHECK(acr::set_times(file, late) == kept);

  std::filesystem::create_symlink(file, dir.path() / "link");
  REQUIRE(::mkfifo((dir.path() / "pipe").c_str(), 0600) == 0);
  for (auto const* name : {"link", "pipe", "absent", "."}) CHECK_FALSE(acr::set_times(dir.path() / name, 1));
}

TEST_CASE("only a regular file is read, and a pipe does not hang (P-152)", "[support]") {
  using Catch::Matchers::EndsWith;
  using Catch::Matchers::StartsWith;
  acr::test::TemporaryDirectory const dir;
  CHECK_THROWS_WITH(acr::read_file(dir.path() / "absent", 10),
                    StartsWith("cannot read ") && EndsWith("No such file or directory"));
  CHECK_THROWS_WITH(acr::read_file(dir.path(), 10), EndsWith(": no regular file"));
  REQUIRE(::mkfifo((dir.path() / "pipe").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(acr::read_file(dir.path() / "pipe", 10), EndsWith(": no regular file"));
  acr::write_file(dir.path() / "x", "0123456789");
  CHECK(acr::read_file(dir.path() / "x", 10) == "0123456789");
  CHECK_THROWS_WITH(acr::read_file(dir.path() / "x", 9), EndsWith(": larger than 9 bytes"));
}

TEST_CASE("left-over files are known by their names", "[support]") {
  CHECK(acr::is_temporary_of(".manifest.json.0123456789ab.tmp", "manifest.json"));
  for (char const* name :
       {"manifest.json", "manifest.json.0123456789ab.tmp", ".manifest.json.0123456789ab", ".other.0123456789ab.tmp",
        ".manifest.json.tmp", ".manifest.json..tmp", ".manifest.json.0123456789a.tmp", ".manifest.json.0123456789AB.tmp",
        ".manifest.json.0123456789abc.tmp", ""}) {
    CAPTURE(name);
    CHECK_FALSE(acr::is_temporary_of(name, "manifest.json"));
  }
}

TEST_CASE("a file is given to the owner of another, if that is there", "[support]") {
  acr::test::TemporaryDirectory const dir;
  acr::write_file(dir.path() / "x", "");
  CHECK(acr::adopt_owner(dir.path() / "x", dir.path()));
  CHECK_FALSE(acr::adopt_owner(dir.path() / "x", dir.path() / "absent"));
}

}  // namespace
}  // namespace atomic_file_test
