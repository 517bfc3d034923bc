#include "report/release_manifest.hpp"

#include "report/golden.hpp"
#include "report/limits.hpp"
#include "report/sample_record.hpp"
#include "report/verification_report.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"

namespace release_manifest_test {
namespace {

using acr::report::manifest_text;
using acr::report::read_manifest;
using acr::report::with_attestations;

acr::report::ReleaseManifest sample() {
  return acr::report::manifest_of(acr::test::released_record(), acr::test::sample_files());
}

std::string replaced(std::string text, std::string const& what, std::string const& with) {
  auto const at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

TEST_CASE("the manifest after `run` has every key in its place and no id (A-75)", "[report]") {
  auto const text = manifest_text(sample());
  CHECK(text == acr::test::golden("manifest-after-run.json", text));
  std::size_t before = 0;
  for (auto const* key :
       {"\"version\": \"1.0\"", "\"stage\": \"release-build\"", "\"charts\"", "\"pr\": 42", "\"attestations\": {}", "\"head\"",
        "\"base\"", "\"merge\"", "\"verification\"", "\"upstream\"", "\"dependencies\""}) {
    auto const at = text.find(key);
    CAPTURE(key);
    REQUIRE(at != std::string::npos);
    CHECK(at >= before);
    before = at;
  }
}

TEST_CASE("what is written is read back whole", "[report]") {
  auto manifest = sample();
  manifest.source_date_epoch = "1700000000";
  manifest.dependencies[0].oci_manifest = acr::test::fake_digest('3');
  manifest = with_attestations(manifest, {{"build-web", "3"}, {"tag-verification", "1"}}).value();
  CHECK(read_manifest(manifest_text(manifest)).value() == manifest);
  manifest.merge.clear();
  manifest.dependencies.clear();
  manifest.source_date_epoch.reset();
  CHECK(read_manifest(manifest_text(manifest)).value() == manifest);
}

TEST_CASE("the manifest names the roots that the attestations were judged by, as the report does (T-14)", "[report]") {
  auto const text = manifest_text(sample());
  auto const document = acr::parse_json(text, "manifest").value();
  auto const report = acr::parse_json(acr::report::verification_report(acr::test::released_record()), "report").value();
  CHECK(document.at("verification").at("trusted_roots") == report.at("trusted_roots"));
  CHECK(read_manifest(text).value().trusted_roots == acr::test::released_record().trusted_roots);
  auto none = sample();
  none.trusted_roots.clear();
  CHECK(manifest_text(none).find("trusted_roots") == std::string::npos);
  CHECK(read_manifest(manifest_text(none)).value() == none);
}

TEST_CASE("a trusted root in a manifest has the members of its origin and no others (T-14)", "[report]") {
  struct Row {
    std::string entry;
    std::string where, why;  ///< empty: accepted
  };
  auto const digest = R"(,"digest":")" + acr::test::fake_digest('7') + "\"";
  auto const built_in = R"({"origin":"built-in","source":"s")" + digest;
  auto const tuf = R"({"origin":"tuf","source":"s","organisation":"o")" + digest;
  auto const file = R"({"origin":"file","source":"s")" + digest;
  std::string const place = "manifest: verification.trusted_roots";
  std::vector<Row> const rows{
      {"[" + built_in + R"(,"organisation":"o","date":"2026-08-21"}])", "", ""},
      {"[" + tuf + R"(,"tuf":{"root":16,"targets":14}}])", "", ""},
      {"[" + file + "}," + file + "}]", "", ""},
      {"[]", "", ""},
      {"{}", place, "not an array"},
      {"[1]", place + "[0]", "not an object"},
      {"[" + file + "},1]", place + "[1]", "not an object"},
      {R"([{"origin":"other","source":"s")" + digest + "}]", place + "[0].origin", "the value has another form"},
      {R"([{"origin":"file","source":"")" + digest + "}]", place + "[0].source", "the value has another form"},
      {R"([{"origin":"file","source":"s","digest":"sha256:0"}])", place + "[0].digest", "the value has another form"},
      {"[" + file + R"(,"organisation":"o"}])", place + "[0]", "a key that this program does not write"},
      {"[" + file + R"(,"date":"2026-08-21"}])", place + "[0]", "a key that this program does not write"},
      {"[" + built_in + R"(,"organisation":"","date":"2026-08-21"}])", place + "[0].organisation",
       "the value has another form"},
      {"[" + built_in + R"(,"date":"2026-08-21"}])", place + "[0].organisation", "the key is missing"},
      {"[" + built_in + R"(,"organisation":"o"}])", place + "[0].date", "the key is missing"},
      {"[" + built_in + R"(,"organisation":"o","date":"2026-02-30"}])", place + "[0].date", "the value has another form"},
      {"[" + built_in + R"(,"organisation":"o","date":"2026-08-21","tuf":{"root":1,"targets":1}}])", place + "[0]",
       "a key that this program does not write"},
      {"[" + tuf + "}]", place + "[0].tuf", "the key is missing"},
      {"[" + tuf + R"(,"tuf":1}])", place + "[0].tuf", "not an object"},
      {"[" + tuf + R"(,"tuf":{"root":0,"targets":14}}])", place + "[0].tuf.root", "not a version"},
      {"[" + tuf + R"(,"tuf":{"root":"1","targets":14}}])", place + "[0].tuf.root", "not a version"},
      {"[" + tuf + R"(,"tuf":{"root":16}}])", place + "[0].tuf.targets", "the key is missing"},
      {"[" + tuf + R"(,"tuf":{"root":16,"targets":14,"timestamp":1}}])", place + "[0].tuf",
       "a key that this program does not write"},
  };
  for (auto const& row : rows) {
    CAPTURE(row.entry);
    auto document = acr::parse_json(manifest_text(sample()), "sample").value();
    document.at("verification").as_object()["trusted_roots"] = acr::parse_json(row.entry, "entry").value();
    auto const result = read_manifest(boost::json::serialize(document));
    if (row.where.empty()) {
      CHECK(result.has_value());
    } else {
      REQUIRE(result.has_error());
      CHECK(result.error().code == "manifest-invalid");
      CHECK(result.error().where == row.where);
      CHECK(result.error().why == row.why);
    }
  }
}

TEST_CASE("ids take their places, whatever the order they come in (A-75)", "[report]") {
  auto const manifest =
      with_attestations(sample(), {{"build-web", "3"}, {"tag-verification", "1"}, {"build-api", "2"}}).value();
  CHECK(manifest.attestations ==
        acr::report::AttestationIds{{"tag-verification", "1"}, {"build-api", "2"}, {"build-web", "3"}});
  auto const again = with_attestations(manifest, {{"build-api", "9"}}).value();
  CHECK(again.attestations == acr::report::AttestationIds{{"tag-verification", "1"}, {"build-api", "9"}, {"build-web", "3"}});
  auto const text = manifest_text(manifest);
  CHECK(text == acr::test::golden("manifest-completed.json", text));
}

TEST_CASE("keys and ids of another kind are refused (A-75)", "[report]") {
  struct Row {
    std::string key, id;
  };
  auto const row = one_of<Row>({{"overall", "1"},
                                {"build-db", "1"},
                                {"lint", "1"},
                                {"build-", "1"},
                                {"build-api", ""},
                                {"build-api", "0"},
                                {"build-api", "01"},
                                {"build-api", "-1"},
                                {"build-api", "1x"},
                                {"build-api", "9223372036854775808"}});
  CAPTURE(row.key, row.id);
  auto const result = with_attestations(sample(), {{row.key, row.id}});
  REQUIRE(result.has_error());
  CHECK(result.error().code == "attestation-key");
}

TEST_CASE("a manifest of another form is refused with the key at fault", "[report]") {
  struct Row {
    std::string what, with, where;
  };
  auto const row = one_of<Row>({
      {"\"1.0\"", "\"2.0\"", "manifest: version"},
      {"release-build", "publish", "manifest: stage"},
      {"\"pr\": 42", "\"pr\": \"42\"", "manifest: pr"},
      {"\"pr\": 42", "\"pr\": -1", "manifest: pr"},
      {"\"pr\": 42", "\"pr\": 42, \"extra\": 1", "manifest: the document"},
      {"\"pr\": 42,", "", "manifest: pr"},
      {"\"attestations\": {}", "\"attestations\": {\"overall\": \"1\"}", "manifest: attestations.overall"},
      {"\"attestations\": {}", "\"attestations\": {\"build-api\": 1}", "manifest: attestations.build-api"},
      {"\"attestations\": {}", "\"attestations\": []", "manifest: attestations"},
      {"\"head\": \"1", "\"head\": \"g", "manifest: head"},
      {"\"name\": \"api\"", "\"name\": \"zed\"", "manifest: charts[1]"},
      {"\"name\": \"api\"", "\"name\": \"web\"", "manifest: charts[1]"},
      {"\"digest\": \"sha256:a", "\"digest\": \"sha256:A", "manifest: charts[0].digest"},
      {"\"source_digest\": \"sha256:6", "\"source_digest\": \"sha256:", "manifest: charts[0].source_digest"},
      {"\"source_digest\": ", "\"source-digest\": ", "manifest: charts[0].source_digest"},
      {"\"id\": \"101\"", "\"id\": \"x\"", "manifest: upstream.api.lint.id"},
      {"\"pinned\": false", "\"pinned\": 0", "manifest: dependencies[0].pinned"},
      {"\"pinned\": false", "\"pinned\": false, \"x\": 1", "manifest: dependencies[0]"},
      {"{\n  \"version\"", "{\n  \"pr\": 42,\n  \"version\"", "manifest: manifest at byte 275"},
      {"{\n", "[", "manifest: manifest at byte 11"},
  });
  CAPTURE(row.what, row.with);
  auto const result = read_manifest(replaced(manifest_text(sample()), row.what, row.with));
  REQUIRE(result.has_error());
  CHECK(result.error().code == "manifest-invalid");
  if (row.where.find(" at byte ") == std::string::npos) CHECK(result.error().where == row.where);
}

TEST_CASE("each part of a manifest is read by its own form, the next one beside it", "[report]") {
  struct Row {
    std::string part;   ///< a whole member of the document, that replaces the sample's
    std::string where;  ///< empty: accepted
    std::string why;
  };
  auto const row = one_of<Row>({
      {R"("upstream":{"api":{},"web":{}})", "", ""},
      {R"("upstream":{"web":{},"api":{}})", "manifest: upstream.api", "charts are not in byte order"},
      {R"("upstream":{"db":{}})", "manifest: upstream.db", "the manifest has no such chart"},
      {R"("upstream":{"api":[]})", "manifest: upstream.api", "not an object"},
      {R"("upstream":{"api":{"lint":[]}})", "manifest: upstream.api.lint", "not an object"},
      {R"("upstream":{"api":{"lint":{"id":"1"}}})", "manifest: upstream.api.lint.digest", "the key is missing"},
      {R"("upstream":{"api":{"lint":{"id":"1","digest":"sha256:)" + std::string(64, 'a') + R"("}}})",
       "manifest: upstream.api.lint.bound", "the key is missing"},
      {R"("upstream":{"api":{"lint":{"id":"1","digest":"sha256:)" + std::string(64, 'a') + R"(","bound":"tag"}}})",
       "manifest: upstream.api.lint.bound", "the value has another form"},
      {R"("upstream":{"api":{"lint":{"id":"1","digest":"sha256:)" + std::string(64, 'a') + R"(","bound":null}}})", "", ""},
      {R"("upstream":{"api":{"lint":{"id":"1","digest":"sha256:)" + std::string(64, 'a') + R"(","bound":"package"}}})", "", ""},
      {R"("upstream":[])", "manifest: upstream", "not an object"},
      {R"("charts":{},"x":1)", "manifest: charts", "not an array"},
      {R"("charts":[1])", "manifest: charts[0]", "not an object"},
      {R"("verification":{"path":"p","digest":"sha256:0"})", "manifest: verification.digest", "the value has another form"},
      {R"("verification":{"path":"p"})", "manifest: verification.digest", "the key is missing"},
      {R"("verification":1)", "manifest: verification", "not an object"},
      {R"("dependencies":{})", "manifest: dependencies", "not an array"},
      {R"("dependencies":[1])", "manifest: dependencies[0]", "not an object"},
      {R"("dependencies":[])", "", ""},
      {R"("source_date_epoch":1)", "manifest: source_date_epoch", "not a string"},
      {R"("source_date_epoch":"1")", "", ""},
      {R"("stage":"publish")", "manifest: stage", "the manifest of another stage"},
      {R"("version":"2.0")", "manifest: version", "another version of the manifest"},
      {R"("pr":-1)", "manifest: pr", "not a pull request's number"},
      {R"("attestations":{"build-api":1})", "manifest: attestations.build-api", "an id is a string of digits"},
      {R"("attestations":{"build-api":"x"})", "manifest: attestations.build-api", "an attestation's id is a decimal number"},
      {R"("attestations":{"build-db":"1"})", "manifest: attestations.build-db", "the manifest has no place for this key"},
  });
  CAPTURE(row.part);
  auto document = acr::parse_json(manifest_text(sample()), "sample").value();
  auto const part = acr::parse_json("{" + row.part + "}", "part").value();
  for (auto const& member : part.as_object()) document.as_object()[member.key()] = member.value();
  auto const result = read_manifest(boost::json::serialize(document));
  if (row.where.empty()) {
    CHECK(result.has_value());
  } else {
    REQUIRE(result.has_error());
    CHECK(result.error().code == "manifest-invalid");
    CHECK(result.error().where == row.where);
    CHECK(result.error().why == row.why);
  }
}

TEST_CASE("a manifest over 8 MiB is not read", "[report]") {
  auto const text = manifest_text(sample());
  CHECK(read_manifest(text + std::string(1000, ' ')).has_value());
  auto const result = read_manifest(text + std::string(acr::report::max_manifest_bytes, ' '));
  REQUIRE(result.has_error());
  CHECK(result.error().code == "manifest-invalid");
}

TEST_CASE("a signed manifest must not change by a byte (A-73)", "[report]") {
  auto const manifest = with_attestations(sample(), {{"tag-verification", "1"}}).value();
  auto const bytes = manifest_text(manifest);
  CHECK(acr::report::check_frozen(bytes, manifest).has_value());
  CHECK(acr::report::check_frozen(bytes, with_attestations(manifest, {{"tag-verification", "1"}}).value()).has_value());
  auto const changed = acr::report::check_frozen(bytes, with_attestations(manifest, {{"tag-verification", "2"}}).value());
  REQUIRE(changed.has_error());
  CHECK(changed.error().code == "manifest-frozen");
  CHECK(acr::report::check_frozen(bytes + " ", manifest).has_error());
}

TEST_CASE("only packaged charts and bound ids reach the manifest", "[report]") {
  auto record = acr::test::released_record();
  record.charts[0].entries[0].status = acr::report::EntryStatus::verified_other_id;
  record.charts[1].status = acr::report::ChartStatus::refused;
  auto const manifest = acr::report::manifest_of(record, acr::test::sample_files());
  REQUIRE(manifest.charts.size() == 1);
  REQUIRE(manifest.upstream.size() == 1);
  REQUIRE(manifest.upstream[0].second.size() == 1);
  CHECK(manifest.upstream[0].second[0].key == "w5-semver");
}

}  // namespace
}  // namespace release_manifest_test
