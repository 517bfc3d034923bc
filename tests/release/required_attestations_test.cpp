// required-attestations (B-8, B-10): which lines are understood, and which verified entries fulfil them.
#include "release/required_attestations.hpp"

#include "release/pipeline_world.hpp"
#include "support/catch2.hpp"

namespace required_attestations_test {
namespace {

using namespace acr::test;
using acr::release::RequiredAttestation;
using acr::sigstore::SignerWorkflow;

std::string const lint_type = "https://in-toto.io/attestation/test-result/v0.1";
std::string const signer = "acme/helm-charts/.github/workflows/check.yaml@refs/tags/v1";

acr::Verdict<RequiredAttestation> parsed(std::string const& line, std::vector<std::string> const& types = {},
                                         std::vector<std::string> const& signers = {}) {
  std::vector<SignerWorkflow> workflows;
  for (auto const& each : signers) workflows.push_back(SignerWorkflow::parse(each).value());
  return RequiredAttestation::parse(line, types, workflows, "https://github.com");
}

TEST_CASE("a line has a key, a predicate type and a signer", "[release]") {
  auto const line = parsed("  lint   " + lint_type + "  " + signer);
  REQUIRE(line.has_value());
  CHECK(line->text == "lint " + lint_type + " " + signer);
  CHECK(line->key == "lint");
  CHECK(line->predicate_type == lint_type);
  CHECK(line->signer->text() == signer);
  CHECK_FALSE(parsed("k8s-*")->signer.has_value());
  CHECK(parsed("k8s-*")->predicate_type.empty());
}

TEST_CASE("a line of another form, or that nothing could fulfil, is refused, and its good neighbour is not (B-10)",
          "[release]") {
  struct Row {
    std::string bad, good;
    std::vector<std::string> types, signers;
    std::string why;
  };
  auto const row = one_of<Row>({
      {"lint a:b " + signer + " more", "lint a:b " + signer, {}, {}, "a line has one to three words"},
      {" ", "lint", {}, {}, "a line has one to three words"},
      {"-lint", "lint", {}, {}, "the key cannot be in an annotation"},
      {"lint,scan", "lint", {}, {}, "the key cannot be in an annotation"},
      {"lint test-result", "lint a:test-result", {}, {}, "the predicate type has no scheme"},
      {"lint a:b c", "lint a:b " + signer, {}, {}, "the line does not begin with owner/repo/"},
      {"lint a:b", "lint a:c", {"a:c"}, {}, "predicate-types does not allow this type"},
      {"lint a:b " + signer,
       "lint a:b acme/helm-charts/.github/workflows/other.yaml@refs/tags/v1",
       {},
       {"acme/helm-charts/.github/workflows/other.yaml@refs/tags/*"},
       "signer-workflows does not allow this signer"},
      {"lint a:b acme/helm-charts/.github/workflows/check.yaml@refs/tags/*",
       "lint a:b acme/helm-charts/.github/workflows/check.yaml@refs/tags/v1*",
       {},
       {"acme/helm-charts/.github/workflows/check.yaml@refs/tags/v1*"},
       "signer-workflows does not allow this signer"},
  });
  CAPTURE(row.bad, row.good);
  auto const bad = parsed(row.bad, row.types, row.signers);
  REQUIRE(bad.has_error());
  CHECK(bad.error().code == "bad-input");
  CHECK(bad.error().why.rfind(row.why, 0) == 0);
  CHECK(parsed(row.good, row.types, row.signers).has_value());
}

TEST_CASE("an attestation meets a line by key, type and signer", "[release]") {
  struct Row {
    std::string line;
    bool met;
  };
  auto const row = one_of<Row>({
      {"lint", true},
      {"l*", true},
      {"scan", false},
      {"lint " + lint_type, true},
      {"lint https://in-toto.io/attestation/test-result/v0.2", false},
      {"lint " + lint_type + " " + signer, true},
      {"lint " + lint_type + " acme/helm-charts/.github/workflows/check.yaml@refs/tags/*", true},
      {"lint " + lint_type + " acme/helm-charts/.github/workflows/check.yaml@refs/heads/*", false},
      {"lint " + lint_type + " acme/other/.github/workflows/check.yaml@refs/tags/v1", false},
  });
  CAPTURE(row.line);
  acr::report::VerifiedFacts facts;
  facts.predicate_type = lint_type;
  facts.signer = "https://github.com/" + signer;
  auto const line = parsed(row.line).value();
  CHECK(line.is_met_by("lint", facts, "github.com") == row.met);
  if (line.signer) CHECK_FALSE(line.is_met_by("lint", facts, "ghe.example.org"));
  facts.signer = "someone";
  CHECK(line.is_met_by("lint", facts, "github.com") == (row.met && !line.signer));
}

TEST_CASE("a released chart has an entry for each line (B-8)", "[release]") {
  PipelineWorld world;
  struct Row {
    char const* what;
    std::string lines;
    std::function<void(PipelineWorld&)> change;
    Findings refused;
    std::string found{};
  };
  auto const provenance = "https://slsa.dev/provenance/v1";
  auto const row = one_of<Row>({
      {"nothing is required", "", [](auto&) {}, {}},
      {"the key is there", "lint", [](auto&) {}, {}},
      {"key and type", std::string("lint ") + provenance, [](auto&) {}, {}},
      {"another key", "scan", [](auto&) {}, {"attestation-required @ tag web-v1.1.0"}, "the tag lists lint"},
      {"another type",
       "lint " + lint_type,
       [](auto&) {},
       {"attestation-required @ tag web-v1.1.0"},
       std::string("lint of type ") + provenance},
      {"another signer",
       std::string("lint ") + provenance + " " + signer,
       [](auto&) {},
       {"attestation-required @ tag web-v1.1.0"},
       "lint signed by https://github.com/"},
      {"two lines are missing",
       "scan\nlint\nsbom",
       [](auto&) {},
       {"attestation-required @ tag web-v1.1.0", "attestation-required @ tag web-v1.1.0"}},
      {"an entry that is refused is told as that alone",
       "lint\nl*",
       [](auto& w) { w.listed.clear(), w.attest("1001", subject_of("lint"), {.repository = "evil/charts"}); },
       {"identity @ attestation lint (id 1001): signing certificate"}},
      {"no attestations at all are not excused",
       "lint",
       [](auto& w) { w.tags["web-v1.1.0"] = annotation("web", "1.1.0", {}), w.inputs["missing-lineage"] = "ignore"; },
       {"attestation-required @ tag web-v1.1.0"},
       "the tag lists no attestation"},
      {"unbound ones do not count",
       "lint",
       [](auto& w) { w.inputs["subject-binding"] = "warn"; },
       {"attestation-required @ tag web-v1.1.0"},
       "lint not bound to the chart's content"},
      {"an unbound one is refused as that",
       "lint",
       [](auto& w) { w.inputs["subject-binding"] = "require"; },
       {"subject-unbound @ attestation lint (id 1001)"}},
  });
  CAPTURE(row.what);
  world.inputs["required-attestations"] = row.lines;
  row.change(world);
  auto const outcome = world.run();
  CHECK(refusals(outcome) == row.refused);
  if (!row.found.empty()) {
    auto const& refusal = outcome.record.charts.front().refusals.front();
    CHECK(refusal.found_value.rfind(row.found, 0) == 0);
    CHECK(refusal.expected_value == row.lines);
  }
}

TEST_CASE("a dry run that asks nobody still misses a key that the tag does not list", "[release]") {
  PipelineWorld world;
  world.asks_github = false;
  world.inputs["subject-binding"] = "warn";
  auto const key = one_of<std::string>({"lint", "scan"});
  world.inputs["required-attestations"] = key + " " + lint_type;
  CHECK(refusals(world.run()) == (key == "lint" ? Findings{} : Findings{"attestation-required @ tag web-v1.1.0"}));
}

}  // namespace
}  // namespace required_attestations_test
