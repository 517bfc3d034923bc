// Tags that are not there yet (A-91; issue 6, 4).
#include <algorithm>
#include <thread>

#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "support/catch2.hpp"

namespace {

using namespace acr::test;
using namespace std::chrono_literals;

TEST_CASE("a tag that is pushed while the run waits is found, other charts going on meanwhile", "[scenario]") {
  ReleaseWorld early(lab_folder() / "two-charts", Checkout::shallow);
  auto const expected = outcome_of(early, early.run());
  REQUIRE(expected.status == 0);

  std::string const tag = "alertmanager-v1.42.0";
  ReleaseWorld world(lab_folder() / "two-charts", Checkout::shallow);
  world.github().github().hide_tag(tag);
  auto const running = world.start({{"tag-wait", "60"}});
  for (int i = 0; i < 400 && world.github().count("storage") < 5; ++i) std::this_thread::sleep_for(10ms);
  CHECK(world.github().count("storage") == 5);  // the other chart's attestations, long before the tag is there
  world.github().github().show_tag(tag);
  auto const result = running->wait();
  INFO(result.out);
  CHECK(difference(expected, outcome_of(world, result)).empty());  // nothing tells that it came late
  CHECK(result.out.find("waiting for the tag " + tag) != std::string::npos);
  CHECK(result.wall < 30s);
  CHECK(world.github().violations() == std::vector<std::string>{});
}

TEST_CASE("a tag that never comes is refused after the wait, with the names that come near", "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts");
  world.github().github().hide_tag("alertmanager-v1.42.0");
  std::string const git_dir = "--git-dir=" + world.file(".git").string();
  for (auto const& words : std::vector<std::vector<std::string>>{{"update-ref", "refs/tags/alertmanager-1.42.0", "refs/tags/alertmanager-v1.42.0"},
                                                                 {"update-ref", "-d", "refs/tags/alertmanager-v1.42.0"}}) {
    std::vector<std::string> arguments{git_dir};
    arguments.insert(arguments.end(), words.begin(), words.end());
    REQUIRE(run_program("/usr/bin/git", {}, arguments, "/").status == 0);
  }
  auto const result = world.run({{"tag-wait", "6"}});
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(result.wall >= 5s);
  CHECK(world.outputs().at("reason") == "tag-not-found");
  auto const at = result.out.find("did not appear within");
  REQUIRE(at != std::string::npos);
  auto const line = result.out.substr(at, result.out.find('\n', at) - at);
  CHECK(line.find("within 6 seconds") != std::string::npos);
  CHECK(line.find("only alertmanager-1.42.0") != std::string::npos);  // without the v
  CHECK(line.find("alertmanager-v1.42.0") != std::string::npos);  // what is expected
  CHECK(world.github().count("api", "/git/ref/tags/alertmanager-v1.42.0") == 2);
}

}  // namespace
