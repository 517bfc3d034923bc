// What an attestation is about, and whether that is this chart (B-4, B-5, B-6, B-6a): tags with ids alone, rules, annotations,
// and what each setting does with the rest (B-6). The bundles are signed by the signing world, the verifier is the real one,
// GitHub answers from memory.
#include "release/subject_binding.hpp"

#include "chart/packager.hpp"
#include "chart/source_list.hpp"
#include "release/git_source_tree.hpp"
#include "release/pipeline_world.hpp"
#include "support/catch2.hpp"

namespace subject_binding_test {
namespace {

using namespace acr::test;
using acr::report::EntryStatus;
using acr::report::LineageEntry;
using acr::report::Result;

// The digests of charts/<name> as the world releases it, computed beside the run.
struct Digests {
  std::string source, package;
};

Digests digests_of(PipelineWorld& world, std::string const& name = "web") {
  world.build();
  acr::release::GitSourceTree const head(world.objects, world.objects.commit(world.head_commit)->tree);
  auto const root = "charts/" + name;
  acr::chart::PackageOptions options;
  options.time = 1'790'000'100;  // of the tag's commit
  return {acr::chart::source_digest(head, root).value(), acr::chart::package(head, root, options).value().digest};
}

// Another list of attestations in the tag of web 1.1.0; nothing is listed by GitHub any more.
void tag_with(PipelineWorld& world, std::vector<Line> const& lines) {
  world.listed.clear();
  world.tag("web-v1.1.0", annotation("web", "1.1.0", lines));
}

LineageEntry const& only_entry(acr::release::RunOutcome const& outcome) {
  REQUIRE(outcome.record.charts.size() == 1);
  REQUIRE(outcome.record.charts.front().entries.size() == 1);
  return outcome.record.charts.front().entries.front();
}

TEST_CASE("a run tells each chart's source digest (B-1)", "[release]") {
  PipelineWorld world;
  auto const digests = digests_of(world);
  auto const outcome = world.run();
  CHECK(outcome.record.charts.front().source_digest == digests.source);
  CHECK(outcome.record.charts.front().digest == digests.package);
}

TEST_CASE("an id alone is found by the source digest, else by the package's (B-4)", "[release]") {
  PipelineWorld world;
  world.inputs["subject-binding"] = "require";
  auto const digests = digests_of(world);
  tag_with(world, {{"lint", "1001"}});
  struct Row {
    char const* what;
    std::vector<std::pair<std::string, std::string>> listed;  // id, subject
    std::string bound;                                        // empty: refused
    std::string code{};
  };
  auto const row = one_of<Row>({
      {"by source", {{"1001", digests.source}}, "source"},
      {"by package", {{"1001", digests.package}}, "package"},
      {"by both", {{"1001", digests.source}, {"1001", digests.package}}, "source"},
      {"by package, beside another of the source", {{"1002", digests.source}, {"1001", digests.package}}, "package"},
      {"by source, beside another of the package", {{"1001", digests.source}, {"1002", digests.package}}, "source"},
      {"by neither", {}, "", "unresolved"},
      {"by an id that neither has", {{"1002", digests.source}}, "", "unresolved-id"},
      {"by an id that the package does not have", {{"1002", digests.package}}, "", "unresolved-id"},
      {"by another digest", {{"1001", subject_of("lint")}}, "", "unresolved"},
  });
  CAPTURE(row.what);
  for (auto const& [id, subject] : row.listed) world.attest(id, subject);
  auto const outcome = world.run();
  auto const& entry = only_entry(outcome);
  if (row.code.empty()) {
    CHECK(refusals(outcome).empty());
    CHECK(entry.status == EntryStatus::verified);
    CHECK(entry.bound == row.bound);
    CHECK(entry.subject_source == row.bound);
    CHECK(entry.subject_digest == (row.bound == "source" ? digests.source : digests.package));
  } else {
    CHECK(refusals(outcome) == Findings{row.code + " @ attestation lint (id 1001)"});
  }
}

TEST_CASE("an id that no digest lists yet is waited for, and found under the package", "[release]") {
  PipelineWorld world;
  world.inputs["tag-wait"] = "60";
  auto const digests = digests_of(world);
  tag_with(world, {{"lint", "1001"}});
  world.attest("1002", digests.source);
  world.meanwhile = [&](std::size_t waits) {
    if (waits == 2) world.attest("1001", digests.package);
  };
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(only_entry(outcome).bound == "package");
  CHECK(world.pauses.size() == 2);
}

TEST_CASE("an id alone that is found nowhere names both digests", "[release]") {
  PipelineWorld world;
  auto const digests = digests_of(world);
  tag_with(world, {{"lint", "1001"}});
  auto const outcome = world.run();
  auto const& refusal = only_entry(outcome).refusal.value();
  CHECK(refusal.rule_number == "B-4");
  CHECK(refusal.expected_value == "an attestation of " + digests.source + " or " + digests.package + " with id 1001");
}

TEST_CASE("each way to name the subject binds it, or not (B-5)", "[release]") {
  PipelineWorld world;
  world.base = world.base + chart_files("web-2", "1.0.0");
  world.tagged = world.tagged + chart_files("web-2", "1.0.0");
  auto const digests = digests_of(world);
  auto const commit = world.tag_commit;
  auto const hex = [](std::string const& digest) { return digest.substr(7); };
  struct Row {
    char const* what;
    std::string rule;     // lineage-subjects; empty: none
    std::string subject;  // what was attested
    bool in_tag;          // the annotation has the digest
    std::string bound;
  };
  auto const row = one_of<Row>({
      {"the annotation, source", "", digests.source, true, "source"},
      {"the annotation, package", "", digests.package, true, "package"},
      {"the annotation, anything", "", subject_of("lint"), true, ""},
      {"a rule, source", "lint = source", digests.source, false, "source"},
      {"a rule, package", "lint = package", digests.package, false, "package"},
      {"a rule, and the annotation says the same", "lint = source", digests.source, true, "source"},
      {"a digest in a rule", "lint = " + subject_of("lint"), subject_of("lint"), false, ""},
      {"a digest in a rule that is the source", "lint = " + digests.source, digests.source, false, "source"},
      {"a text with the source", "* = text:lint {source}", subject_of("lint " + hex(digests.source)), false, "rule"},
      {"a text with the package", "* = text:lint {package}", subject_of("lint " + hex(digests.package)), false, "rule"},
      {"a text with chart and version", "lint = text:{chart} {version}", subject_of("web 1.1.0"), false, "rule"},
      {"a text with chart and tag", "lint = text:{chart} {tag}", subject_of("web web-v1.1.0"), false, "rule"},
      {"a text with chart and commit", "lint = text:{chart} {commit}", subject_of("web " + commit), false, "rule"},
      {"a text with the chart alone", "lint = text:{chart}", subject_of("web"), false, ""},
      {"a text with the version alone", "lint = text:{version}", subject_of("1.1.0"), false, ""},
      {"a constant", "lint = text:lint", subject_of("lint"), false, ""},
  });
  CAPTURE(row.what);
  tag_with(world, {{"lint", "1001", row.in_tag ? row.subject : ""}});
  world.attest("1001", row.subject);
  world.inputs["lineage-subjects"] = row.rule;
  SECTION("warn tells it") {
    world.inputs["subject-binding"] = "warn";
    auto const outcome = world.run();
    CHECK(refusals(outcome).empty());
    CHECK(only_entry(outcome).bound == row.bound);
    CHECK(warnings(outcome) == (row.bound.empty() ? Findings{"subject-unbound @ tag web-v1.1.0"} : Findings{}));
    if (row.bound.empty()) CHECK(outcome.record.charts.front().warnings.front().found_value == "lint");
  }
  SECTION("require refuses it") {
    world.inputs["subject-binding"] = "require";
    auto const outcome = world.run();
    CHECK(refusals(outcome) == (row.bound.empty() ? Findings{"subject-unbound @ attestation lint (id 1001)"} : Findings{}));
    CHECK(outcome.record.result == (row.bound.empty() ? Result::failed : Result::success));
    if (row.bound.empty()) CHECK(only_entry(outcome).refusal->expected_value == "the chart's source digest " + digests.source);
  }
  SECTION("off says nothing, and the report still has it") {
    world.inputs["subject-binding"] = "off";
    auto const outcome = world.run();
    CHECK(refusals(outcome).empty());
    CHECK(warnings(outcome).empty());
    CHECK(only_entry(outcome).bound == row.bound);
  }
}

TEST_CASE("a text that another chart of the commit would be filled in alike binds nothing (B-5)", "[release]") {
  PipelineWorld world;
  world.inputs["subject-binding"] = "require";
  world.inputs["lineage-subjects"] = "lint = text:{chart}-{version}";
  // `web-1` 2.0.0 and `web` 1-2.0.0: Helm takes "1-2.0.0" for a version.
  world.tagged = chart_files("web", "1-2.0.0");
  bool const other = one_of({false, true});
  if (other) {
    world.base = world.base + chart_files("web-1", "2.0.0");
    world.tagged = world.tagged + chart_files("web-1", "2.0.0");
  }
  world.tags.clear();
  world.tags["web-v1-2.0.0"] = annotation("web", "1-2.0.0", {{"lint", "1001"}});
  world.listed.clear();
  world.attest("1001", subject_of("web-1-2.0.0"));
  CHECK(refusals(world.run()) == (other ? Findings{"subject-unbound @ attestation lint (id 1001)"} : Findings{}));
}

TEST_CASE("a rule wins over the tag's word (B-4)", "[release]") {
  PipelineWorld world;
  world.inputs["subject-binding"] = one_of({"require", "warn", "off"});
  auto const digests = digests_of(world);
  world.inputs["lineage-subjects"] = "lint = source";
  tag_with(world, {{"lint", "1001", subject_of("lint")}, {"scan", "1002", digests.source}});
  world.attest("1001", subject_of("lint"));
  world.attest("1001", digests.source);
  world.attest("1002", digests.source);
  auto const outcome = world.run();
  CHECK(refusals(outcome) == Findings{"subject-mismatch @ attestation lint (id 1001)"});
  auto const& refusal = outcome.record.charts.front().entries.front().refusal.value();
  CHECK(refusal.expected_value == digests.source + ", by lineage-subjects");
  CHECK(refusal.found_value == subject_of("lint") + " in the annotation");
}

TEST_CASE("an attestation of another version, another chart or another repository's chart is not bound (B-4)", "[release]") {
  PipelineWorld world;
  world.inputs["subject-binding"] = "require";
  auto const digests = digests_of(world);
  PipelineWorld other;
  std::string name = "web";
  SECTION("another version") { other.tagged = chart_files("web", "1.2.0"); }
  SECTION("another chart") { name = "api", other.tagged = chart_files("api", "1.1.0"); }
  SECTION("other content") { other.tagged["charts/web/values.yaml"] = "replicas: 2\n"; }
  auto const foreign = digests_of(other, name);
  CHECK(foreign.source != digests.source);
  tag_with(world, {{"lint", "1001", foreign.source}});
  world.attest("1001", foreign.source);
  CHECK(refusals(world.run()) == Findings{"subject-unbound @ attestation lint (id 1001)"});
}

TEST_CASE("what does not verify is refused for that, bound or not", "[release]") {
  PipelineWorld world;
  world.inputs["subject-binding"] = "require";
  world.listed.clear();
  world.attest("1001", subject_of("lint"), {.repository = "evil/charts"});
  CHECK(refusals(world.run()) == Findings{"identity @ attestation lint (id 1001): signing certificate"});
}

TEST_CASE("subject-binding: require implies pinned dependencies (B-6a)", "[release]") {
  auto const [binding, pins] = one_of<std::tuple<std::string, std::string>>(
      {{"require", "warn"}, {"require", ""}, {"warn", "require"}, {"warn", "warn"}, {"off", ""}});
  auto const reading = acr::event::read_inputs(acr::event::from_map({{"subject-binding", binding}, {"dependency-pins", pins}}),
                                               "/w", acr::event::TokenRule::optional);
  REQUIRE(reading.mistakes.empty());
  CHECK((reading.inputs.dependency_pins == acr::event::DependencyPins::require) == (binding == "require" || pins == "require"));
}

}  // namespace
}  // namespace subject_binding_test
