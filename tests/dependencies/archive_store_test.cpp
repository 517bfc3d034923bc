#include "dependencies/archive_store.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "support/catch2.hpp"
#include "support/errors.hpp"
#include "support/temporary_directory.hpp"
#include "support/thrown.hpp"

namespace archive_store_test {
namespace {

namespace fs = std::filesystem;
using acr::dependencies::ArchiveStore;
using acr::test::TemporaryDirectory;

// The only file that this process has open below `directory`, and that has no name any more.
std::string unnamed_file(fs::path const& directory) {
  for (auto const& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    auto const target = fs::read_symlink(entry.path(), ignored).string();
    if (target.starts_with(directory.string() + "/") && target.ends_with(" (deleted)")) return entry.path().string();
  }
  return {};
}

TEST_CASE("the first archives stay in memory, the others go to a file without a name and come back (B-25)", "[dependencies]") {
  TemporaryDirectory const folder;
  ArchiveStore store(folder.path(), 10);
  auto const first = store.keep("12345678");
  CHECK(unnamed_file(folder.path()).empty());
  auto const second = store.keep("abc");  // eleven bytes are too many
  CHECK_FALSE(unnamed_file(folder.path()).empty());
  auto const third = store.keep("de");  // ten are not
  auto const fourth = store.keep(std::string(100'000, 'x') + "y");
  CHECK(fs::is_empty(folder.path()));
  CHECK(first->bytes() == first->bytes());  // kept
  CHECK(third->bytes() == third->bytes());
  CHECK(second->bytes() != second->bytes());  // read anew
  CHECK(*first->bytes() == "12345678");
  CHECK(*second->bytes() == "abc");
  CHECK(*third->bytes() == "de");
  CHECK(*fourth->bytes() == std::string(100'000, 'x') + "y");
  CHECK(second->size() == 3);
  CHECK(fourth->size() == 100'001);
}

TEST_CASE("an archive in the file outlives its store", "[dependencies]") {
  TemporaryDirectory const folder;
  auto const archive = ArchiveStore(folder.path(), 0).keep("bytes");
  CHECK(*archive->bytes() == "bytes");
}

TEST_CASE("a file that does not give back what was written ends the run", "[dependencies]") {
  TemporaryDirectory const folder;
  ArchiveStore store(folder.path(), 0);
  auto const archive = store.keep("bytes");
  auto const name = unnamed_file(folder.path());
  REQUIRE_FALSE(name.empty());
  SECTION("other bytes") {
    std::fstream(name, std::ios::in | std::ios::out) << "Bytes";
    CHECK(acr::test::thrown_code([&] { (void)archive->bytes(); }) == "temporary-file");
  }
  SECTION("fewer bytes") {
    fs::resize_file(name, 2);
    CHECK(acr::test::thrown_code([&] { (void)archive->bytes(); }) == "temporary-file");
  }
  SECTION("the same bytes, written again") {
    std::fstream(name, std::ios::in | std::ios::out) << "bytes";
    CHECK(*archive->bytes() == "bytes");
  }
}

TEST_CASE("a directory that takes no file is bad surroundings", "[dependencies]") {
  ArchiveStore store("/nowhere/at/all", 0);
  CHECK(acr::test::thrown([&] { (void)store.keep("bytes"); }) ==
        "temporary-file: a temporary file for fetched archives cannot be made in /nowhere/at/all: No such file or directory");
}

TEST_CASE("a disk that is full says so", "[dependencies]") {
  TemporaryDirectory const folder;
  ArchiveStore store(folder.path(), 0);
  (void)store.keep("1234");
  struct rlimit before {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  auto const handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit const small{6, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  auto const code = acr::test::thrown_code([&] { (void)store.keep("5678"); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(code == "no-space");
  CHECK(*store.keep("5678")->bytes() == "5678");
}

}  // namespace
}  // namespace archive_store_test
