// What a checkout lacks is asked for in bulk and in waves: how much that is, and that it changes nothing (G-36 … G-41).
#include <algorithm>
#include <map>
#include <sstream>
#include <string>

#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "signing/scenario.hpp"
#include "support/catch2.hpp"
#include "support/temporary_directory.hpp"

namespace checkouts_test {
namespace {

using acr::loopback::StandInSettings;
using acr::test::Checkout;
using acr::test::release_of;
using acr::test::ReleaseWorld;

constexpr std::size_t charts = 24;

std::filesystem::path release_folder() {
  static acr::test::TemporaryDirectory const directory;
  static bool const made = [] {
    acr::signing::write_scenario(directory.path() / "scenario", {.charts = charts, .attestations = 2});
    return true;
  }();
  static_cast<void>(made);
  return directory.path() / "scenario";
}

// The log without what it says about requests.
std::string told(std::string const& out) {
  std::istringstream lines(out);
  std::string text;
  for (std::string line; std::getline(lines, line);)
    if (line.find("API") == std::string::npos) text += line + "\n";
  return text;
}

std::size_t asked(ReleaseWorld& world, std::string const& what) { return world.github().count("api", what); }

TEST_CASE("without a checkout a release of many charts asks a few questions about all of them", "[scenario]") {  // G-37, G-40
  ReleaseWorld full(release_folder());
  REQUIRE(full.run().status == 0);
  for (auto const checkout : {Checkout::shallow, Checkout::none}) {
    CAPTURE(static_cast<int>(checkout));
    ReleaseWorld world(release_folder(), checkout);
    auto const result = world.run();
    INFO(result.out << world.github().log_lines());
    REQUIRE(result.status == 0);
    CHECK(release_of(world) == release_of(full));
    CHECK(world.github().violations().empty());
    CHECK(asked(world, "/git/tags/") == 0);
    CHECK(asked(world, "/git/commits/") <= 3);  // head, base, test merge
    CHECK(asked(world, "/git/trees/") <= 3);    // the same
    CHECK(asked(world, "/git/blobs/") <= 9);
    CHECK(asked(world, "/compare/") == 0);  // G-41: every tag's commit is reached from the head over commits that were read
    CHECK(asked(world, "POST /graphql") >= 3);
    CHECK(asked(world, "POST /graphql") <= 3 + charts * 12 / 100 + 4);
    CHECK(asked(world, "") <= 24);  // a checkout that lacks nothing takes two
    CHECK(asked(full, "") <= 2);
  }
}

TEST_CASE("how objects come and how many requests are under way changes no result and no line of the log", "[scenario]") {
  ReleaseWorld usual(release_folder(), Checkout::none);  // G-38, G-40
  auto const first = usual.run();
  REQUIRE(first.status == 0);
  struct Row {
    char const* what;
    bool graphql;
    std::vector<std::string> faults;
    char const* workers;
  };
  std::vector<Row> const rows{
      {"one by one", false, {}, "4"},
      {"one chart after the other", true, {}, "1"},
      {"many charts", true, {}, "16"},
      {"limited until one request is under way",
       true,
       {"limited_with_retry_after x3 at api GET /repos", "limited_with_retry_after x2 after 20 at api GET /repos"},
       "4"},
      {"GraphQL fails now and then", true, {"html_502 x1 after 1 at api POST /graphql"}, "4"},
      {"GraphQL is limited after two questions", true, {"secondary_limit x* after 2 at api POST /graphql"}, "4"}};
  for (auto const& row : rows) {
    CAPTURE(row.what);
    ReleaseWorld world(release_folder(), Checkout::none, [&](StandInSettings& settings) {
      settings.github.graphql = row.graphql;
      for (auto const& fault : row.faults) settings.faults.push_back(acr::loopback::planned_fault(fault));
    });
    auto const result = world.run({{"max-parallel", row.workers}});
    INFO(result.out);
    REQUIRE(result.status == 0);
    CHECK(release_of(world) == release_of(usual));
    CHECK(told(result.out) == told(first.out));
    CHECK(world.github().violations().empty());
  }
}

TEST_CASE("the token goes to GraphQL at the API's own origin alone", "[scenario]") {  // G-36, G-8
  ReleaseWorld elsewhere(release_folder(), Checkout::none);
  ReleaseWorld world(release_folder(), Checkout::none);
  auto const other = elsewhere.github().api_url();  // another port is another origin
  REQUIRE(world.run({{"GITHUB_GRAPHQL_URL", other + "/graphql"}}).status == 0);
  CHECK(elsewhere.github().log().empty());
  CHECK(asked(world, "POST /graphql") > 0);
}

TEST_CASE("an Enterprise Server's GraphQL lies beside its REST", "[scenario]") {  // G-36
  ReleaseWorld world(release_folder(), Checkout::none, [](StandInSettings& settings) { settings.base_path = "/api/v3"; });
  REQUIRE(world.run().status == 0);
  CHECK(asked(world, "POST /api/graphql") > 0);
  CHECK(world.github().violations().empty());
}

}  // namespace
}  // namespace checkouts_test
