// Every listed attestation must be found and verify (V-95, A-98 … A-100): what each is refused for, and where. The bundles are
// signed by the signing world, the verifier is the real one, GitHub answers from memory.
#include "release/lineage_check.hpp"

#include "release/pipeline_world.hpp"
#include "support/catch2.hpp"

namespace lineage_check_test {
namespace {

using namespace acr::test;
using acr::ExitStatus;
using acr::report::EntryStatus;
using acr::report::Result;
using acr::signing::Attest;

std::string const lint = subject_of("lint");

// One change to the release that passes, and what its entry `lint` is refused for.
struct Row {
  char const* what;
  std::function<void(PipelineWorld&)> change;
  std::string code;
  std::string word{};  ///< of what was found or expected
  EntryStatus status = EntryStatus::failed;
};

void sign(PipelineWorld& world, Attest request) {
  world.listed.clear();
  world.attest("1001", lint, std::move(request));
}

void stored(PipelineWorld& world, int status, std::string const& bytes) { world.listed[lint] = {{"1001", bytes, status}}; }

TEST_CASE("each check of an attestation refuses its entry with its code", "[release]") {
  auto const row = one_of<Row>({
      {"another repository", [](PipelineWorld& w) { sign(w, {.repository = "evil/charts"}); }, "identity", "evil/charts"},
      {"another repository of the same name", [](PipelineWorld& w) { sign(w, {.repository_id = "666"}); }, "identity",
       "500000001"},
      {"another owner of the same name", [](PipelineWorld& w) { sign(w, {.owner_id = "666"}); }, "identity", "9001"},
      {"another issuer", [](PipelineWorld& w) { sign(w, {.issuer = "https://accounts.example.org"}); }, "identity",
       "accounts.example.org"},
      {"an issuer that is not the configured one",
       [](PipelineWorld& w) { w.inputs["oidc-issuer"] = "https://other.example.org"; }, "identity", "other.example.org"},
      {"a signer that is not pinned",
       [](PipelineWorld& w) { w.inputs["signer-workflows"] = "acme/helm-charts/.github/workflows/other.yaml@refs/heads/main"; },
       "identity", "other.yaml"},
      {"a predicate type that does not count",
       [](PipelineWorld& w) { w.inputs["predicate-types"] = "https://example.org/other/v1"; }, "predicate-type",
       "example.org/other"},
      {"a self-hosted runner",
       [](PipelineWorld& w) { sign(w, {.runner = "self-hosted"}), w.inputs["deny-self-hosted"] = "true"; }, "identity",
       "self-hosted"},
      {"another source commit", [](PipelineWorld& w) { w.inputs["source-digest"] = "tag-commit"; }, "identity", "fde89a9d"},
      {"another server", [](PipelineWorld& w) { w.settings.repository.server_url = "https://ghe.example.org/"; }, "identity",
       "ghe.example.org"},
      {"another subject",
       [](PipelineWorld& w) {
         w.listed.clear();
         w.attest("1001", subject_of("other"));
         w.listed[lint] = w.listed[subject_of("other")];
       },
       "artifact-mismatch"},
      {"a broken signature", [](PipelineWorld& w) { sign(w, {.bundle = [](auto& parts) { parts.signature[8] ^= 1; }}); },
       "log-body"},
      {"no bundle", [](PipelineWorld& w) { w.listed[lint].front().bundle = "{}"; }, "bundle-version"},
      {"a link that is dead", [](PipelineWorld& w) { stored(w, 404, "x"); }, "bundle-unavailable"},
      {"a bundle that cannot be unpacked", [](PipelineWorld& w) { stored(w, 200, "\xff\xff\xff\xff\xff\xff"); },
       "bundle-unreadable"},
      {"another id", [](PipelineWorld& w) { w.listed[lint].front().id = "1002"; }, "unresolved-id", "1002",
       EntryStatus::verified_other_id},
      {"no id", [](PipelineWorld& w) { w.listed[lint].front().id.clear(); }, "unresolved-id", "without a known id",
       EntryStatus::verified_other_id},
      {"nothing is listed", [](PipelineWorld& w) { w.listed.clear(); }, "unresolved", "none is listed",
       EntryStatus::unresolved},
      {"neither bundle nor link",
       [](PipelineWorld& w) {
         w.listed[lint] = {{"", ""}};
       },
       "unresolved", "1 listed", EntryStatus::unresolved},
      {"another id that does not verify",
       [](PipelineWorld& w) { sign(w, {.repository = "evil/charts"}), w.listed[lint].front().id = "1002"; }, "identity",
       "evil/charts"},
  });
  CAPTURE(row.what);
  PipelineWorld world;
  row.change(world);
  auto const outcome = world.run();
  auto const found = refusals(outcome);
  REQUIRE(found.size() == 1);
  CHECK(found.front().substr(0, found.front().find(" @ ")) == row.code);
  CHECK(found.front().find(" @ attestation lint (id 1001)") != std::string::npos);
  CHECK(outcome.record.charts.front().entries.front().refusal->sentence().find(row.word) != std::string::npos);
  CHECK(outcome.record.charts.front().entries.front().status == row.status);
  CHECK(outcome.status == ExitStatus::refused);
  CHECK(outcome.record.packaged_count() == 0);
}

TEST_CASE("policies that the attestation fits refuse nothing", "[release]") {
  PipelineWorld world;
  world.build();
  sign(world, {.commit = world.tag_commit});
  world.inputs["source-digest"] = "tag-commit";
  world.inputs["deny-self-hosted"] = "true";
  world.inputs["predicate-types"] = "https://slsa.dev/provenance/v1";
  world.inputs["signer-workflows"] = "acme/helm-charts/.github/workflows/validate.yaml@refs/pull/*/merge";
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(outcome.record.result == Result::success);
}

TEST_CASE("a self-hosted runner passes unless it is denied", "[release]") {
  PipelineWorld world;
  sign(world, {.runner = "self-hosted"});
  CHECK(refusals(world.run()).empty());
}

TEST_CASE("unresolved-id: warn lets another attestation of the subject stand, a valid one only (A-100)", "[release]") {
  PipelineWorld world;
  world.inputs["unresolved-id"] = "warn";
  world.listed[lint].front().id = "1002";
  SECTION("valid") {
    auto const outcome = world.run();
    CHECK(refusals(outcome).empty());
    CHECK(warnings(outcome) == Findings{"unresolved-id @ attestation lint (id 1001)"});
    CHECK(outcome.record.charts.front().entries.front().status == EntryStatus::verified_other_id);
    CHECK(outcome.record.charts.front().entries.front().warnings.front().found_value == "id 1002");
  }
  SECTION("the first does not verify, the second does") {
    auto const good = world.listed[lint].front();
    sign(world, {.repository = "evil/charts"});
    world.listed[lint].front().id = "1003";
    world.listed[lint].push_back(good);
    auto const outcome = world.run();
    CHECK(refusals(outcome).empty());
    CHECK(outcome.record.charts.front().entries.front().status == EntryStatus::verified_other_id);
    CHECK(outcome.record.charts.front().entries.front().checks.empty());  // those of the first are not this one's
  }
  SECTION("not valid") {
    sign(world, {.repository = "evil/charts"});
    world.listed[lint].front().id = "1002";
    CHECK(refusals(world.run()).size() == 1);
  }
}

TEST_CASE("with unresolved-id: warn a failed check is not covered by another attestation (B-9)", "[release]") {
  PipelineWorld world;
  world.inputs["unresolved-id"] = "warn";
  auto const passed = world.listed[lint].front().bundle;
  bool const fails = one_of({true, false});
  sign(world, {.predicate_type = "https://in-toto.io/attestation/test-result/v0.1",
               .predicate = fails ? R"({"result":"FAILED"})" : R"({"result":"PASSED"})"});
  world.listed[lint].front().id = "1002";
  auto const result = world.listed[lint].front();
  SECTION("the other one after it") { world.listed[lint].push_back({"1003", passed}); }
  SECTION("the other one before it, not valid, and one after it") {
    sign(world, {.repository = "evil/charts"});
    world.listed[lint].front().id = "1004";
    world.listed[lint].push_back(result);
    world.listed[lint].push_back({"1003", passed});
  }
  auto const found = refusals(world.run());
  CHECK(found.empty() != fails);
  if (fails) CHECK(found.front().starts_with("check-failed @ attestation lint (id 1001)"));
}

TEST_CASE("of many attestations of a subject only so many are tried for an id that is not among them", "[release]") {
  PipelineWorld world;
  world.inputs["unresolved-id"] = "warn";
  auto const good = world.listed[lint].front().bundle;
  sign(world, {.repository = "evil/charts"});
  auto const bad = world.listed[lint].front().bundle;
  std::size_t const before = one_of({31, 32});
  world.listed[lint].assign(before, Listed{"1002", bad});
  world.listed[lint].push_back({"1003", good});
  CHECK(refusals(world.run()).empty() == (before == 31));
}

TEST_CASE("an id that is there is not replaced by another attestation", "[release]") {
  PipelineWorld world;
  world.inputs["unresolved-id"] = "warn";
  auto const good = world.listed[lint].front().bundle;
  sign(world, {.repository = "evil/charts"});
  world.listed[lint].push_back({"1002", good});
  auto const outcome = world.run();
  CHECK(refusals(outcome).size() == 1);
  CHECK(outcome.record.charts.front().entries.front().status == EntryStatus::failed);
}

TEST_CASE("broken entries beside the right one are a warning (G-12)", "[release]") {
  PipelineWorld world;
  world.listed[lint].insert(world.listed[lint].begin(), Listed{});
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(warnings(outcome) == Findings{"attestation-broken @ attestation lint (id 1001)"});
  CHECK(outcome.record.charts.front().entries.front().warnings.front().found_value == "1 of 2");
}

TEST_CASE("one bad attestation among good ones refuses the chart, the others are told as verified (V-95)", "[release]") {
  PipelineWorld world;
  world.tags["web-v1.1.0"] = annotation(
      "web", "1.1.0", {{"lint", "1001", lint}, {"scan", "1002", subject_of("scan")}, {"unit", "1003", subject_of("unit")}});
  world.attest("1002", subject_of("scan"), {.repository = "evil/charts"});
  world.attest("1003", subject_of("unit"));
  auto const outcome = world.run();
  auto const& entries = outcome.record.charts.front().entries;
  REQUIRE(entries.size() == 3);
  CHECK_FALSE(entries[0].refusal);
  REQUIRE(entries[1].refusal);
  CHECK_FALSE(entries[1].checks.empty());
  CHECK_FALSE(entries[2].refusal);
  CHECK(outcome.record.result == Result::failed);
  CHECK(world.asked.size() == 1);  // one bulk listing for all
}

TEST_CASE("the subject of an entry: lineage-subjects, then the annotation, then what lists the id (A-100, B-4)", "[release]") {
  PipelineWorld world;
  world.listed.clear();
  std::string source;
  SECTION("annotation, no rule for its key") {
    world.inputs["lineage-subjects"] = "scan = " + subject_of("other");
    world.attest("1001", lint);
    source = "annotation";
  }
  SECTION("lineage-subjects, a digest") {
    world.tags["web-v1.1.0"] = annotation("web", "1.1.0", {{"lint", "1001"}});
    world.inputs["lineage-subjects"] = "lint = " + subject_of("other");
    world.attest("1001", subject_of("other"));
    source = "lineage-subjects";
  }
  SECTION("lineage-subjects, a text") {
    world.tags["web-v1.1.0"] = annotation("web", "1.1.0", {{"lint", "1001"}});
    world.inputs["lineage-subjects"] = "* = text:{chart}-{version}-{tag}-{commit}";
    world.build();
    world.attest("1001", subject_of("web-1.1.0-web-v1.1.0-" + world.tag_commit));
    source = "lineage-subjects";
  }
  SECTION("the package") {
    world.tags["web-v1.1.0"] = annotation("web", "1.1.0", {{"lint", "1001"}});
    PipelineWorld same;
    world.attest("1001", same.run().record.charts.front().digest);
    source = "package";
  }
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(outcome.record.charts.front().entries.front().subject_source == source);
}

TEST_CASE("what could not be found says what to do about the subject it was looked for under", "[release]") {
  PipelineWorld world;
  world.listed.clear();
  SECTION("annotation") {
    auto const why = *world.run().record.charts.front().entries.front().refusal;
    CHECK(why.found_value == "none is listed");
    CHECK(why.fix_text.find("attest step of lint") != std::string::npos);
  }
  SECTION("the package was a guess") {
    world.tags["web-v1.1.0"] = annotation("web", "1.1.0", {{"lint", "1001"}});
    auto const why = *world.run().record.charts.front().entries.front().refusal;
    CHECK(why.fix_text.find("lineage-subjects") != std::string::npos);
  }
  SECTION("listed, but nothing to be had") {
    world.listed[lint] = {{"", ""}};
    auto const why = *world.run().record.charts.front().entries.front().refusal;
    CHECK(why.found_value == "1 listed, all without bundle and link");
  }
}

TEST_CASE("an entry whose subject is the package of a chart that cannot be packaged is refused with the chart", "[release]") {
  PipelineWorld world;
  world.tags["web-v1.1.0"] = annotation("web", "1.1.0", {{"lint", "1001"}});
  world.tagged["charts/web/values.yaml"] = "a: [\n";
  auto const outcome = world.run();
  CHECK(refusals(outcome) == Findings{"values-yaml @ charts/web: values.yaml:2"});
  CHECK(outcome.record.charts.front().entries.empty());
  CHECK(world.asked.empty());
}

TEST_CASE("a server that stays out of reach ends the run, with a report and nothing released", "[release]") {
  PipelineWorld world;
  world.intercept = [](acr::net::Request const& request) {
    if (request.method == "GET") throw acr::net::NetworkError(acr::net::Failure::connect, request.url.host, "no answer");
    return std::optional<acr::net::Reply>();
  };
  auto const outcome = world.run();
  CHECK(refusals(outcome) == Findings{"unreachable @ run"});
  CHECK(outcome.status == ExitStatus::unreachable);
  CHECK(released(world) == std::vector<std::string>{"tag-verification.json", "verification-summary.json"});
}

TEST_CASE("without GitHub a dry run leaves the entries open", "[release]") {
  PipelineWorld world;
  world.asks_github = false;
  world.settings.dry_run = true;
  auto const outcome = world.run();
  CHECK(outcome.record.charts.front().entries.front().status == EntryStatus::unresolved);
  CHECK_FALSE(outcome.record.charts.front().entries.front().refusal);
  CHECK(world.asked.empty());
}

}  // namespace
}  // namespace lineage_check_test
