// What must not be recorded or published, through the built program: descriptions that were forged, calls without ids or bundles, outputs that
// lead through links, manifests and directories that say more than was proved. The same input without the trick passes.
#include <filesystem>

#include "scenario/sequence.hpp"
#include "support/catch2.hpp"

namespace {

using namespace acr::test;
namespace fs = std::filesystem;

// A release after `run` and the two attest steps.
struct Attested : Sequence {
  std::map<std::string, std::string> inputs;
  Attested() {
    if (world->run().status != 0) throw std::runtime_error("the run before finalize failed");
    inputs = ids_and_bundles(attest_packages(), attest_report());
  }
};

TEST_CASE("ids that the pull request's author wrote into the description are dropped, others' ids stay (B-15)", "[scenario]") {
  Attested sequence;
  sequence.github().set_pull_body(
      42, "Release of the week.\n\n<!-- ATTESTATION_MAP\n{\"lint\":\"14400001\",\"build-evil\":\"666\",\"overall\":\"667\"}\n-->\n");
  auto const result = sequence.finalize(sequence.inputs);
  INFO(result.out);
  REQUIRE(result.status == 0);
  CHECK(sequence.world->outputs().at("attestation-map") ==
        R"({"lint":"14400001","tag-verification":"88002","build-gateway":"88001","build-ledger":"88001"})");
  for (auto const* forged : {"666", "667"}) {
    CHECK(sequence.body().find(forged) == std::string::npos);
    CHECK(result.out.find(forged) == std::string::npos);
    CHECK(sequence.world->summary().find(forged) == std::string::npos);
  }
  CHECK(sequence.body().starts_with("Release of the week.\n"));
}

TEST_CASE("finalize without ids, or with ids that no bundle proves, records nothing (B-15)", "[scenario]") {
  struct Row {
    std::map<std::string, std::string> inputs;
    std::string reason;
  };
  Attested sequence;
  sequence.github().set_pull_body(42, "as it was");
  auto const manifest = sequence.manifest();
  auto const paths = sequence.inputs.at("bundle-paths");
  for (auto const& row : std::vector<Row>{{{}, "nothing-to-record"},
                                          {{{"build-attestation-id", ""}}, "nothing-to-record"},
                                          {{{"bundle-paths", paths}}, "nothing-to-record"},
                                          {{{"build-attestation-id", "88001"}}, "bundle-missing"},
                                          {{{"overall-attestation-id", "88003"}, {"bundle-paths", paths}}, "bundle-missing"}}) {
    CAPTURE(row.reason, row.inputs.size());
    CHECK(sequence.finalize(row.inputs).status == 1);
    CHECK(sequence.world->outputs().at("reason") == row.reason);
    CHECK(sequence.manifest() == manifest);
    CHECK(sequence.body() == "as it was");
  }
  CHECK(sequence.writes() == 0);
  CHECK(sequence.finalize(sequence.inputs).status == 0);
}

TEST_CASE("bundles of a matrix lie beside the ids, and each is its own chart's (B-15)", "[scenario]") {
  Attested sequence;
  auto const report = sequence.attest_report();
  auto const temp = fs::path(sequence.world->environment.at("RUNNER_TEMP"));
  fs::create_directories(sequence.world->file("ids"));
  for (auto const* chart : {"gateway", "ledger"}) {
    auto const package = std::string(chart) + "-1.1.0.tgz";
    sequence.attest("job", {{package, acr::sha256_text(text_of(sequence.world->file(".cr-release-packages/" + package))).substr(7)}});
    acr::write_file(sequence.world->file(std::string("ids/") + chart + ".id"), "501\n");
    acr::write_file(sequence.world->file(std::string("ids/") + chart + ".json"), text_of(temp / "job/attestation.json"));
  }
  auto const good = text_of(sequence.world->file("ids/ledger.json"));
  std::map<std::string, std::string> const inputs{{"attestation-ids-dir", "ids"}, {"verification-attestation-id", "503"}, {"bundle-paths", report}};
  acr::write_file(sequence.world->file("ids/ledger.json"), text_of(sequence.world->file("ids/gateway.json")));
  CHECK(sequence.finalize(inputs).status == 1);
  CHECK(sequence.world->outputs().at("reason") == "bundle-subject");
  acr::write_file(sequence.world->file("ids/ledger.json"), good);
  CHECK(sequence.finalize(inputs).status == 0);
}

TEST_CASE("with signer-workflows only the listed workflow's bundles count (B-15)", "[scenario]") {
  Attested sequence;
  auto inputs = sequence.inputs;
  inputs["signer-workflows"] = "acme/helm-charts/.github/workflows/called.yaml@refs/heads/main";
  CHECK(sequence.finalize(inputs).status == 1);
  CHECK(sequence.world->outputs().at("reason") == "identity");
  inputs["signer-workflows"] = "acme/helm-charts/.github/workflows/release.yaml@refs/pull/*/merge";
  CHECK(sequence.finalize(inputs).status == 0);
}

TEST_CASE("nothing is written or removed through a link to what the commit holds (A-6)", "[scenario]") {
  TemporaryDirectory directory;
  auto const folder = directory.path() / "scenario";
  std::map<std::string, std::string> const tracked{{"docs/pkgs/checksums.txt", std::string(64, '0') + "  evil-9.9.9.tgz\n"},
                                                   {"docs/pkgs/evil-9.9.9.tgz", "not a package\n"},
                                                   {"docs/pkgs/keep.txt", "k\n"}};
  bool const committed = GENERATE(true, false);
  CAPTURE(committed);
  std::map<std::string, std::string> const link{{"build", "docs"}};
  acr::signing::write_scenario(folder, {.attestations = 1, .more_files = tracked, .more_links = committed ? link : std::map<std::string, std::string>()});
  ReleaseWorld world(folder);
  for (auto const& [name, bytes] : tracked) {
    fs::create_directories(world.file(name).parent_path());
    acr::write_file(world.file(name), bytes);
  }
  auto const untouched = [&] {
    for (auto const& [name, bytes] : tracked) CHECK(text_of(world.file(name)) == bytes);
    CHECK(std::distance(fs::directory_iterator(world.file("docs/pkgs")), fs::directory_iterator()) == 3);
    CHECK_FALSE(fs::exists(world.file("docs/m.json")));
  };
  auto const refused = [&](std::map<std::string, std::string> const& inputs) {
    auto const result = world.run(inputs);
    INFO(result.out);
    CHECK(result.status == 2);
    untouched();
    return world.outputs().at("reason");
  };
  if (committed) CHECK(refused({{"output-dir", "build/pkgs"}}) == "bad-input");  // not on the disk: nobody follows it
  fs::create_directory_symlink("docs", world.file("build"));
  CHECK(refused({{"output-dir", "build/pkgs"}}) == "bad-input");
  CHECK(refused({{"output-dir", "docs/pkgs"}}) == "bad-input");
  if (committed) CHECK(refused({{"manifest-path", "build/m.json"}}) == "bad-input");
  CHECK(refused({{"command", "annotate"}, {"chart", "gateway"}, {"lineage", "lint: 1 sha256:" + std::string(64, '1')}, {"output-dir", "docs/pkgs"}}) == "bad-input");
  // A run that fails before it knows the commit does not touch what the link leads to either.
  auto event = json_of(text_of(folder / "event.json"));
  event.as_object()["pull_request"].as_object()["head"].as_object()["sha"] = std::string(40, 'd');
  acr::write_file(directory.path() / "event.json", boost::json::serialize(event));
  CHECK(refused({{"output-dir", "build/pkgs"}, {"GITHUB_EVENT_PATH", (directory.path() / "event.json").string()}}) == "object-missing");

  CHECK(world.run({{"output-dir", "out/pkgs"}, {"manifest-path", "out/m.json"}}).status == 0);
  untouched();
}

}  // namespace
