// The two trees of this room: what a chart is read from (P-10, P-12, P-16, P-17, P-152).

#include "chart/source_tree.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "chart/directory_tree.hpp"
#include "memory/tree.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/errors.hpp"
#include "support/temporary_directory.hpp"

namespace source_tree_test {
namespace {

using namespace acr;
using namespace acr::chart;
namespace fs = std::filesystem;

std::vector<std::string> names(std::vector<Node> const& nodes) {
  std::vector<std::string> result;
  for (auto const& node : nodes) result.push_back(node.name);
  return result;
}

void set_time(fs::path const& path, std::int64_t seconds, long nanoseconds) {
  timespec const times[2] = {{0, UTIME_OMIT}, {seconds, nanoseconds}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

TEST_CASE("a memory tree lists by bytes and names equal content alike", "[chart]") {
  MemoryTree tree;
  tree.file("b/x", "1")
      .file("a.txt", "1")
      .file("a-b", "2")
      .executable("a/run", "1")
      .symlink("l", "a")
      .submodule("s")
      .irregular("p");
  CHECK(names(tree.list("")) == std::vector<std::string>{"a", "a-b", "a.txt", "b", "l", "p", "s"});
  CHECK(tree.node("b/x")->id == tree.node("a.txt")->id);
  CHECK(tree.node("a-b")->id != tree.node("a.txt")->id);
  CHECK(tree.node("a/run")->kind == NodeKind::executable);
  CHECK_FALSE(tree.node("b/x/y"));
  CHECK(tree.read("b/x", 1) == "1");
  CHECK(tree.read("b/x", 0) == std::nullopt);
  CHECK(tree.link_target("l") == "a");
  auto const before = tree.node("")->id;
  tree.file("b/x", "changed");
  CHECK(tree.node("")->id != before);
  tree.remove("b");
  CHECK_FALSE(tree.node("b"));
}

TEST_CASE("a memory tree reads links as links and nothing else as one", "[chart]") {
  MemoryTree tree;
  tree.file("a/file", "x");
  tree.symlink("a/link", "file");
  CHECK(tree.link_target("a/link") == "file");
  CHECK_THROWS_AS(tree.link_target("a/file"), std::runtime_error);
  CHECK_THROWS_AS(tree.link_target("a"), std::runtime_error);
  CHECK_THROWS_AS(tree.link_target("none"), std::runtime_error);
}

TEST_CASE("a directory tree shows kinds, sizes and rounded times", "[chart]") {
  test::TemporaryDirectory directory;
  auto const& root = directory.path();
  fs::create_directories(root / "d");
  write_file(root / "d/file", "12345");
  write_file(root / "run", "");
  fs::permissions(root / "run", fs::perms::owner_exec, fs::perm_options::add);
  fs::create_symlink("d/file", root / "link");
  REQUIRE(::mkfifo((root / "fifo").c_str(), 0600) == 0);
  set_time(root / "d/file", 1700000000, 499999999);
  set_time(root / "run", -3, 500000000);

  DirectoryTree const tree(root);
  CHECK(names(tree.list("")) == std::vector<std::string>{"d", "fifo", "link", "run"});
  auto const file = tree.node("d/file");
  REQUIRE(file);
  CHECK(file->kind == NodeKind::file);
  CHECK(file->size == 5);
  CHECK(file->mtime == 1700000000);      // P-87: below half a second
  CHECK(tree.node("run")->mtime == -2);  // half up, before 1970 too
  CHECK(tree.node("run")->kind == NodeKind::executable);
  CHECK(tree.node("link")->kind == NodeKind::symlink);
  CHECK(tree.node("fifo")->kind == NodeKind::irregular);
  CHECK(tree.node("")->kind == NodeKind::directory);
  CHECK_FALSE(tree.node("absent"));
  CHECK_FALSE(tree.node("d/file/below"));
  CHECK(tree.link_target("link") == "d/file");
  CHECK(tree.read("d/file", 5) == "12345");
  CHECK(tree.read("d/file", 4) == std::nullopt);
}

TEST_CASE("a listing of kinds costs no look at files, whose times come with their bytes", "[chart]") {
  test::TemporaryDirectory directory;
  auto const& root = directory.path();
  write_file(root / "d/e/file", "12345");
  write_file(root / "d/f/file", "678");
  write_file(root / "top", "");
  fs::create_symlink("top", root / "link");
  REQUIRE(::mkfifo((root / "fifo").c_str(), 0600) == 0);
  set_time(root / "d/e/file", 1700000000, 500000000);

  DirectoryTree const tree(root);
  auto const kinds = tree.list_kinds("");
  REQUIRE(names(kinds) == std::vector<std::string>{"d", "fifo", "link", "top"});
  CHECK(kinds[0].kind == NodeKind::directory);
  CHECK(kinds[1].kind == NodeKind::irregular);
  CHECK(kinds[2].kind == NodeKind::symlink);
  CHECK(kinds[3].kind == NodeKind::file);
  // Down, across and up again, and a second time: directories that are open already are read anew.
  for (int i = 0; i < 2; ++i) {
    CHECK(names(tree.list_kinds("d/e")) == std::vector<std::string>{"file"});
    CHECK(names(tree.list("d/f")) == std::vector<std::string>{"file"});
    CHECK(names(tree.list_kinds("d")) == std::vector<std::string>{"e", "f"});
  }
  auto const content = tree.read_file("d/e/file", 5);
  REQUIRE(content);
  CHECK(content->bytes == "12345");
  CHECK(content->mtime == 1700000001);  // P-87
  CHECK_FALSE(tree.read_file("d/e/file", 4));
}

TEST_CASE("a file that was swapped for a FIFO after the listing is not read", "[chart]") {
  test::TemporaryDirectory directory;
  write_file(directory.path() / "file", "x");
  write_file(directory.path() / "link", "x");
  DirectoryTree const tree(directory.path());
  CHECK(tree.list_kinds("").size() == 2);
  fs::remove(directory.path() / "file");
  REQUIRE(::mkfifo((directory.path() / "file").c_str(), 0600) == 0);
  fs::remove(directory.path() / "link");
  fs::create_symlink("/etc/passwd", directory.path() / "link");
  CHECK_THROWS_AS(tree.read_file("file", 10), std::runtime_error);  // P-152: and does not wait for a writer
  CHECK_THROWS_AS(tree.read_file("link", 10), std::runtime_error);
}

TEST_CASE("a directory tree goes through no link and opens no FIFO, socket or device", "[chart]") {
  test::TemporaryDirectory directory;
  auto const root = directory.path() / "root";
  fs::create_directories(root);
  write_file(directory.path() / "outside/secret", "s");
  fs::create_directory_symlink(directory.path() / "outside", root / "out");
  fs::create_symlink(directory.path() / "outside/secret", root / "secret");
  REQUIRE(::mkfifo((root / "fifo").c_str(), 0600) == 0);
  int const socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  auto const name = (root / "socket").string();
  REQUIRE(name.size() < sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  REQUIRE(::bind(socket, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0);
  ::close(socket);

  DirectoryTree const tree(root);
  CHECK_FALSE(tree.node("out/secret"));
  CHECK_THROWS_AS(tree.read("out/secret", 10), std::runtime_error);
  CHECK_THROWS_AS(tree.list("out"), std::runtime_error);
  CHECK_THROWS_AS(tree.read("secret", 10), std::runtime_error);
  CHECK_THROWS_AS(tree.read("fifo", 10), std::runtime_error);  // and does not wait for a writer
  CHECK_THROWS_AS(tree.read("socket", 10), std::runtime_error);
  CHECK_THROWS_AS(tree.read("absent", 10), std::runtime_error);
  // Whoever hands in an unclean path has made a mistake.
  CHECK_THROWS_AS(tree.node("../outside/secret"), std::logic_error);
  CHECK_THROWS_AS(tree.read("a/../../outside/secret", 10), std::exception);
}

TEST_CASE("the root may be a link to a directory, but must be one", "[chart]") {
  test::TemporaryDirectory directory;
  write_file(directory.path() / "real/file", "x");
  fs::create_directory_symlink("real", directory.path() / "link");
  CHECK(DirectoryTree(directory.path() / "link").read("file", 1) == "x");
  for (char const* name : {"real/file", "absent"}) {
    CAPTURE(name);
    try {
      DirectoryTree const tree(directory.path() / name);
      FAIL("it is taken for a directory");
    } catch (BadEnvironment const& error) {
      CHECK(error.code() == "no-directory");
    }
  }
}

TEST_CASE("a chart belongs to the git work tree around it, else it is its own repository", "[chart]") {
  test::TemporaryDirectory directory;
  auto const base = fs::canonical(directory.path());
  fs::create_directories(base / "repo/.git");
  fs::create_directories(base / "repo/charts/web");
  fs::create_directories(base / "linked/web");
  write_file(base / "linked/.git", "gitdir: ../repo/.git/worktrees/linked\n");
  fs::create_directories(base / "plain/web");
  fs::create_directory_symlink(base / "repo/charts/web", base / "short");

  CHECK(locate_chart(base / "repo/charts/web").repository == base / "repo");
  CHECK(locate_chart(base / "repo/charts/web").chart_root == "charts/web");
  CHECK(locate_chart(base / "short").chart_root == "charts/web");
  CHECK(locate_chart(base / "repo").chart_root.empty());
  CHECK(locate_chart(base / "linked/web").repository == base / "linked");
  CHECK(locate_chart(base / "plain/web").repository == base / "plain/web");
  CHECK(locate_chart(base / "plain/web").chart_root.empty());
  write_file(base / "plain/file", "");
  for (char const* name : {"absent", "plain/file"}) {
    CAPTURE(name);
    try {
      (void)locate_chart(base / name);
      FAIL("it is taken for a chart");
    } catch (BadEnvironment const& error) {
      CHECK(error.code() == "no-directory");
    }
  }
}

}  // namespace
}  // namespace source_tree_test
