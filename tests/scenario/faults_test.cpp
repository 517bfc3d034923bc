// GitHub as it is on a bad day (github-api.md G-28, G-29, G-35): what passes changes nothing, what does not has its name and
// status.
#include <algorithm>
#include <map>
#include <memory>
#include <thread>

#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"

namespace faults_test {
namespace {

using namespace acr::test;
using acr::loopback::Fault;

// Runs every lab release once without a fault and once under each of `faults`. Most of the time is waiting: all side by side.
void check_survived(std::vector<Fault> const& faults) {
  auto const names = lab_releases(true);
  std::vector<std::vector<std::string>> complaints(names.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < names.size(); ++i)
      threads.emplace_back([&, i] {
        try {
          ReleaseWorld world(lab_folder() / names[i]);
          auto const expected = outcome_of(world, world.run());
          for (auto const fault : faults) {
            world.github().set_once_each(fault);
            auto const result = world.run();
            if (auto const told = difference(expected, outcome_of(world, result)); !told.empty())
              complaints[i].push_back(std::string(name_of(fault)) + ": " + told + result.out);
          }
          for (auto const& violation : world.github().violations()) complaints[i].push_back(violation);
        } catch (std::exception const& error) {
          complaints[i].emplace_back(error.what());
        }
      });
  }
  REQUIRE_FALSE(names.empty());
  for (std::size_t i = 0; i < names.size(); ++i) {
    CAPTURE(names[i]);
    CHECK(complaints[i] == std::vector<std::string>{});
  }
}

TEST_CASE("server errors on every first try change no lab release", "[scenario]") {
  check_survived({Fault::status_500, Fault::html_502, Fault::status_503, Fault::status_408});
}

TEST_CASE("limits on every first try change no lab release", "[scenario]") {
  check_survived({Fault::limited_with_retry_after, Fault::limited_until_reset});
}

TEST_CASE("connections that break on every first try change no lab release", "[scenario]") {
  auto const faults = one_of<std::vector<Fault>>(
      {{Fault::closed, Fault::reset, Fault::reset_in_headers}, {Fault::truncated, Fault::reset_in_body}});
  check_survived(faults);
}

TEST_CASE("a release without a checkout survives limits and resets, too", "[scenario]") {
  ReleaseWorld full(lab_folder() / "two-charts");
  auto const expected = outcome_of(full, full.run());
  REQUIRE(expected.status == 0);
  ReleaseWorld world(lab_folder() / "two-charts", Checkout::none);
  world.github().set_once_each(Fault::limited_with_retry_after);
  auto const result = world.run({{"max-parallel", "16"}});
  INFO(result.out);
  CHECK(difference(expected, outcome_of(world, result)).empty());
}

TEST_CASE("answers that travel strangely are answers all the same", "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts", Checkout::none);
  auto const expected = outcome_of(world, world.run());
  REQUIRE(expected.status == 0);
  // Each on a few requests, spread over a whole run: chunked, without a length, with the connection closed behind them.
  for (auto const* const kind : {"chunked", "until_close", "close_after", "vanish_after"})
    for (auto const* const where : {"api GET /repos", "api POST", "storage GET"})
      world.github().add_fault(acr::loopback::planned_fault(std::string(kind) + " x5 after 2 at " + where));
  auto const result = world.run();
  INFO(result.out);
  CHECK(difference(expected, outcome_of(world, result)).empty());
}

TEST_CASE("a listing of all subjects that is too large is asked for subject by subject (G-12b, G-31)", "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts", Checkout::none);
  auto const expected = outcome_of(world, world.run());
  world.github().add_fault(acr::loopback::planned_fault("oversize x* at api POST"));
  auto const result = world.run();
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(difference(expected, outcome_of(world, result)).empty());
}

struct Row {
  std::string fault;
  int status;
  std::string code;
  Checkout checkout = Checkout::full;
  std::map<std::string, std::string> inputs{};
};

// One world for each kind of checkout; what a planned fault leaves is used up by the run it was planned for.
TEST_CASE("faults that do not pass have a name and a status, and leave no package (G-35)", "[scenario]") {
  std::vector<Row> const rows{
      {"html_200 x* at api POST", 3, "bad-response"},                    // G-34: never "no attestations"
      {"wrong_shape x* at api POST", 3, "bad-response"},                 // G-34
      {"empty_200 x* at api POST", 3, "bad-response"},                   // G-34
      {"limited_for_long x* at api POST", 3, "rate-limited"},            // G-28
      {"gone x* at api POST", 1, "gone"},                                // G-33
      {"html_200 x* at storage GET", 1, "bundle-unreadable"},            // G-14
      {"redirect_away x* at storage GET", 3, "unreachable"},             // G-10: to where nobody listens
      {"not_found x* at storage GET", 1, "bundle-unavailable"},          // G-14
      {"oversize x* at storage GET", 1, "bundle-unreadable"},            // G-14
      {"html_200 x* at /git/trees", 3, "bad-response", Checkout::none},  // G-34
      {"forbidden x* at /git/", 2, "no-access", Checkout::none},         // G-12, A-64
      {"wrong_shape x* at /compare/", 3, "bad-response", Checkout::none, {{"diff-mode", "merge-base"}}},  // G-20
  };
  for (auto const checkout : {Checkout::full, Checkout::none}) {
    for (auto const& row : rows) {
      if (row.checkout != checkout) continue;
      CAPTURE(row.fault);
      ReleaseWorld world(lab_folder() / "two-charts", checkout, [&](acr::loopback::StandInSettings& settings) {
        settings.faults = {acr::loopback::planned_fault(row.fault)};
      });
      auto const result = world.run(row.inputs);
      INFO(result.out);
      INFO(result.err);
      CHECK(result.status == row.status);
      CHECK(world.outputs().at("result") == "failed");
      CHECK(world.outputs().at("reason") == row.code);
      CHECK(result.out.find(row.code) != std::string::npos);
      for (auto const& name : world.packages()) CHECK_FALSE(name.ends_with(".tgz"));
      CHECK(world.github().violations().empty());
    }
  }
}

TEST_CASE("a limit that outlasts the run is told with the time of its end (G-28)", "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts", Checkout::full, [](acr::loopback::StandInSettings& settings) {
    settings.faults = {acr::loopback::planned_fault("limited_for_long x* at api POST")};
  });
  auto const result = world.run();
  INFO(result.out);
  CHECK(result.status == 3);
  CHECK(result.wall < std::chrono::seconds(20));  // at once, not at the end of its time
  auto const at = result.out.find("rate-limited");
  REQUIRE(at != std::string::npos);
  auto const until = result.out.find(" until 20", at);
  REQUIRE(until != std::string::npos);
  CHECK(result.out.substr(until + 26, 2) == "Z,");  // RFC 3339, in UTC
}

TEST_CASE("with few requests left, files are counted before the first one is fetched (A-56)", "[scenario]") {
  ReleaseWorld world(lab_folder() / "two-charts", Checkout::none, [](acr::loopback::StandInSettings& settings) {
    settings.github.rate_limit = 60;
    settings.github.graphql = false;  // by the hundred they would be few requests (G-37)
  });
  auto const result = world.run();
  INFO(result.out);
  CHECK(result.status == 3);
  CHECK(world.outputs().at("reason") == "too-many-objects");
  CHECK(result.out.find("checkout") != std::string::npos);
  CHECK(world.github().count("api") < 40);
}

}  // namespace
}  // namespace faults_test
