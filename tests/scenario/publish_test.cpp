// What must not be recorded or published, through the built program: descriptions that were forged, calls without ids or
// bundles, outputs that lead through links, manifests and directories that say more than was proved. The same input without the
// trick passes.
#include <filesystem>

#include "scenario/sequence.hpp"
#include "support/catch2.hpp"

namespace publish_test {
namespace {

using namespace acr::test;
namespace fs = std::filesystem;

// A release after `run` and the two attest steps.
struct Attested : Sequence {
  std::map<std::string, std::string> inputs;
  Attested() {
    if (world->run().status != 0) throw std::runtime_error("the run before finalize failed");
    inputs = ids_and_bundles(attest_packages(shipped()), attest_report(shipped()));
  }
};

TEST_CASE("ids that the pull request's author wrote into the description are dropped, others' ids stay (B-15)", "[scenario]") {
  Attested sequence;
  sequence.github().set_pull_body(
      42,
      "Release of the week.\n\n<!-- ATTESTATION_MAP\n{\"lint\":\"14400001\",\"build-evil\":\"98600000000666\",\"overall\":\"98600000000667\"}\n-->\n");
  auto const result = sequence.finalize(sequence.inputs);
  INFO(result.out);
  REQUIRE(result.status == 0);
  CHECK(sequence.world->outputs().at("attestation-map") ==
        R"({"lint":"14400001","tag-verification":"88002","build-gateway":"88001","build-ledger":"88001"})");
  for (auto const* forged : {"98600000000666", "98600000000667"}) {
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
    sequence.attest("job",
                    {{package, acr::sha256_text(text_of(sequence.world->file(".cr-release-packages/" + package))).substr(7)}});
    acr::write_file(sequence.world->file(std::string("ids/") + chart + ".id"), "501\n");
    acr::write_file(sequence.world->file(std::string("ids/") + chart + ".json"), text_of(temp / "job/attestation.json"));
  }
  auto const good = text_of(sequence.world->file("ids/ledger.json"));
  std::map<std::string, std::string> const inputs{
      {"attestation-ids-dir", "ids"}, {"verification-attestation-id", "503"}, {"bundle-paths", report}};
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
  inputs["signer-workflows"] = "org/atomic-chart-release/.github/workflows/release-charts.yaml@refs/tags/v1";
  CHECK(sequence.finalize(inputs).status == 0);
}

TEST_CASE("nothing is written or removed through a link to what the commit holds (A-6)", "[scenario]") {
  TemporaryDirectory directory;
  auto const folder = directory.path() / "scenario";
  std::map<std::string, std::string> const tracked{{"docs/pkgs/checksums.txt", std::string(64, '0') + "  evil-9.9.9.tgz\n"},
                                                   {"docs/pkgs/evil-9.9.9.tgz", "not a package\n"},
                                                   {"docs/pkgs/keep.txt", "k\n"}};
  bool const committed = one_of({true, false});
  CAPTURE(committed);
  std::map<std::string, std::string> const link{{"build", "docs"}};
  acr::signing::write_scenario(
      folder,
      {.attestations = 1, .more_files = tracked, .more_links = committed ? link : std::map<std::string, std::string>()});
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
  CHECK(refused({{"command", "annotate"},
                 {"chart", "gateway"},
                 {"lineage", "lint: 1 sha256:" + std::string(64, '1')},
                 {"output-dir", "docs/pkgs"}}) == "bad-input");
  // A run that fails before it knows the commit does not touch what the link leads to either.
  auto event = json_of(text_of(folder / "event.json"));
  event.as_object()["pull_request"].as_object()["head"].as_object()["sha"] = std::string(40, 'd');
  acr::write_file(directory.path() / "event.json", boost::json::serialize(event));
  CHECK(refused({{"output-dir", "build/pkgs"}, {"GITHUB_EVENT_PATH", (directory.path() / "event.json").string()}}) ==
        "object-missing");

  CHECK(world.run({{"output-dir", "out/pkgs"}, {"manifest-path", "out/m.json"}}).status == 0);
  untouched();
}

// The manifest as it was written, with one text replaced; attested, so that only its content is wrong.
std::pair<std::string, std::string> altered(Attested& sequence, std::string const& what, std::string const& with) {
  auto manifest = sequence.manifest();
  auto const at = manifest.find(what);
  if (at == std::string::npos) throw std::runtime_error("not in the manifest: " + what);
  acr::write_file(sequence.world->file("release-attestation-manifest.json"), manifest.replace(at, what.size(), with));
  auto const temp = fs::path(sequence.world->environment.at("RUNNER_TEMP"));
  sequence.attest_manifest(Sequence::shipped());
  return {text_of(temp / "packages/attestation.json"), text_of(temp / "overall/attestation.json")};
}

TEST_CASE("a manifest that says something else than package and tag is refused (B-16)", "[scenario]") {
  struct Row {
    std::string what, with, reason;
  };
  auto const row = one_of<Row>({
      {"\"stage\"", "\"stage\"", ""},
      {"\"version\": \"1.1.0\"", "\"version\": \"99.0.0\"", "manifest-differs"},
      {"\"lint\"", "\"audit\"", "manifest-differs"},
      {"\"tag\": \"gateway-v1.1.0\"", "\"tag\": \"ledger-v1.1.0\"", "manifest-differs"},
      {"\"head\": \"", "\"head\": \"0", "manifest-invalid"},
  });
  CAPTURE(row.what);
  Attested sequence;
  auto const [packages, overall] = altered(sequence, row.what, row.with);
  Publishing publishing(sequence, {packages}, {overall});
  auto const result = publishing.step();
  INFO(result.out);
  CHECK(result.status == (row.reason.empty() ? 0 : 1));
  CHECK(publishing.world->outputs().at("reason") == row.reason);
}

TEST_CASE("only the manifest's packages and our own files may lie in the directory that is published (B-16b)", "[scenario]") {
  Attested sequence;
  auto const [packages, overall] = altered(sequence, "\"stage\"", "\"stage\"");
  Publishing publishing(sequence, {packages}, {overall});
  auto const folder = publishing.world->file("packages");
  struct Row {
    std::string name;
    std::function<void(fs::path const&)> put;
  };
  for (auto const& row : std::vector<Row>{{"gateway-1.1.0.tgz.prov", [](auto const& path) { acr::write_file(path, "x"); }},
                                          {"more", [](auto const& path) { fs::create_directory(path); }},
                                          {"index.yaml", [](auto const& path) { fs::create_symlink("checksums.txt", path); }},
                                          {"GATEWAY-1.1.0.TGZ", [](auto const& path) { acr::write_file(path, "x"); }}}) {
    CAPTURE(row.name);
    row.put(folder / row.name);
    auto const result = publishing.step();
    CHECK(result.status == 1);
    CHECK(publishing.world->outputs().at("reason") == "stray-file");
    CHECK(result.out.find("packages/" + row.name) != std::string::npos);
    fs::remove_all(folder / row.name);
  }
  CHECK(publishing.step().status == 0);
}

TEST_CASE("on a terminal `reproduce` says what it lacks to find attestations", "[scenario]") {
  Attested sequence;
  Publishing publishing(sequence, {});
  struct Row {
    std::vector<std::string> without;  ///< variables
    std::vector<std::string> words;
    std::string message;
  };
  for (auto const& row :
       std::vector<Row>{{{"GITHUB_REPOSITORY"}, {}, "whose attestations?"},
                        {{"GITHUB_REPOSITORY_ID"}, {}, "--repository needs --repository-id too"},
                        {{"INPUT_TOKEN"}, {}, "GitHub lists attestations to a token"},
                        {{}, {"--source-date-epoch", "soon"}, "SOURCE_DATE_EPOCH"},
                        {{}, {"--build-signer-workflows", "nobody"}, "build-signer-workflows"},
                        {{}, {"--bundle", "trusted_root.json", "--bundle", "empty"}, "empty holds no bundle"}}) {
    CAPTURE(row.message);
    acr::write_file(publishing.world->file("empty"), "\n");
    auto const variables = publishing.world->environment;
    for (auto const& name : row.without) publishing.world->environment.erase(name);
    std::vector<std::string> words{"packages/gateway-1.1.0.tgz", "gateway-v1.1.0"};
    words.insert(words.end(), row.words.begin(), row.words.end());
    auto const result = publishing.reproduce(words);
    publishing.world->environment = variables;
    CHECK(result.status == 2);
    CHECK(result.err.find(row.message) != std::string::npos);
  }
}

// data/reports/publish-any-signer, and its siblings.
TEST_CASE("only the shipped workflow at a release, or a listed one, may have built what is published (B-16a)", "[scenario]") {
  struct Row {
    std::string name;
    acr::signing::Attest request;
    std::map<std::string, std::string> inputs;
    int status;
    std::string says;
  };
  std::string const shipped = "https://github.com/org/atomic-chart-release/.github/workflows/release-charts.yaml@";
  std::string const direct = "https://github.com/acme/helm-charts/.github/workflows/release.yaml@refs/pull/42/merge";
  std::string const pinned = "acme/helm-charts/.github/workflows/release.yaml@refs/pull/*/merge";
  std::vector<Row> const rows{
      {"the defaults of a called workflow", Sequence::shipped(), {}, 0, "attested by " + shipped + "refs/tags/v1"},
      {"another workflow at a branch",
       {.workflow = ".github/workflows/other.yaml", .ref = "refs/heads/some-branch"},
       {},
       1,
       "other.yaml@refs/heads/some-branch"},
      {"the shipped file at a branch", Sequence::shipped("refs/heads/main"), {}, 1, "call the workflow at a release tag"},
      {"the shipped file at a pull request",
       Sequence::shipped("refs/pull/3/merge"),
       {},
       1,
       "call the workflow at a release tag"},
      {"an impostor commit", Sequence::shipped(std::string(40, '1')), {}, 1, "call the workflow at a release tag"},
      {"a direct job of an edited caller", {}, {}, 1, "call that workflow, or name the one"},
      {"a release below the oldest trusted", Sequence::shipped("refs/tags/v0.9.0"), {}, 1, "v1.x.y from v1.0.0"},
      {"another major version", Sequence::shipped("refs/tags/v2"), {}, 1, "v1.x.y from v1.0.0"},
      {"a self-hosted runner", {.san = shipped + "refs/tags/v1", .runner = "self-hosted"}, {}, 1, "github-hosted"},
      {"a self-hosted runner, allowed",
       {.san = shipped + "refs/tags/v1", .runner = "self-hosted"},
       {{"deny-self-hosted", "false"}},
       0,
       "proved: 2 packages"},
      {"the pull request's own file, listed", {}, {{"build-signer-workflows", pinned}}, 2, "build-signer-workflows, line 1: "},
      {"the same, allowed",
       {},
       {{"build-signer-workflows", pinned}, {"pull-request-signers", "allow"}},
       0,
       "proves nothing against those who can open a pull request"},
      {"a check's signer",
       {.workflow = ".github/workflows/validate.yaml", .ref = "refs/pull/17/merge"},
       {{"signer-workflows", "acme/helm-charts/.github/workflows/validate.yaml@refs/pull/*/merge"}},
       1,
       "validate.yaml"},
  };
  Attested sequence;
  auto const temp = fs::path(sequence.world->environment.at("RUNNER_TEMP"));
  auto const github = text_of(sequence.folder / "github.json");
  for (auto const& row : rows) {
    CAPTURE(row.name);
    acr::write_file(sequence.folder / "github.json", github);  // the same packages: without what earlier rows have listed
    REQUIRE(sequence.world->run().status == 0);
    sequence.attest_packages(row.request);
    sequence.attest_manifest(row.request);
    Publishing publishing(sequence, {text_of(temp / "packages/attestation.json")},
                          {text_of(temp / "overall/attestation.json")});
    auto const result = publishing.step(row.inputs);
    INFO(result.out);
    CHECK(result.status == row.status);
    CHECK(result.out.find(row.says) != std::string::npos);
    CHECK(publishing.world->outputs().at("reason") == (row.status == 0 ? "" : row.status == 1 ? "not-attested" : "bad-input"));
  }
}

// What is published, ready to be spoilt: packages and manifest of the release, built by the shipped workflow.
struct Published : Attested {
  std::string const packages, overall;
  Publishing publishing;
  /// `edit` makes another manifest of the release's, which is attested all the same.
  explicit Published(std::function<std::string(std::string const&)> const& edit = {})
      : packages(bundle("packages")), overall(attested(edit)), publishing(*this, {packages}, {overall}) {}

 private:
  [[nodiscard]] std::string bundle(std::string const& name) const {
    return text_of(fs::path(world->environment.at("RUNNER_TEMP")) / name / "attestation.json");
  }
  std::string attested(std::function<std::string(std::string const&)> const& edit) {
    if (edit) acr::write_file(world->file("release-attestation-manifest.json"), edit(manifest()));
    attest_manifest(shipped());
    return bundle("overall");
  }
};

TEST_CASE("only the charts that the push has changed are published, and all of them (B-16)", "[scenario]") {
  Published sequence;
  auto& publishing = sequence.publishing;
  auto const refused = [&](std::string const& reason, std::string const& says) {
    auto const result = publishing.step();
    INFO(result.out);
    CHECK(result.status == 1);
    CHECK(publishing.world->outputs().at("reason") == reason);
    CHECK(publishing.world->outputs().at("chart-count") == "0");
    CHECK(result.out.find(says) != std::string::npos);
  };
  CHECK(publishing.step().status == 0);
  SECTION("a chart that another push has changed") {
    publishing.push["before"] = publishing.git({"rev-parse", "refs/heads/main~1"});
    refused("manifest-differs", "chart gateway: the manifest names a chart that this push has not changed");
  }
  SECTION("an old release on a later push") {
    publishing.push["before"] = publishing.git({"rev-parse", "refs/heads/main"});
    refused("manifest-differs", "the manifest names a chart that this push has not changed");
  }
  SECTION("an old release on a push that makes the branch anew") {
    publishing.push["before"] = std::string(40, '0');
    refused("manifest-differs", "the branch is new");
  }
  SECTION("another branch, another event") {
    publishing.push["ref"] = "refs/heads/main";
    refused("wrong-branch", "refs/heads/release");
    publishing.push["ref"] = "refs/heads/release";
    CHECK(publishing.step({{"GITHUB_EVENT_NAME", "workflow_dispatch"}}).status == 1);
    CHECK(publishing.world->outputs().at("reason") == "unsupported-event");
    CHECK(publishing.step({{"GITHUB_REPOSITORY_ID", "7"}}).status == 1);
    CHECK(publishing.world->outputs().at("reason") == "repository-mismatch");
  }
  SECTION("a squash merge") {
    auto const tree = publishing.git({"rev-parse", "refs/pull/42/merge^{tree}"});
    publishing.push["after"] =
        publishing.git({"commit-tree", "-m", "Release (#42)", "-p", std::string(publishing.push["before"].as_string()), tree});
    refused("head-not-on-branch", "squash and rebase make commits that were never on it");
  }
  SECTION("a merge that adds something") {
    auto const blob = publishing.git({"hash-object", "-w", publishing.world->file("trusted_root.json").string()});
    publishing.git({"read-tree", "refs/pull/42/merge"});
    publishing.git({"update-index", "--add", "--cacheinfo", "100644," + blob + ",charts/gateway/templates/more.yaml"});
    auto const tree = publishing.git({"write-tree"});
    publishing.push["after"] =
        publishing.git({"commit-tree", "-m", "Merge", "-p", std::string(publishing.push["before"].as_string()), "-p",
                        "refs/heads/main", tree});
    refused("head-not-on-branch", "has other files in charts/gateway");
  }
  SECTION("nothing changed, nothing is there") {
    fs::remove_all(publishing.world->file("packages"));
    fs::remove(publishing.world->file("manifest.json"));
    publishing.push["before"] = publishing.git({"rev-parse", "refs/heads/main"});
    auto const result = publishing.step();
    INFO(result.out);
    CHECK(result.status == 0);
    CHECK(publishing.world->outputs().at("result") == "no-charts");
  }
}

TEST_CASE("a chart that the manifest leaves out is missed (B-16)", "[scenario]") {
  Published sequence([](std::string const& text) {
    auto manifest = json_of(text);
    manifest.as_object()["charts"].as_array().pop_back();
    manifest.as_object()["upstream"].as_object().erase("ledger");
    return boost::json::serialize(manifest);
  });
  auto& publishing = sequence.publishing;
  fs::remove(publishing.world->file("packages/ledger-1.1.0.tgz"));
  fs::remove(publishing.world->file("packages/checksums.txt"));
  auto const result = publishing.step();
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(publishing.world->outputs().at("reason") == "manifest-differs");
  CHECK(result.out.find("chart ledger: the manifest leaves out a chart that this push has changed") != std::string::npos);
  CHECK(publishing.step({{"exclude-charts", "ledger"}}).status == 0);
}

TEST_CASE("tags and attestations are proved again under the publishing job's own inputs (B-16)", "[scenario]") {
  struct Row {
    std::map<std::string, std::string> inputs;
    std::string reason;
  };
  std::string const validate = "acme/helm-charts/.github/workflows/validate.yaml@refs/";
  Published sequence;
  for (auto const& row : std::vector<Row>{{{{"signer-workflows", validate + "heads/main"}}, "identity"},
                                          {{{"signer-workflows", validate + "pull/*/merge"}}, ""},
                                          {{{"predicate-types", "https://example.org/test/v1"}}, "predicate-type"},
                                          {{{"source-digest", "tag-commit"}}, "identity"},
                                          {{{"tag-format", "{name}/{version}"}}, "tag-not-found"},
                                          {{{"source-branch", "trunk"}}, "head-not-on-branch"},
                                          {{}, ""}}) {
    CAPTURE(row.inputs);
    auto const result = sequence.publishing.step(row.inputs);
    INFO(result.out);
    CHECK(result.status == (row.reason.empty() ? 0 : 1));
    CHECK(sequence.publishing.world->outputs().at("reason") == row.reason);
  }
  CHECK(sequence.publishing.world->github().violations().empty());
}

TEST_CASE("a publication is proved with a shallow checkout, and with none (A-56, B-16)", "[scenario]") {
  auto const checkout = one_of({Checkout::shallow, Checkout::blobless, Checkout::none});
  CAPTURE(static_cast<int>(checkout));
  Published sequence;
  Publishing publishing(sequence, {}, {}, checkout);
  auto const result = publishing.step();
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(publishing.world->outputs().at("chart-count") == "2");
  CHECK(publishing.world->github().violations().empty());
  publishing.push["before"] = publishing.push["after"];
  CHECK(publishing.step().status == 1);
  CHECK(publishing.world->outputs().at("reason") == "manifest-differs");
}

TEST_CASE("an attestation that was withdrawn after the release run stops the publication (B-16)", "[scenario]") {
  Published sequence;
  auto github = json_of(text_of(sequence.folder / "github.json"));
  auto& all = github.as_object()["attestations"].as_array();
  all.erase(all.begin());
  acr::write_file(sequence.folder / "github.json", boost::json::serialize(github));
  Publishing publishing(sequence, {});
  auto const result = publishing.step();
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(publishing.world->outputs().at("reason") == "unresolved");
}

}  // namespace
}  // namespace publish_test
