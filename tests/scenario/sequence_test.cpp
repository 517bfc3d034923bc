// The whole job as a workflow strings it together (A section 13): run → attest → finalize → attest the manifest → finalize,
// with the built program; the attest steps are played by the signing world that also signed the upstream attestations.
#include <cctype>

#include "scenario/sequence.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"

namespace sequence_test {
namespace {

using namespace acr::test;

TEST_CASE("run, attest, finalize, attest, finalize: verified ids in manifest and description (A-73, A-74)", "[scenario]") {
  Sequence sequence;
  auto const line_end = one_of<std::string>({"\n", "\r\n"});
  auto const before = "Our notes." + line_end + line_end + "<!-- ATTESTATION_MAP" + line_end +
                      R"({"lint":"14400001","w9-future":"7"})" + line_end + "-->" + line_end + "<!-- somebody else's -->" +
                      line_end;
  sequence.github().set_pull_body(42, before);
  REQUIRE(sequence.world->run().status == 0);
  CHECK(sequence.writes() == 0);
  CHECK(acr::object_in(json_of(sequence.manifest()), "attestations")->empty());
  auto const inputs = ids_and_bundles(sequence.attest_packages(), sequence.attest_report());

  auto const first = sequence.finalize(inputs);
  INFO(first.out);
  REQUIRE(first.status == 0);
  auto const manifest = sequence.manifest();
  auto outputs = sequence.world->outputs();
  CHECK(outputs.at("result") == "success");
  CHECK(outputs.at("pr-updated") == "true");
  CHECK(outputs.at("manifest-digest") == acr::sha256_text(manifest));
  auto const document = json_of(manifest);
  CHECK(boost::json::serialize(*acr::object_in(document, "attestations")) ==
        R"({"tag-verification":"88002","build-gateway":"88001","build-ledger":"88001"})");
  for (auto const& chart : *acr::array_in(document, "charts"))
    CHECK(acr::string_in(chart, "digest") ==
          acr::sha256_text(text_of(sequence.world->file(".cr-release-packages/" + acr::string_in(chart, "package").value()))));
  for (auto const* name : {"gateway", "ledger"})
    CHECK(acr::find(*acr::find(document, "upstream"), name)->as_object().size() == 2);

  auto const body = sequence.body();
  CHECK(body.rfind("Our notes." + line_end + line_end, 0) == 0);
  CHECK(body.find("-->" + line_end + "<!-- somebody else's -->" + line_end) != std::string::npos);
  CHECK(outputs.at("attestation-map") ==
        R"({"lint":"14400001","w9-future":"7","tag-verification":"88002","build-gateway":"88001","build-ledger":"88001"})");
  CHECK(body.find(outputs.at("attestation-map")) != std::string::npos);
  CHECK((body.find("\r\n") != std::string::npos) == (line_end == "\r\n"));
  CHECK(sequence.writes() == 1);

  // The same call once more: nothing is written, neither here nor there (A-88).
  REQUIRE(sequence.finalize(inputs).status == 0);
  CHECK(sequence.manifest() == manifest);
  CHECK(sequence.body() == body);
  CHECK(sequence.writes() == 1);

  // The overall attestation signs the manifest: its id goes to the description only.
  std::map<std::string, std::string> const overall{{"overall-attestation-id", "88003"},
                                                   {"bundle-paths", sequence.attest_manifest()}};
  REQUIRE(sequence.finalize(overall).status == 0);
  CHECK(sequence.manifest() == manifest);
  CHECK(sequence.world->outputs().at("attestation-map").find(R"("overall":"88003")") != std::string::npos);
  auto const final_body = sequence.body();
  REQUIRE(sequence.finalize(overall).status == 0);
  // A job that is run again from its first finalize drops the id that it cannot prove yet, and ends as before (B-15).
  REQUIRE(sequence.finalize(inputs).status == 0);
  CHECK(sequence.body() == body);
  REQUIRE(sequence.finalize(overall).status == 0);
  CHECK(sequence.body() == final_body);
  CHECK(sequence.world->github().violations().empty());
}

TEST_CASE("a matrix hands in one id file and one bundle per chart (A-71)", "[scenario]") {
  Sequence sequence;
  REQUIRE(sequence.world->run().status == 0);
  auto const subjects = subjects_of_checksums(text_of(sequence.world->file(sequence.world->outputs().at("checksums-path"))));
  REQUIRE(subjects.size() == 2);
  auto const paths = sequence.attest_report();
  std::filesystem::create_directories(sequence.world->file("ids"));
  std::filesystem::path const temp = sequence.world->environment.at("RUNNER_TEMP");
  for (auto const& subject : subjects) {
    sequence.attest("job", {subject});
    acr::write_file(sequence.world->file("ids/" + subject.name.substr(0, subject.name.find('-')) + ".json"),
                    text_of(temp / "job/attestation.json"));
  }
  acr::write_file(sequence.world->file("ids/gateway.id"), "501\n");
  std::map<std::string, std::string> const inputs{
      {"attestation-ids-dir", "ids"}, {"verification-attestation-id", "503"}, {"bundle-paths", paths}};

  CHECK(sequence.finalize(inputs).status == 1);  // the other job did not finish
  CHECK(sequence.world->outputs().at("reason") == "attestation-missing");
  CHECK(sequence.writes() == 0);
  acr::write_file(sequence.world->file("ids/ledger.id"), "502");
  REQUIRE(sequence.finalize(inputs).status == 0);
  CHECK(sequence.world->outputs().at("attestation-map") ==
        R"({"tag-verification":"503","build-gateway":"501","build-ledger":"502"})");
}

TEST_CASE("bundles that do not vouch for this release are refused and nothing is recorded (A-74)", "[scenario]") {
  struct Row {
    std::string defect;
    std::function<std::string(Sequence&)> paths;
    std::string reason;
  };
  std::vector<Row> const rows{
      {"a package of other bytes",
       [](Sequence& s) {
         return s.attest("packages", {{"gateway-1.1.0.tgz", std::string(64, '0')}});
       },
       "bundle-subject"},
      {"another run",
       [](Sequence& s) {
         return s.attest_packages({.fulcio = {{21, "https://github.com/acme/helm-charts/actions/runs/1/attempts/1"}}});
       },
       "bundle-run"},
      {"another file of the pull request",
       [](Sequence& s) { return s.attest_packages({.workflow = ".github/workflows/other.yaml"}); }, "bundle-signer"},
      {"the packages without the report", [](Sequence& s) { return s.attest_packages(); }, "bundle-missing"},
      {"another predicate", [](Sequence& s) { return s.attest_packages({.predicate_type = "https://example.com/mine/v1"}); },
       "predicate-type"},
      {"another commit", [](Sequence& s) { return s.attest_packages({.commit = std::string(40, '7')}); }, "identity"},
      {"another repository", [](Sequence& s) { return s.attest_packages({.repository = "mallory/helm-charts"}); }, "identity"},
      {"a signature of other content",
       [](Sequence& s) { return s.attest_packages({.bundle = [](auto& parts) { parts.payload[20] ^= 1; }}); }, "log-body"},
      {"one package of two",
       [](Sequence& s) {
         return s.attest("packages",
                         {subjects_of_checksums(text_of(s.world->file(s.world->outputs().at("checksums-path")))).front()});
       },
       "bundle-coverage"},
      {"a file outside of workspace and temp", [](Sequence&) { return std::string("/etc/passwd"); }, "bad-input"},
  };
  Sequence sequence;
  sequence.github().set_pull_body(42, "as it was");
  REQUIRE(sequence.world->run().status == 0);
  auto const manifest = sequence.manifest();
  for (auto const& row : rows) {
    CAPTURE(row.defect);
    REQUIRE(sequence.world->run().status == 0);  // outputs for the attest step
    auto const paths = row.paths(sequence);
    auto const result =
        sequence.finalize({{"build-attestation-id", "1"}, {"verification-attestation-id", "2"}, {"bundle-paths", paths}});
    INFO(result.out);
    CHECK(result.status == (row.reason == "bad-input" ? 2 : 1));
    auto const reason = sequence.world->outputs().at("reason");
    CHECK(reason == row.reason);
    CHECK(sequence.manifest() == manifest);
    CHECK(sequence.body() == "as it was");
  }
  CHECK(sequence.writes() == 0);
}

TEST_CASE("a manifest that the overall attestation signed does not change any more (A-73)", "[scenario]") {
  Sequence sequence;
  REQUIRE(sequence.world->run().status == 0);
  REQUIRE(sequence.finalize(ids_and_bundles(sequence.attest_packages(), sequence.attest_report())).status == 0);
  auto const manifest = sequence.manifest();
  auto const body = sequence.body();
  CHECK(sequence.finalize({{"overall-attestation-id", "88003"}, {"build-attestation-id", "99999"}}).status == 1);
  CHECK(sequence.world->outputs().at("reason") == "manifest-frozen");
  CHECK(sequence.manifest() == manifest);
  CHECK(sequence.body() == body);
}

TEST_CASE("a read-only token leaves the description alone and tells the text in the summary (A-90)", "[scenario]") {
  Sequence sequence([](auto& settings) { settings.github.read_only_token = true; });
  sequence.github().set_pull_body(42, "as it was");
  REQUIRE(sequence.world->run().status == 0);
  auto const result = sequence.finalize(ids_and_bundles(sequence.attest_packages(), sequence.attest_report()));
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(sequence.world->outputs().at("pr-updated") == "false");
  CHECK(result.out.find("pull-requests: write") != std::string::npos);
  CHECK(sequence.body() == "as it was");
  CHECK(sequence.world->summary().find("### Release build") != std::string::npos);
  CHECK(sequence.world->summary().find("88001") != std::string::npos);
  CHECK(acr::object_in(json_of(sequence.manifest()), "attestations")->size() == 3);
}

TEST_CASE("a pull request that moved on since the event is not written (A-53)", "[scenario]") {
  struct Row {
    std::vector<std::string> where;
    std::string json;
  };
  auto const row = one_of<Row>({{{"state"}, R"("closed")"},
                                {{"head", "sha"}, R"("1111111111111111111111111111111111111111")"},
                                {{"base", "ref"}, R"("main")"}});
  CAPTURE(row.where.back());
  Sequence sequence;
  sequence.github().set_pull_body(42, "as it was");
  REQUIRE(sequence.world->run().status == 0);
  auto const inputs = ids_and_bundles(sequence.attest_packages(), sequence.attest_report());
  sequence.github().set_pull_field(42, row.where, row.json);
  auto const result = sequence.finalize(inputs);
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(result.out.find("stale-event") != std::string::npos);
  CHECK(sequence.world->outputs().at("pr-updated") == "false");
  CHECK(sequence.body() == "as it was");
  CHECK(sequence.writes() == 0);
  CHECK(acr::object_in(json_of(sequence.manifest()), "attestations")->size() == 3);  // later steps need it all the same
}

TEST_CASE("a broken attestation map is left as it is (A-84)", "[scenario]") {
  auto const body = one_of<std::string>({"<!-- ATTESTATION_MAP\n{\"lint\": \n-->\n", "<!-- ATTESTATION_MAP\n[1]\n-->\n",
                                         "<!-- ATTESTATION_MAP\n{\"lint\":\"1\"}\n"});
  Sequence sequence;
  sequence.github().set_pull_body(42, body);
  REQUIRE(sequence.world->run().status == 0);
  CHECK(sequence.finalize(ids_and_bundles(sequence.attest_packages(), sequence.attest_report())).status == 1);
  CHECK(sequence.world->outputs().at("reason") == "map-invalid");
  CHECK(sequence.body() == body);
}

TEST_CASE("a description at the size limit shrinks our part, one over it is refused (A-87)", "[scenario]") {
  Sequence sequence;
  REQUIRE(sequence.world->run().status == 0);
  auto const inputs = ids_and_bundles(sequence.attest_packages(), sequence.attest_report());
  std::string const near(65536 - 400, 'n');
  sequence.github().set_pull_body(42, near);
  REQUIRE(sequence.finalize(inputs).status == 0);
  CHECK(sequence.body().rfind(near, 0) == 0);
  CHECK(sequence.body().find("### Release build") == std::string::npos);
  CHECK(sequence.body().find(R"("build-gateway":"88001")") != std::string::npos);

  std::string const full(65536 - 20, 'f');
  sequence.github().set_pull_body(42, full);
  CHECK(sequence.finalize(inputs).status == 1);
  CHECK(sequence.world->outputs().at("reason") == "body-too-long");
  CHECK(sequence.body() == full);
}

TEST_CASE("a published package is rebuilt from its tag and its attestations are found at GitHub and verified", "[scenario]") {
  Sequence sequence;
  REQUIRE(sequence.world->run().status == 0);
  auto const path = sequence.attest_packages(Sequence::shipped());
  auto const bundle =
      text_of(std::filesystem::path(sequence.world->environment.at("RUNNER_TEMP")) / "packages" / "attestation.json");
  auto const foreign = [&] {
    sequence.attest_packages({.repository = "mallory/helm-charts"});
    return text_of(std::filesystem::path(sequence.world->environment.at("RUNNER_TEMP")) / "packages" / "attestation.json");
  }();

  SECTION("one attestation that verifies is enough; another's is told") {
    Publishing publishing(sequence, {foreign, bundle});
    auto const result = publishing.reproduce({"packages/gateway-1.1.0.tgz", "gateway-v1.1.0"});
    INFO(result.err);
    CHECK(result.status == 0);
    CHECK(result.out.find("ok    the package equals the one built from gateway-v1.1.0") != std::string::npos);
    CHECK(result.out.find("FAIL  attestation 88001") != std::string::npos);
    CHECK(
        result.out.find(
            "ok    attestation 88002, signed by https://github.com/org/atomic-chart-release/.github/workflows/release-charts.yaml@refs/tags/v1") !=
        std::string::npos);
    CHECK(publishing
              .reproduce({"packages/gateway-1.1.0.tgz", "gateway-v1.1.0", "--build-signer-workflows",
                          "acme/helm-charts/.github/workflows/other.yaml@refs/heads/main"})
              .status == 1);
  }
  SECTION("attested by others only, or by nobody") {
    auto const bundles = one_of<std::vector<std::string>>({{foreign}, {}});
    Publishing publishing(sequence, bundles);
    auto const result = publishing.reproduce({"packages/gateway-1.1.0.tgz", "gateway-v1.1.0"});
    CHECK(result.status == 1);
    CHECK(result.out.find("FAIL  ") != std::string::npos);
  }
  SECTION("other bytes, other tags, bundles from files") {
    Publishing publishing(sequence, {});
    auto const& folder = publishing.world->workspace();
    acr::write_file(folder / "good.jsonl", bundle);
    acr::write_file(folder / "both.jsonl", bundle + foreign);
    acr::write_file(folder / "empty.jsonl", "\n");
    CHECK(publishing.reproduce({"packages/gateway-1.1.0.tgz", "gateway-v1.1.0", "--bundle", "good.jsonl"}).status == 0);
    CHECK(publishing.reproduce({"packages/gateway-1.1.0.tgz", "gateway-v1.1.0", "--bundle", "both.jsonl"}).status == 1);
    CHECK(publishing.reproduce({"packages/gateway-1.1.0.tgz", "gateway-v1.1.0", "--bundle", "empty.jsonl"}).status == 2);
    CHECK(publishing.reproduce({"packages/gateway-1.1.0.tgz", "ledger-v1.1.0", "--bundle", "good.jsonl"}).status == 1);
    CHECK(publishing.reproduce({"packages/gateway-1.1.0.tgz", "gateway-v9", "--bundle", "good.jsonl"}).status == 1);
    auto bytes = text_of(folder / "packages/gateway-1.1.0.tgz");
    bytes.back() ^= 1;
    acr::write_file(folder / "altered.tgz", bytes);
    auto const altered = publishing.reproduce({"altered.tgz", "gateway-v1.1.0", "--bundle", "good.jsonl"});
    CHECK(altered.status == 1);
    CHECK(altered.out.find("FAIL  altered.tgz: the package differs from a rebuild of the tag") != std::string::npos);
    CHECK(altered.out.find("expected sha256:") != std::string::npos);
    for (auto const& words :
         std::vector<std::vector<std::string>>{{"missing.tgz", "gateway-v1.1.0"},
                                               {"packages/gateway-1.1.0.tgz", "gateway-v1.1.0", "--bundle", "missing.json"},
                                               {"packages/gateway-1.1.0.tgz"}}) {
      auto const result = publishing.reproduce(words);
      CHECK(result.status == 2);
      CHECK(result.err.find("internal error") == std::string::npos);
    }
    CHECK(publishing.world->github().count("api") == 0);  // bundles at hand and a full clone: nobody is asked
  }
}

TEST_CASE("before publishing: manifest and packages are attested, and rebuilt from their tags", "[scenario]") {
  Sequence sequence;
  REQUIRE(sequence.world->run().status == 0);
  auto const temp = std::filesystem::path(sequence.world->environment.at("RUNNER_TEMP"));
  auto const inputs =
      ids_and_bundles(sequence.attest_packages(Sequence::shipped()), sequence.attest_report(Sequence::shipped()));
  REQUIRE(sequence.finalize(inputs).status == 0);
  sequence.attest("overall", {{"w7-overall", acr::sha256_text(sequence.manifest()).substr(7)}}, Sequence::shipped());
  auto const packages = text_of(temp / "packages" / "attestation.json");
  auto const overall = text_of(temp / "overall" / "attestation.json");

  SECTION("all proved") {
    Publishing publishing(sequence, {packages}, {overall});
    auto const result = publishing.step();
    INFO(result.out);
    CHECK(result.status == 0);
    auto const outputs = publishing.world->outputs();
    CHECK(outputs.at("result") == "success");
    CHECK(outputs.at("chart-count") == "2");
    CHECK(outputs.at("manifest-digest") == acr::sha256_text(sequence.manifest()));
    CHECK(result.out.find("proved: 2 packages") != std::string::npos);
    CHECK(publishing.world->summary().find("packages proved") != std::string::npos);
    CHECK(publishing.world->github().violations().empty());
  }
  SECTION("a manifest or packages that nobody has attested") {
    {
      Publishing publishing(sequence, {packages}, {});
      CHECK(publishing.step().status == 1);
      CHECK(publishing.world->outputs().at("reason") == "not-attested");
      CHECK(publishing.world->outputs().at("chart-count") == "0");
    }
    Publishing publishing(sequence, {}, {overall});
    CHECK(publishing.step().status == 1);
    CHECK(publishing.world->outputs().at("reason") == "not-attested");
  }
  SECTION("what is in the directory is not what the manifest says") {
    Publishing publishing(sequence, {packages}, {overall});
    auto const file = publishing.world->file("packages/ledger-1.1.0.tgz");
    auto const bytes = text_of(file);
    acr::write_file(publishing.world->file("packages/stranger-1.0.0.tgz"), bytes);
    CHECK(publishing.step().status == 1);
    CHECK(publishing.world->outputs().at("reason") == "stray-file");
    std::filesystem::remove(publishing.world->file("packages/stranger-1.0.0.tgz"));

    acr::write_file(file, bytes + "x");
    auto const altered = publishing.step();
    CHECK(altered.status == 1);
    CHECK(publishing.world->outputs().at("reason") == "package-differs");
    CHECK(altered.out.find("chart ledger, tag ledger-v1.1.0") != std::string::npos);
    std::filesystem::remove(file);
    CHECK(publishing.step().status == 1);
    CHECK(publishing.world->outputs().at("reason") == "bad-path");

    acr::write_file(file, bytes);
    CHECK(publishing.step().status == 0);
    CHECK(publishing.step({{"manifest-path", "none.json"}}).status == 1);
  }
}

}  // namespace
}  // namespace sequence_test
