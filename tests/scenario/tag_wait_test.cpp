// Tags that are not there yet (A-91; issue 6, 4).
#include <algorithm>
#include <csignal>
#include <thread>

#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "support/catch2.hpp"

namespace tag_wait_test {
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

TEST_CASE("a tag that never comes is refused when tag-wait is over, and a clone's own tag does not count (B-24)",
          "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts");  // the clone has the tag
  world.github().github().hide_tag("alertmanager-v1.42.0");
  auto const result = world.run({{"tag-wait", "6"}});
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(result.wall >= 6s);
  CHECK(world.outputs().at("reason") == "tag-not-found");
  auto const at = result.out.find("did not appear within");
  REQUIRE(at != std::string::npos);
  auto const line = result.out.substr(at, result.out.find('\n', at) - at);
  CHECK(line.find("within 6 seconds") != std::string::npos);
  CHECK(line.find("the checkout has the tag, at ") != std::string::npos);
  CHECK(world.github().count("api", "/git/ref/tags/alertmanager-v1.42.0") == 2);  // after five seconds and after six
  CHECK(world.github().count("api", "/git/matching-refs/") == 2);  // all charts' tags at first; near misses at the end
  CHECK(world.github().violations() == std::vector<std::string>{});
}

TEST_CASE("with object-source: local the clone's tags count, and a notice says so (B-24)", "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts");
  world.github().github().hide_tag("alertmanager-v1.42.0");
  auto const result = world.run({{"object-source", "local"}});
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(result.out.find("the server was not asked whether it has them") != std::string::npos);
  CHECK(world.github().count("api", "/git/") == 0);
  ReleaseWorld control(lab_folder() / "two-charts");
  CHECK(control.run().out.find("the server was not asked whether it has them") == std::string::npos);
}

TEST_CASE("a tag that the clone has at another object is read as the server has it, with a warning (B-24)", "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts");
  auto const expected = world.run();
  REQUIRE(expected.status == 0);
  CHECK(expected.out.find("tag-differs") == std::string::npos);
  auto const files = release_of(world);
  REQUIRE(run_program("/usr/bin/git", {},
                      {"--git-dir=" + world.file(".git").string(), "update-ref", "refs/tags/alertmanager-v1.42.0",
                       "refs/heads/release"},
                      "/")
              .status == 0);
  auto const result = world.run();
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(result.out.find("::warning::tag-differs: chart alertmanager, tag alertmanager-v1.42.0") != std::string::npos);
  auto const now = release_of(world);
  CHECK(now.at("checksums.txt") == files.at("checksums.txt"));
}

TEST_CASE("attestations that are listed late are asked for again within tag-wait (A-100)", "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts");
  world.github().github().hide_attestations(true);
  SECTION("they come") {
    auto const running = world.start({{"tag-wait", "60"}});
    auto const shown = running->output_with("waiting for attestations");  // while the program still waits
    CHECK(shown.find("::add-mask::") == 0);
    CHECK(shown.find("changed: ") != std::string::npos);
    CHECK(shown.find("::group::") == std::string::npos);
    world.github().github().hide_attestations(false);
    auto const result = running->wait();
    INFO(result.out);
    CHECK(result.status == 0);
    CHECK(world.outputs().at("result") == "success");
  }
  SECTION("they do not: the advice is to run again") {
    auto const result = world.run();
    INFO(result.out);
    CHECK(result.status == 1);
    CHECK(world.outputs().at("reason") == "unresolved");
    CHECK(result.out.find("re-run this job in a minute") != std::string::npos);
  }
  CHECK(world.github().violations() == std::vector<std::string>{});
}

TEST_CASE("a chart's group can be read while another chart waits for its tag, also when a signal ends the wait (A-21)",
          "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts");
  world.github().github().hide_tag("alertmanager-v1.42.0");
  auto const running = world.start({{"tag-wait", "60"}});
  auto const shown = running->output_with("waiting for the tag alertmanager-v1.42.0 of chart alertmanager");
  CHECK(shown.find("::group::prometheus-pushgateway") != std::string::npos);
  CHECK(shown.find("::endgroup::") != std::string::npos);
  running->signal(SIGTERM);
  auto const result = running->wait();
  CHECK(result.status == 143);
  CHECK(result.out.starts_with(shown));
}

}  // namespace
}  // namespace tag_wait_test
