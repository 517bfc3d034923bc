// What the program writes is what docs/schema promises.
#include "report/action_outputs.hpp"
#include "report/json_schema.hpp"
#include "report/release_manifest.hpp"
#include "report/sample_record.hpp"
#include "report/verification_report.hpp"
#include "report/vsa.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/places.hpp"

namespace schema_test {
namespace {

using Violations = std::vector<std::string>;

std::string schema(std::string const& name) {
  return acr::read_file(acr::test::source_folder() / "docs" / "schema" / (name + ".schema.json"), 1 << 20);
}

Violations violations(std::string const& name, std::string const& document) {
  return acr::test::schema_violations(schema(name), document);
}

constexpr char const* verifier_id = "https://github.com/acme/atomic-chart-release";

std::string changed(std::string text, std::string const& what, std::string const& with) {
  auto const at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

TEST_CASE("a schema's id is the address of its file, and docs/inputs.md links to it", "[report]") {
  auto const page = acr::read_file(acr::test::source_folder() / "docs" / "inputs.md", 1 << 20);
  for (std::string const name : {"charts-output", "manifest", "verification-report", "vsa"}) {
    auto const file = "schema/" + name + ".schema.json";
    auto const document = acr::parse_json(schema(name), name).value();
    CHECK(acr::string_in(document, "$id") == "https://raw.githubusercontent.com/org/atomic-chart-release/v1/docs/" + file);
    CHECK(page.find("](" + file + ")") != std::string::npos);
  }
}

TEST_CASE("what a release writes is valid against its schemas", "[report]") {
  auto record = acr::test::released_record();
  auto const files = acr::test::sample_files();
  CHECK(violations("verification-report", acr::report::verification_report(record)) == Violations{});
  CHECK(violations("charts-output", acr::report::charts_json(record, files.packages_dir)) == Violations{});
  CHECK(violations("vsa", acr::report::vsa_predicate(record, verifier_id)) == Violations{});
  auto manifest = acr::report::manifest_of(record, files);
  CHECK(violations("manifest", manifest_text(manifest)) == Violations{});
  manifest = with_attestations(manifest, {{"tag-verification", "1"}, {"build-api", "2"}, {"build-web", "3"}}).value();
  manifest.source_date_epoch = "0";
  manifest.dependencies[0].oci_manifest = acr::test::fake_digest('1');
  CHECK(violations("manifest", manifest_text(manifest)) == Violations{});
}

TEST_CASE("what a release tells of a registry is valid against its schemas (O-15)", "[report]") {
  auto record = acr::test::released_record();
  auto const files = acr::test::sample_files();
  for (auto& chart : record.charts)
    chart.oci = acr::report::OciPlace{"ghcr.io/acme/" + chart.name + ":1", acr::test::fake_digest('1'), "2023-11-14T22:13:20Z"};
  CHECK(violations("verification-report", acr::report::verification_report(record)) == Violations{});
  CHECK(violations("charts-output", acr::report::charts_json(record, files.packages_dir)) == Violations{});
  auto const manifest =
      with_attestations(acr::report::manifest_of(record, files), {{"oci-api", "2"}, {"oci-web", "2"}}).value();
  CHECK(violations("manifest", manifest_text(manifest)) == Violations{});
}

TEST_CASE("what a refused run writes is valid against its schemas", "[report]") {
  auto const record = acr::test::refused_record();
  CHECK(violations("verification-report", acr::report::verification_report(record)) == Violations{});
  CHECK(violations("charts-output", acr::report::charts_json(record, "")) == Violations{});
  CHECK(violations("vsa", acr::report::vsa_predicate(record, verifier_id)) == Violations{});
  acr::report::ReleaseRecord gate;  // turned down before anything was looked at
  gate.refusals = {acr::reject("wrong-head", "pull request", "Only 'main' branch can merge to 'release'")};
  gate.reason = "wrong-head";
  CHECK(violations("verification-report", acr::report::verification_report(gate)) == Violations{});
}

TEST_CASE("the schemas turn down what is wrong", "[report]") {
  auto const manifest = manifest_text(acr::report::manifest_of(acr::test::released_record(), acr::test::sample_files()));
  CHECK(violations("manifest", changed(manifest, "\"pr\": 42", "\"pr\": \"42\"")) == Violations{"$.pr: not of type integer"});
  CHECK(violations("manifest", changed(manifest, "\"stage\"", "\"extra\": 1, \"stage\"")) ==
        Violations{"$.extra: not allowed"});
  CHECK(violations("manifest", changed(manifest, "\"stage\": \"release-build\",", "")) == Violations{"$: without stage"});
  CHECK(violations("manifest", changed(manifest, "\"attestations\": {}", "\"attestations\": {\"overall\": \"1\"}")) ==
        Violations{"$.attestations.overall: not allowed"});
  CHECK(violations("manifest", changed(manifest, "\"id\": \"101\"", "\"id\": \"0\"")) ==
        Violations{"$.upstream.api.lint.id: does not match ^[1-9][0-9]{0,18}$"});
  auto const report = acr::report::verification_report(acr::test::released_record());
  CHECK(violations("verification-report", changed(report, "\"verdict\": \"verified\"", "\"verdict\": \"fine\"")).size() == 1);
  CHECK(violations("verification-report", changed(report, "\"passed\": true", "\"passed\": 1")).size() == 1);
}

}  // namespace
}  // namespace schema_test
