// Which paths lie below a credential's prefix (B-28), held against models of how servers find a path.

#include "net/path_prefix.hpp"

#include <random>

#include "net/server_paths.hpp"
#include "support/catch2.hpp"

namespace path_prefix_test {
namespace {

using acr::net::is_below_prefix;
using acr::net::is_usable_prefix;

TEST_CASE("a path lies below a prefix by whole segments, decoded once (B-28)", "[net]") {
  struct Row {
    char const* path;
    bool below;
  };
  auto const row = one_of<Row>({
      {"/alice", true},
      {"/alice/", true},
      {"/alice/index.yaml", true},
      {"/alice//x", true},
      {"/%61lice/x", true},
      {"/alic%65", true},
      {"/./alice/x", true},
      {"/alice/./x", true},
      {"/alice/a.b/.x/x.", true},
      {"/alice/my%20charts/x%2By.tgz", true},
      {"/alice/a%2Fb", true},
      {"/alice/%25", true},
      {"/", false},
      {"", false},
      {"alice/x", false},
      {"/alic", false},
      {"/alicex", false},
      {"/ALICE/x", false},
      {"/mallory/alice/x", false},
      {"//alice/x", false},
      {"/alice%2Fx", false},  // one name to a server that keeps encoded slashes
      {"/%2Falice/x", false},
      {"/alice%00/x", false},
      {"/%2561lice/x", false},  // decoded once, not twice
      {"/alice/../mallory/x", false},
      {"/mallory/../alice/x", false},
      {"/alice/..", false},
      {"/alice/a..b", false},
      {"/alice/...", false},
      {"/alice/%2e%2e/mallory", false},
      {"/alice/%2E%2E/mallory", false},
      {"/alice/.%2e/mallory", false},
      {"/alice/%2e/x", false},
      {"/alice/a%2eb", false},
      {"/alice/%252e%252E/mallory", false},
      {"/alice/..%2fmallory", false},
      {"/alice%2f..%2fmallory", false},
      {"/alice/..;/mallory", false},
      {"/alice/;x", false},
      {"/alice;x/y", false},
      {"/alice/%3bx", false},
      {"/alice/%3B/..", false},
      {"/alice/a\\b", false},
      {"/alice/a%5cb", false},
      {"/alice/..%5Cmallory", false},
      {"/alice/%", false},
      {"/alice/%4", false},
      {"/alice/%zz", false},
  });
  CAPTURE(row.path);
  CHECK(is_below_prefix(row.path, "/alice") == row.below);
  CHECK(is_below_prefix(row.path, "/alice/") == row.below);
  CHECK(is_below_prefix(row.path, "/al%69ce") == row.below);
}

TEST_CASE("no prefix is the prefix of every path, and two segments are both compared", "[net]") {
  CHECK(is_below_prefix("/a/../b;c", ""));
  CHECK(is_below_prefix("/a", "/"));
  CHECK(is_below_prefix("/a/b/c", "/a/b"));
  CHECK_FALSE(is_below_prefix("/a/c/b", "/a/b"));
  CHECK_FALSE(is_below_prefix("/a%2fb/c", "/a/b"));
  CHECK(is_below_prefix("/my%20team/x", "/my%20team"));
}

TEST_CASE("a prefix that can be read in two ways is not a prefix of anything (B-28)", "[net]") {
  auto const prefix = one_of({"alice", "/a//b", "//", "/.", "/a/./b", "/a/..", "/a..b", "/%2e", "/a%252e", "/a;b", "/a%3bb",
                              "/a\\b", "/a%5cb", "/a%2fb", "/%", "/a%2"});
  CAPTURE(prefix);
  CHECK_FALSE(is_usable_prefix(prefix));
  CHECK_FALSE(is_below_prefix(prefix, prefix));
  CHECK_FALSE(is_below_prefix(std::string(prefix) + "/x", prefix));
  CHECK(is_usable_prefix("/a/b"));
  CHECK(is_usable_prefix("/a/b/"));
  CHECK(is_usable_prefix("/a.b/%20"));
  CHECK(is_usable_prefix(""));
}

TEST_CASE("what lies below a prefix is there for every kind of server (B-28)", "[net]") {
  std::vector<std::string> const pieces{"/",   "/",   "alice", "mallory", "..",   ".",  "%2e", "%2E",   "%2f",
                                        "%5c", "\\",  ";",     "%3b",     "%25",  "2e", "2f",  "%61",   "lice",
                                        "a",   "%00", "//",    "/alice/", "%252", "e%", "/..", "/alice"};
  std::mt19937 random(7);
  std::size_t below = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string path = "/alice";
    if (round % 3 == 0) path = "/";
    for (auto count = random() % 7; count > 0; --count) path += pieces[random() % pieces.size()];
    if (!is_below_prefix(path, "/alice")) continue;
    ++below;
    for (auto const& [server, found] : acr::net::server_readings(path)) {
      INFO(path << " is " << found << " to a server that " << server);
      REQUIRE((found == "/alice" || found.starts_with("/alice/")));
    }
  }
  CHECK(below > 2000);
}

}  // namespace
}  // namespace path_prefix_test
