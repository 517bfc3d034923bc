// What attestations say, and how often they may be listed, through the program (B-7, B-9).

#include "scenario/release_world.hpp"
#include "signing/scenario.hpp"
#include "support/catch2.hpp"

namespace check_results_test {
namespace {

using acr::signing::ScenarioOptions;
using acr::test::ReleaseWorld;

constexpr auto test_result = "https://in-toto.io/attestation/test-result/v0.1";

struct Release {
  acr::test::TemporaryDirectory directory;
  std::unique_ptr<ReleaseWorld> world;
  acr::test::ProgramResult result;
  explicit Release(ScenarioOptions options) {
    options.charts = 1;
    options.attestations = 2;
    acr::signing::write_scenario(directory.path() / "scenario", options);
    world = std::make_unique<ReleaseWorld>(directory.path() / "scenario");
    result = world->run();
  }
  [[nodiscard]] bool said(std::string const& text) const { return (result.out + result.err).find(text) != std::string::npos; }
};

TEST_CASE("a verified attestation of a failed check refuses the chart", "[scenario]") {
  Release const release({.predicates = {{"lint", {test_result, R"({"result":"FAILED","configuration":[]})"}}}});
  CHECK(release.result.status == 1);
  CHECK(release.world->outputs().at("reason") == "check-failed");
  CHECK(release.said("attestation lint"));
  CHECK(release.world->packages() == std::vector<std::string>{"tag-verification.json", "verification-summary.json"});
}

TEST_CASE("a check that passed counts, one with warnings is reported", "[scenario]") {
  Release const passed({.predicates = {{"lint", {test_result, R"({"result":"PASSED","configuration":[]})"}}}});
  CHECK(passed.result.status == 0);
  CHECK_FALSE(passed.said("check-warned"));
  Release const warned({.predicates = {{"lint", {test_result, R"({"result":"WARNED","configuration":[]})"}}}});
  CHECK(warned.result.status == 0);
  CHECK(warned.said("check-warned"));
}

TEST_CASE("one attestation under two keys refuses the chart", "[scenario]") {
  Release const release({.repeats = {{"artifacthub-lint", "lint"}}});
  CHECK(release.result.status == 1);
  CHECK(release.world->outputs().at("reason") == "attestation-reused");
  CHECK(release.said("the same id as under lint"));
}

}  // namespace
}  // namespace check_results_test
