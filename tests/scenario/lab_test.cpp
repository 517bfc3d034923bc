// The nine whole releases of tests/data/lab, run by the built program against the stand-in. Their bundles were signed by an
// independent implementation.
#include <fstream>
#include <set>
#include <sstream>

#include "scenario/release_files.hpp"
#include "scenario/release_world.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/json.hpp"
#include "support/places.hpp"

namespace lab_test {
namespace {

using acr::test::Checkout;
using acr::test::release_of;
using acr::test::ReleaseWorld;
using acr::test::text_of;

std::filesystem::path const lab = acr::test::data_folder() / "lab";

boost::json::value json_of(std::filesystem::path const& path) { return acr::parse_json(text_of(path), path.string()).value(); }

void check_released(ReleaseWorld const& world, boost::json::value const& expected) {
  auto const outputs = world.outputs();
  CHECK(outputs.at("result") == "success");
  CHECK(outputs.at("reason").empty());
  auto const manifest = json_of(world.file("release-attestation-manifest.json"));
  CHECK(acr::string_in(manifest, "stage") == "release-build");
  CHECK(acr::integer_in(manifest, "pr") == 42);
  auto const* charts = acr::array_in(expected, "charts");
  CHECK(acr::array_in(manifest, "charts")->size() == charts->size());
  CHECK(outputs.at("chart-count") == std::to_string(charts->size()));
  for (auto const& [name, value] : outputs) {  // later steps run where the workspace has another path
    CAPTURE(name, value);
    CHECK(value.find(world.workspace().string()) == std::string::npos);
    if (name.ends_with("-path") || name.ends_with("-dir")) CHECK(std::filesystem::path(value).is_relative());
  }
  auto const checksums = text_of(world.file(outputs.at("checksums-path")));
  for (auto const& chart : *charts) {
    auto const name = acr::string_in(chart, "name").value();
    CAPTURE(name);
    auto const package = outputs.at(name + "_package");
    CHECK(package == ".cr-release-packages/" + name + "-" + acr::string_in(chart, "version").value() + ".tgz");
    auto const digest = acr::sha256_text(text_of(world.file(package)));
    CHECK(outputs.at(name + "_digest") == digest);
    CHECK(outputs.at(name + "_tag") == acr::string_in(chart, "tag"));
    CHECK(checksums.find(digest.substr(7) + "  " + std::filesystem::path(package).filename().string() + "\n") !=
          std::string::npos);
    auto const* upstream = acr::find(*acr::find(manifest, "upstream"), name);
    REQUIRE(upstream != nullptr);
    for (auto const& [key, attestation] : *acr::object_in(chart, "attestations")) {
      auto const* entry = acr::find(*upstream, key);
      REQUIRE(entry != nullptr);
      CHECK(acr::string_in(*entry, "id") == acr::string_in(attestation, "id"));
    }
  }
  CHECK(outputs.at("verification-digest") == acr::sha256_text(text_of(world.file(outputs.at("verification-path")))));
  CHECK(outputs.at("manifest-digest") == acr::sha256_text(text_of(world.file(outputs.at("manifest-path")))));
}

void check_refused(ReleaseWorld const& world, acr::test::ProgramResult const& result, boost::json::value const& expected) {
  auto const outputs = world.outputs();
  CHECK(outputs.at("result") == "failed");
  CHECK(outputs.at("chart-count") == "0");
  CHECK_FALSE(outputs.at("reason").empty());
  auto const fault = acr::string_in(expected, "error").value();
  bool named = false;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);)
    named = named || (line.rfind("::error", 0) == 0 && line.find(fault) != std::string::npos);
  CHECK(named);
  for (auto const& name : world.packages()) {
    CAPTURE(name);
    CHECK_FALSE(name.ends_with(".tgz"));
    CHECK(name != "checksums.txt");
  }
  CHECK_FALSE(std::filesystem::exists(world.file("release-attestation-manifest.json")));
}

// The names of the commands that the runner would find.
std::set<std::string> commands_in(std::string const& text) {
  std::set<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    auto const at = line.find_first_not_of(" \t\r");
    if (at != std::string::npos && line.compare(at, 2, "::") == 0)
      found.insert(line.substr(at + 2, line.find_first_of(" :", at + 2) - at - 2));
  }
  return found;
}

TEST_CASE("every lab release comes out as its scenario says", "[scenario]") {
  auto const name = one_of<std::string>({"two-charts", "ids-only", "private-instance", "feature-branch", "fork-main",
                                         "no-lineage", "other-repository", "tag-missing", "tampered-signature"});
  CAPTURE(name);
  ReleaseWorld world(lab / name);
  auto const result = world.run();
  INFO(result.out);
  INFO(result.err);
  auto const scenario = json_of(lab / name / "scenario.json");
  auto const* expected = acr::find(scenario, "expect");
  bool const released = acr::string_in(*expected, "outcome") == "released";
  CHECK(result.status == (released ? 0 : 1));
  if (released)
    check_released(world, *expected);
  else
    check_refused(world, result, *expected);
  if (acr::string_in(*expected, "stage") == "gate") CHECK(world.github().count("api") == 0);  // before any network call
  CHECK(world.github().violations().empty());
  for (auto const& command : commands_in(result.out + result.err)) {
    CAPTURE(command);
    CHECK(std::set<std::string>{"add-mask", "group", "endgroup", "debug", "notice", "warning", "error"}.contains(command));
  }
  CHECK((result.out + result.err).find("##[") == std::string::npos);
  // the token, but for its mask
  CHECK(result.out.find("the-secret-token-of-the-test") ==
        result.out.find("::add-mask::") + std::string("::add-mask::").size());
  CHECK(result.out.rfind("the-secret-token-of-the-test") == result.out.find("the-secret-token-of-the-test"));
  CHECK(result.err.find("the-secret-token-of-the-test") == std::string::npos);
  CHECK(acr::test::files_with(world.workspace().parent_path(), "the-secret-token-of-the-test")
            .empty());  // outputs and summary, too
}

TEST_CASE(
    "secrets among the runner's variables are shown nowhere (A-9), and later steps get neither state nor variables (A-29)",
    "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  auto const folder = world.workspace().parent_path();
  std::map<std::string, std::string> extra{{"RUNNER_DEBUG", "1"}};
  std::vector<std::string> const secrets{
      "ACTIONS_RUNTIME_TOKEN",          "ACTIONS_RUNTIME_URL",          "ACTIONS_RESULTS_URL", "ACTIONS_CACHE_URL",
      "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "SOMEBODYS_PASSWORD"};
  for (auto const& name : secrets) extra[name] = "https://value-of-" + name + ".example/";
  std::vector<std::string> const for_later{"GITHUB_STATE", "GITHUB_ENV", "GITHUB_PATH"};
  for (auto const& name : for_later) {
    extra[name] = (folder / name).string();
    acr::write_file(folder / name, "");
  }
  auto const result = world.run(extra);
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(result.out.find("::debug::") != std::string::npos);
  CHECK((result.out + result.err).find("value-of-") == std::string::npos);
  CHECK(acr::test::files_with(folder, "value-of-").empty());
  for (auto const& name : for_later) CHECK(std::filesystem::file_size(folder / name) == 0);
}

TEST_CASE("entries of refused lab releases are told one by one", "[scenario]") {
  struct Row {
    std::string scenario, key;
  };
  auto const row = one_of<Row>({{"tampered-signature", "w5-semver"}, {"other-repository", "lint"}});
  ReleaseWorld world(lab / row.scenario);
  auto const result = world.run();
  INFO(result.out);
  auto const report = json_of(world.file(".cr-release-packages/tag-verification.json"));
  auto const& chart = acr::array_in(report, "charts")->front();
  auto const* entries = acr::array_in(chart, "attestations");
  REQUIRE(entries != nullptr);
  REQUIRE(entries->size() == 5);
  for (auto const& entry : *entries)
    CHECK(acr::string_in(entry, "verdict") == (acr::string_in(entry, "key") == row.key ? "failed" : "verified"));
}

TEST_CASE("a second run over the same commit gives the same bytes (A-66)", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  REQUIRE(world.run().status == 0);
  auto const first = release_of(world);
  CHECK(first.size() == 6);  // two packages, checksums, report, VSA, manifest
  REQUIRE(world.run({{"max-parallel", "16"}}).status == 0);
  CHECK(release_of(world) == first);
}

TEST_CASE("a shallow, sparse, blobless checkout and none at all give the bytes of a full one (A-19, A-56)", "[scenario]") {
  auto const name = one_of<std::string>({"two-charts", "ids-only", "private-instance"});
  CAPTURE(name);
  ReleaseWorld full(lab / name);
  REQUIRE(full.run().status == 0);
  for (auto const checkout : {Checkout::shallow, Checkout::sparse, Checkout::blobless, Checkout::none}) {
    CAPTURE(static_cast<int>(checkout));
    ReleaseWorld world(lab / name, checkout);
    auto const result = world.run();
    INFO(result.out);
    REQUIRE(result.status == 0);
    CHECK(release_of(world) == release_of(full));
    CHECK(world.github().violations().empty());
  }
}

TEST_CASE("a refused run after a good one leaves none of its packages", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  REQUIRE(world.run().status == 0);
  auto const result = world.run({{"signer-workflows", "acme/other/.github/workflows/x.yml@refs/heads/main"}});
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(world.packages() == std::vector<std::string>{"tag-verification.json", "verification-summary.json"});
  CHECK_FALSE(std::filesystem::exists(world.file("release-attestation-manifest.json")));
}

TEST_CASE("flag leaves the bad chart out and releases the rest", "[scenario]") {
  ReleaseWorld world(lab / "tag-missing");
  auto const result = world.run({{"verify-policy", "flag"}});
  INFO(result.out);
  CHECK(result.status == 0);
  auto const outputs = world.outputs();
  CHECK(outputs.at("result") == "partial");
  CHECK(outputs.at("reason") == "tag-not-found");
  CHECK(outputs.at("chart-count") == "1");
  CHECK(world.packages() == std::vector<std::string>{"checksums.txt", "prometheus-pushgateway-3.8.0.tgz",
                                                     "tag-verification.json", "verification-summary.json"});
}

TEST_CASE("all input mistakes are told together before anything else happens (A-42)", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  auto const result = world.run({{"tag-wait", "-1"}, {"clean", "maybe"}, {"diff-mode", "Tree"}});
  CHECK(result.status == 2);
  for (auto const name : {"tag-wait", "clean", "diff-mode"}) CHECK(result.out.find(name) != std::string::npos);
  CHECK(world.outputs().at("result") == "failed");
  CHECK(world.github().count("api") == 0);
}

TEST_CASE("pins can be demanded of a release that fetches nothing (D-29)", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  CHECK(world.run({{"dependency-pins", "require"}}).status == 0);
  CHECK(world.outputs().at("result") == "success");
}

TEST_CASE("an event that is not a pull request is refused with a reason", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  CHECK(world.run({{"GITHUB_EVENT_NAME", "pull_request_target"}}).status == 1);
  CHECK(world.outputs().at("reason") == "unsafe-event");
  CHECK(world.summary().starts_with("## Atomic chart release: refused\n\nDo what each ❌ says, then re-run this job.\n\n- ❌ "));
  CHECK(world.summary().find("\n\nReason: `unsafe-event`.\n\n### Refused\n") != std::string::npos);
}

TEST_CASE("started outside Actions the program says what is missing (C-6)", "[scenario]") {
  auto const result = acr::test::run_program(acr::test::built_program(), {}, {}, "/");
  CHECK(result.status == 2);
  CHECK(result.err.find("GITHUB_ACTIONS") != std::string::npos);
  CHECK(result.err.find("--help") != std::string::npos);
  CHECK(acr::test::run_program(acr::test::built_program(), {}, {"--version"}, "/").out == "atomic-chart-release " ACR_VERSION
                                                                                          "\n");
  CHECK(acr::test::run_program(acr::test::built_program(), {}, {"--help"}, "/").status == 0);
}

}  // namespace
}  // namespace lab_test
