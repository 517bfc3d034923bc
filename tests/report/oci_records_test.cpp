// What outputs, manifest, report and description tell of charts in a registry (O-15, O-16), and that without `oci-repository`
// nothing of it is there (O-10).

#include "report/action_outputs.hpp"
#include "report/attestation_map.hpp"
#include "report/checksums.hpp"
#include "report/job_summary.hpp"
#include "report/pull_request_body.hpp"
#include "report/release_manifest.hpp"
#include "report/sample_record.hpp"
#include "report/verification_report.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"

namespace oci_records_test {
namespace {

using namespace acr::report;

ReleaseRecord pushed_record() {
  auto record = acr::test::released_record();
  record.oci_repository = "ghcr.io/acme/charts";
  for (auto& chart : record.charts)
    chart.oci = OciPlace{"ghcr.io/acme/charts/" + chart.name + ":" + chart.version,
                         acr::test::fake_digest(chart.name == "api" ? '1' : '2'), "2023-11-14T22:13:20Z"};
  return record;
}

ReleasePlaces pushed_files() {
  auto files = acr::test::sample_files();
  files.oci_subjects_path = ".cr-release-packages/oci-subjects.txt";
  return files;
}

ReleaseManifest pushed_manifest() { return manifest_of(pushed_record(), pushed_files()); }

TEST_CASE("outputs tell reference and digest of each chart in the registry (O-15)", "[report]") {
  auto const outputs = run_outputs(pushed_record(), pushed_files(), 30);
  CHECK(*outputs.find("api_oci-digest") == acr::test::fake_digest('1'));
  CHECK(*outputs.find("web_oci-ref") == "ghcr.io/acme/charts/web:1.2.0");
  CHECK(*outputs.find("oci-repository") == "ghcr.io/acme/charts");
  CHECK(*outputs.find("oci-subjects-path") == ".cr-release-packages/oci-subjects.txt");
  CHECK(outputs.find("oci-digest") == nullptr);
  CHECK(outputs.find("charts")->find(R"("source-digest":")" + acr::test::fake_digest('6') +
                                     R"(","oci":{"ref":"ghcr.io/acme/charts/api:2.0.0","digest":")" +
                                     acr::test::fake_digest('1') + R"(","created":"2023-11-14T22:13:20Z"}})") !=
        std::string::npos);
  CHECK(outputs.find("matrix")->find(R"("file":"api-2.0.0.tgz","oci-name":"ghcr.io/acme/charts/api","oci-digest":")" +
                                     acr::test::fake_digest('1') + "\"}") != std::string::npos);
  auto alone = pushed_record();
  alone.charts.pop_back();
  auto const of_one = run_outputs(alone, pushed_files(), 30);
  CHECK(*of_one.find("oci-digest") == acr::test::fake_digest('1'));
  CHECK(*of_one.find("oci-ref") == "ghcr.io/acme/charts/api:2.0.0");
}

TEST_CASE("without oci-repository no output and no key of it exists (O-10)", "[report]") {
  auto const record = acr::test::released_record();
  auto const outputs = run_outputs(record, acr::test::sample_files(), 30);
  for (auto const& [name, value] : outputs.values()) {
    CAPTURE(name);
    CHECK(name.find("oci") == std::string::npos);
    CHECK(value.find("\"oci") == std::string::npos);
  }
  CHECK(manifest_text(manifest_of(record, acr::test::sample_files())).find("\"oci\"") == std::string::npos);
  CHECK(verification_report(record).find("\"oci\"") == std::string::npos);
  CHECK(job_summary(record, acr::test::sample_files()).find("OCI") == std::string::npos);
}

TEST_CASE("the manifest has the chart's place in the registry behind its package, and is read back whole (O-15)", "[report]") {
  auto const manifest =
      with_attestations(pushed_manifest(), {{"oci-web", "7"}, {"build-web", "3"}, {"oci-api", "7"}, {"tag-verification", "1"}})
          .value();
  auto const text = manifest_text(manifest);
  CHECK(text.find("\"package\": \"api-2.0.0.tgz\",\n      \"oci\": {\n        \"ref\": \"ghcr.io/acme/charts/api:2.0.0\",") !=
        std::string::npos);
  CHECK(text.find("\"tag-verification\": \"1\",\n    \"build-web\": \"3\",\n    \"oci-api\": \"7\",\n    \"oci-web\": \"7\"") !=
        std::string::npos);
  CHECK(read_manifest(text).value() == manifest);
  CHECK(manifest.charts[0].oci->subject_name() == "ghcr.io/acme/charts/api");
}

TEST_CASE("a place in the registry that this program does not write is not a manifest's (O-15)", "[report]") {
  struct Row {
    std::string what, with;
  };
  auto const row = one_of<Row>({
      {"\"ref\": \"ghcr.io/acme/charts/api:2.0.0\"", "\"ref\": \"ghcr.io/acme/charts/api\""},
      {"\"ref\": \"ghcr.io/acme/charts/api:2.0.0\"", "\"ref\": \"api:2.0.0\""},
      {"\"ref\": \"ghcr.io/acme/charts/api:2.0.0\"", "\"ref\": \"ghcr.io:443/api\""},
      {acr::test::fake_digest('1'), "sha512:1"},
      {"\"created\"", "\"creation\""},
      {"\"oci\": {", "\"oci\": {\"more\": 1,"},
  });
  auto text = manifest_text(pushed_manifest());
  auto const at = text.find(row.what);
  REQUIRE(at != std::string::npos);
  CAPTURE(row.with);
  auto const manifest = read_manifest(text.replace(at, row.what.size(), row.with));
  REQUIRE_FALSE(manifest.has_value());
  CHECK(manifest.error().code == "manifest-invalid");
}

TEST_CASE("only charts with an OCI digest have a place for its attestation (O-19)", "[report]") {
  auto manifest = pushed_manifest();
  manifest.charts[0].oci.reset();
  CHECK(with_attestations(manifest, {{"oci-web", "7"}}).has_value());
  for (auto const* key : {"oci-api", "oci-other", "oci-"}) {
    CAPTURE(key);
    auto const refused = with_attestations(manifest, {{key, "7"}});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == "attestation-key");
  }
  CHECK(is_own_key("oci-web"));
}

TEST_CASE("the description's table and the job summary show OCI digests (O-15)", "[report]") {
  HumanPart const human{"https://github.com", "acme/helm-charts",
                        with_attestations(pushed_manifest(), {{"oci-web", "7"}}).value(), acr::test::fake_digest('0'), ""};
  auto const section = human_section(human, "\n", false);
  CHECK(section.find("| build attestation | OCI digest | OCI attestation |\n|---|---|---|---|---|---|---|---|\n") !=
        std::string::npos);
  CHECK(section.find("`ghcr.io/acme/charts/web:1.2.0`<br>`" + acr::test::fake_digest('2') + "`") != std::string::npos);
  auto const summary = job_summary(pushed_record(), pushed_files());
  CHECK(summary.find("`" + acr::test::fake_digest('2') + "` | `2023-11-14T22:13:20Z` |") != std::string::npos);
  CHECK(summary.find("oci-subjects.txt") != std::string::npos);
  CHECK(finalize_summary(human.manifest, human.server_url, human.repository, "", "").find(acr::test::fake_digest('2')) !=
        std::string::npos);
  CHECK(verification_report(pushed_record()).find("\"oci\": {\n        \"ref\": \"ghcr.io/acme/charts/web:1.2.0\"") !=
        std::string::npos);
}

TEST_CASE("oci-subjects.txt has the form of checksums.txt, with names of subjects (O-16)", "[report]") {
  std::string const one(64, '1'), two(64, '2');
  CHECK(oci_subjects_text({{"ghcr.io/acme/web", two}, {"ghcr.io/acme/api", one}}).value() ==
        one + "  ghcr.io/acme/api\n" + two + "  ghcr.io/acme/web\n");
  CHECK(oci_subjects_text({{"[::1]:5000/web", one}}).has_value());
  for (auto const* name : {"", "/a", "a/", "a b", "*a", "a\nb", "a\\b", "\xc3\xab"}) {
    CAPTURE(name);
    CHECK_FALSE(oci_subjects_text({{name, one}}).has_value());
  }
  CHECK_FALSE(oci_subjects_text({{"r.example/a", "1"}}).has_value());
  CHECK_FALSE(oci_subjects_text({{"r.example/a", one}, {"r.example/a", two}}).has_value());
  CHECK_FALSE(checksums_text({{"r.example/a", one}}).has_value());  // there a slash is none
}

}  // namespace
}  // namespace oci_records_test
