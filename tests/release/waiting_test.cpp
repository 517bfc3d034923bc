// What comes late: tags and listings (section 11, A-100), whose word on tags counts (B-24), and what the log shows meanwhile.
#include "github/combined_objects.hpp"
#include "release/pipeline_world.hpp"
#include "release/tag_not_found.hpp"
#include "support/catch2.hpp"

namespace waiting_test {
namespace {

using namespace acr::test;
using acr::ExitStatus;
using acr::report::EntryStatus;
using acr::report::Result;
using Pauses = std::vector<std::int64_t>;

std::string const lint = subject_of("lint");

bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

TEST_CASE("a tag that comes late is found at the next look", "[release]") {
  PipelineWorld world;
  world.inputs["tag-wait"] = "60";
  auto const tags = std::exchange(world.tags, {});
  world.meanwhile = [&](std::size_t waits) {
    if (waits == 2) world.tag("web-v1.1.0", tags.at("web-v1.1.0"));
  };
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(outcome.record.result == Result::success);
  CHECK(world.pauses == Pauses{5, 10});
  CHECK(has(world.log_text.str(), "waiting for the tag web-v1.1.0 of chart web\n"));
}

TEST_CASE("tag-wait lasts as long as it says: the last look is at its end", "[release]") {
  struct Row {
    char const* wait;
    Pauses pauses;
    std::string why;
  };
  auto const row = one_of<Row>({{"0", {}, "the tag does not exist"},
                                {"3", {3}, "the tag did not appear within 3 seconds"},
                                {"22", {5, 10, 7}, "the tag did not appear within 22 seconds"},
                                {"100", {5, 10, 20, 30, 30, 5}, "the tag did not appear within 100 seconds"}});
  PipelineWorld world;
  world.inputs["tag-wait"] = row.wait;
  SECTION("it never comes") {
    world.tags.clear();
    auto const outcome = world.run();
    REQUIRE(refusals(outcome) == Findings{"tag-not-found @ tag web-v1.1.0"});
    CHECK(outcome.record.charts.front().refusals.front().why == row.why);
    CHECK(world.pauses == row.pauses);
  }
  SECTION("it comes for the last look") {
    auto const tags = std::exchange(world.tags, {});
    world.meanwhile = [&](std::size_t waits) {
      if (waits == row.pauses.size()) world.tag("web-v1.1.0", tags.at("web-v1.1.0"));
    };
    CHECK(refusals(world.run()).empty() == !row.pauses.empty());
  }
}

TEST_CASE("the message says the time that really passed", "[release]") {
  PipelineWorld world;
  world.tags.clear();
  world.inputs["tag-wait"] = "6";
  world.meanwhile = [&](std::size_t waits) {
    if (waits == 2) world.now += std::chrono::milliseconds(9700);  // another chart took its time
  };
  auto const outcome = world.run();
  CHECK(outcome.record.charts.front().refusals.front().why == "the tag did not appear within 15 seconds");
}

TEST_CASE("a time limit that ends a wait names what was waited for", "[release]") {
  PipelineWorld world;
  world.inputs["tag-wait"] = "60";
  std::string what;
  SECTION("a tag") {
    world.tags.clear();
    what = "the tag web-v1.1.0 of chart web";
  }
  SECTION("an attestation") {
    world.listed.clear();
    what = "attestations of the tag web-v1.1.0 of chart web to be listed";
  }
  world.meanwhile = [](std::size_t) { throw acr::Unreachable("timeout", "the time limit of the run is reached"); };
  auto const outcome = world.run();
  CHECK(refusals(outcome) == Findings{"timeout @ run"});
  CHECK(has(outcome.record.refusals.front().why, "it was waiting for " + what));
  CHECK(has(outcome.record.refusals.front().why, "timeout: 360 seconds"));
  CHECK(outcome.status == ExitStatus::unreachable);
}

TEST_CASE("another error while something is waited for stays what it is", "[release]") {
  PipelineWorld world;
  world.tags.clear();
  world.inputs["tag-wait"] = "60";
  world.meanwhile = [](std::size_t) { throw acr::Unreachable("unreachable", "no answer"); };
  CHECK(refusals(world.run()) == Findings{"unreachable @ run"});
}

TEST_CASE("an attestation that is listed late is asked for again within tag-wait (A-100)", "[release]") {
  PipelineWorld world;
  world.inputs["tag-wait"] = "60";
  auto const listed = std::exchange(world.listed, {});
  bool other_id = false;
  SECTION("nothing is listed at first") {}
  SECTION("another attestation of the subject is listed at first") {
    other_id = true;
    world.attest("1002", lint);
  }
  world.meanwhile = [&](std::size_t waits) {
    if (waits == 2) world.listed[lint].push_back(listed.at(lint).front());
  };
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(warnings(outcome).empty());  // packaged once
  CHECK(outcome.record.charts.front().entries.front().status == EntryStatus::verified);
  CHECK(world.pauses == Pauses{5, 10});
  CHECK(has(world.log_text.str(), "waiting for attestations of the tag web-v1.1.0 of chart web to be listed\n"));
  CHECK(world.asked.size() == 3);
  CHECK(other_id == (world.listed[lint].size() == 2));
}

TEST_CASE("an attestation that is never listed is refused at the end of tag-wait, with the advice to re-run", "[release]") {
  PipelineWorld world;
  world.listed.clear();
  bool const waits = one_of({true, false});
  world.inputs["tag-wait"] = waits ? "6" : "0";
  auto const outcome = world.run();
  CHECK(refusals(outcome) == Findings{"unresolved @ attestation lint (id 1001)"});
  CHECK(has(outcome.record.charts.front().entries.front().refusal->fix_text, "re-run this job in a minute"));
  CHECK(world.pauses == (waits ? Pauses{5, 1} : Pauses{}));
}

TEST_CASE("nobody waits for what cannot help", "[release]") {
  PipelineWorld world;
  world.inputs["tag-wait"] = "60";
  SECTION("unresolved-id: warn, and another attestation verifies") {
    world.inputs["unresolved-id"] = "warn";
    world.listed[lint].front().id = "1002";
    CHECK(refusals(world.run()).empty());
  }
  SECTION("listings without ids") {
    world.listed[lint].front().id.clear();
    CHECK(refusals(world.run()) == Findings{"unresolved-id @ attestation lint (id 1001)"});
  }
  SECTION("a chart that is refused anyway") {
    world.listed.clear();
    world.head = world.tagged + Files{{"charts/web/values.yaml", "replicas: 2\n"}};
    CHECK(refusals(world.run()) ==
          Findings{"tag-content-mismatch @ tag web-v1.1.0", "unresolved @ attestation lint (id 1001)"});
  }
  SECTION("a tag that does not hold") {
    world.head = world.tagged + Files{{"charts/web/values.yaml", "replicas: 2\n"}};
    CHECK(refusals(world.run()) == Findings{"tag-content-mismatch @ tag web-v1.1.0"});
  }
  CHECK(world.pauses.empty());
}

TEST_CASE("a chart's group is in the log when the chart is done, while others still wait", "[release]") {
  PipelineWorld world;
  world.inputs["tag-wait"] = "60";
  world.tagged = world.tagged + chart_files("api", "2.0.0") + chart_files("db", "3.0.0");
  for (auto const& [name, version] : std::map<std::string, std::string>{{"api", "2.0.0"}, {"db", "3.0.0"}})
    world.tags[name + "-v" + version] = annotation(name, version, {{"lint", "1001", lint}});
  auto const late = world.tags.extract("db-v3.0.0").mapped();
  std::string shown;
  world.meanwhile = [&](std::size_t waits) {
    if (waits == 1) shown = world.log_text.str();
    if (waits == 2) world.tag("db-v3.0.0", late);
  };
  CHECK(refusals(world.run()).empty());
  CHECK(has(shown, "changed: api 2.0.0, db 3.0.0, web 1.1.0\n"));
  CHECK(has(shown, "::group::api 2.0.0: packaged\n"));
  CHECK(has(shown, "::group::web 1.1.0: packaged\n"));
  CHECK_FALSE(has(shown, "::group::db"));
  auto const whole = world.log_text.str();
  for (auto const name : {"api", "db", "web"}) {
    auto const group = "::group::" + std::string(name);
    CHECK(has(whole, group));
    CHECK(whole.find(group) == whole.rfind(group));  // once
  }
}

TEST_CASE("a group is shown for a chart that an error has kept from its end, too", "[release]") {
  PipelineWorld world;
  world.intercept = [](acr::net::Request const& request) {
    if (request.method == "GET") throw acr::net::NetworkError(acr::net::Failure::connect, request.url.host, "no answer");
    return std::optional<acr::net::Reply>();
  };
  world.run();
  CHECK(has(world.log_text.str(), "::group::web 1.1.0: "));
}

// The server's refs are world.objects'; the checkout has its own.
TEST_CASE("a tag of the checkout counts only when the server has it at the same object (B-24)", "[release]") {
  PipelineWorld world;
  acr::git::MemoryObjects checkout;
  acr::github::CombinedObjects both(&checkout, world.objects);
  world.source = &both;
  SECTION("the same") {
    world.build();
    checkout.set_ref("refs/tags/web-v1.1.0", world.objects.ref("refs/tags/web-v1.1.0")->target);
    auto const outcome = world.run();
    CHECK(refusals(outcome).empty());
    CHECK(warnings(outcome).empty());
  }
  SECTION("only the server has it") { CHECK(refusals(world.run()).empty()); }
  SECTION("gone on the server") {
    auto const text = std::exchange(world.tags, {}).at("web-v1.1.0");
    world.build();
    auto const tag = world.objects.add_tag("web-v1.1.0", world.tag_commit, acr::git::ObjectType::commit, text);
    checkout.set_ref("refs/tags/web-v1.1.0", tag);
    auto const outcome = world.run();
    CHECK(refusals(outcome) == Findings{"tag-not-found @ tag web-v1.1.0"});
    CHECK(has(outcome.record.charts.front().refusals.front().found_value,
              "the checkout has the tag, at " + tag + ", the server does not"));
  }
  SECTION("another object: the server's is read") {
    world.build();
    checkout.set_ref("refs/tags/web-v1.1.0",
                     world.objects.add_tag("web-v1.1.0", world.base_commit, acr::git::ObjectType::commit, "Release: web v9\n"));
    auto const outcome = world.run();
    CHECK(refusals(outcome).empty());
    CHECK(warnings(outcome) == Findings{"tag-differs @ tag web-v1.1.0"});
    CHECK(outcome.record.charts.front().commit == world.tag_commit);
    CHECK(outcome.record.charts.front().tag_object == world.objects.ref("refs/tags/web-v1.1.0")->target);
  }
  SECTION("another object, and the server's does not hold") {
    auto const good = world.tags.at("web-v1.1.0");
    world.tags["web-v1.1.0"] = "Release: web v1.0.9\n\nAttestation Lineage:\n- lint: 1001 " + lint + "\n";
    world.build();
    checkout.set_ref("refs/tags/web-v1.1.0",
                     world.objects.add_tag("web-v1.1.0", world.tag_commit, acr::git::ObjectType::commit, good));
    CHECK(refusals(world.run()) == Findings{"release-line-mismatch @ tag web-v1.1.0"});
  }
}

TEST_CASE("tags that come near are named newest first, and show another tag-format", "[release]") {
  struct Row {
    char const* what;
    char const* format;
    std::vector<std::string> tags, names;
    std::string proposed;
  };
  static constexpr char const* v = "{name}-v{version}";
  auto const row = one_of<Row>({
      {"nothing", v, {}, {}, ""},
      {"the release itself without a v", v, {"web-1.2.0"}, {"web-1.2.0"}, "{name}-{version}"},
      {"with a slash", v, {"web/1.2.0"}, {"web/1.2.0"}, "{name}/{version}"},
      {"with an @", v, {"web@v1.2.0"}, {"web@v1.2.0"}, "{name}@v{version}"},
      {"older releases in another form", v, {"web-1.0.0", "web-1.1.0"}, {"web-1.1.0", "web-1.0.0"}, "{name}-{version}"},
      {"older releases in both forms", v, {"web-1.0.0", "web-v1.1.0"}, {"web-v1.1.0", "web-1.0.0"}, ""},
      {"this release in another form, older ones in the configured one",
       v,
       {"web-v1.1.0", "web-1.2.0"},
       {"web-1.2.0", "web-v1.1.0"},
       "{name}-{version}"},
      {"by version, not by text",
       v,
       {"web-v1.10.0", "web-v1.9.0", "web-v1.9.0-rc.1"},
       {"web-v1.10.0", "web-v1.9.0", "web-v1.9.0-rc.1"},
       ""},
      {"another chart's",
       v,
       {"web-app-1.2.0", "webhook-1.2.0", "web2-1.2.0"},
       {"webhook-1.2.0", "web2-1.2.0", "web-app-1.2.0"},
       ""},
      {"configured without a v", "{name}-{version}", {"web-v1.2.0"}, {"web-v1.2.0"}, "{name}-v{version}"},
      {"no version", v, {"web-latest", "web-"}, {"web-latest", "web-"}, ""},
  });
  CAPTURE(row.what);
  auto const misses = acr::release::near_misses("web", "1.2.0", row.format, row.tags);
  CHECK(misses.names == row.names);
  CHECK(misses.tag_format == row.proposed);
}

TEST_CASE("the refusal of a missing tag proposes the form that the chart's tags have", "[release]") {
  PipelineWorld world;
  auto const text = std::exchange(world.tags, {}).at("web-v1.1.0");
  std::string found;
  SECTION("another form") {
    world.tags["web-1.1.0"] = text;
    found = "only web-1.1.0";
  }
  SECTION("more than are shown") {
    for (auto const version : {"0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0", "0.10.0"})
      world.tags["web-v" + std::string(version)] = text;
    found = "only web-v0.10.0, web-v0.5.0, web-v0.4.0, web-v0.3.0, web-v0.2.0, …";
  }
  SECTION("none") { found = "no tag that begins with web"; }
  auto const outcome = world.run();
  REQUIRE(refusals(outcome) == Findings{"tag-not-found @ tag web-v1.1.0"});
  auto const& why = outcome.record.charts.front().refusals.front();
  CHECK(why.found_value == found);
  CHECK(has(why.fix_text, "set tag-format: {name}-{version}") == (found == "only web-1.1.0"));
}

}  // namespace
}  // namespace waiting_test
