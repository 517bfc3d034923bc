// Source digests, by the action and on a terminal: the specification's vectors through the built program (B-1, B-3).
#include <cstdlib>

#include "scenario/release_world.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"

namespace digest_test {
namespace {

using acr::test::Checkout;
using acr::test::ReleaseWorld;
using acr::test::run_program;
namespace fs = std::filesystem;
namespace json = boost::json;

fs::path const lab = acr::test::data_folder() / "lab";
fs::path const vectors = acr::test::data_folder() / "source-digest";

json::value json_of(std::string const& text) { return acr::parse_json(text, "test").value(); }

std::map<std::string, std::string> digest(std::map<std::string, std::string> inputs = {}) {
  inputs.insert({{"command", "digest"}, {"GITHUB_EVENT_NAME", "push"}});
  return inputs;
}

// A clone of the specification's repository.
struct Clone {
  acr::test::TemporaryDirectory directory;
  fs::path const path = directory.path() / "clone";
  Clone() {
    auto const made = run_program("/usr/bin/git", {{"PATH", std::getenv("PATH")}},
                                  {"clone", "--quiet", (vectors / "repo.bundle").string(), path.string()}, "/");
    if (made.status != 0) throw std::runtime_error(made.err);
  }
  acr::test::ProgramResult say(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "source-digest");
    return run_program(acr::test::built_program(), {{"PATH", std::getenv("PATH")}}, arguments, path);
  }
};

TEST_CASE("the terminal says each vector's digest, or why there is none", "[scenario]") {
  Clone const clone;
  auto const given = json_of(acr::read_file(vectors / "vectors.json", 1 << 20));
  for (auto const& item : given.at("vectors").as_array()) {
    std::string const path(item.at("path").as_string()), commit(item.at("commit").as_string());
    CAPTURE(path, commit);
    auto const said = clone.say({path, "--ref", commit});
    if (auto const* expected = item.as_object().if_contains("digest"); expected && expected->is_string()) {
      CHECK(said.status == 0);
      CHECK(said.out == std::string(expected->as_string()) + "  " + path + "\n");
    } else {
      CHECK(said.status == 1);
      CHECK(said.out.empty());
      CHECK(said.err.find("refused: chart-unreadable: " + path) != std::string::npos);
    }
  }
}

TEST_CASE("the terminal reads HEAD, never the work tree, and what is not a chart is a mistake", "[scenario]") {
  Clone const clone;
  auto const before = clone.say({"charts/moved", "--json"});
  INFO(before.out << before.err);
  REQUIRE(before.status == 0);
  auto const listed = json_of(before.out).as_array();
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].at("path").as_string() == "charts/moved");
  acr::write_file(clone.path / "charts/moved/values.yaml", "replicas: 99\n");
  CHECK(clone.say({"charts/moved", "--json"}).out == before.out);
  CHECK(clone.say({"charts/moved", "charts/nobody"}).status == 2);
  CHECK(clone.say({}).status == 2);
  CHECK(clone.say({"charts/moved", "--ref", "nowhere"}).status == 2);
  CHECK(clone.say({"charts/moved", "--ref", ""}).status == 2);
  acr::write_file(clone.path / ".git/HEAD", "ref: refs/heads/nothing\n");
  auto const unborn = clone.say({"charts/moved"});
  CHECK(unborn.status == 2);
  CHECK(unborn.err.find("unknown-commit") != std::string::npos);
}

TEST_CASE("command: digest lists all charts at GITHUB_SHA, without a token and without a request", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  auto const result = world.run(digest({{"token", ""}}));
  INFO(result.out);
  REQUIRE(result.status == 0);
  CHECK(world.github().count("api") == 0);
  auto const outputs = world.outputs();
  CHECK(outputs.at("result") == "success");
  auto const charts = json_of(outputs.at("charts")).as_array();
  CHECK(outputs.at("chart-count") == std::to_string(charts.size()));
  REQUIRE(charts.size() > 1);
  CHECK_FALSE(outputs.contains("source-digest"));

  // By name, and the same from the API alone.
  auto const name = std::string(charts[0].at("name").as_string());
  auto const one = world.run(digest({{"chart", name}}));
  INFO(one.out);
  CHECK(one.status == 0);
  CHECK(world.outputs().at("source-digest") == charts[0].at("source-digest").as_string());
  CHECK(world.outputs().at("name") == name);
  CHECK(world.outputs().at("version") == charts[0].at("version").as_string());
  ReleaseWorld remote(lab / "two-charts", Checkout::none);
  CHECK(remote.run(digest()).status == 0);
  CHECK(remote.outputs().at("charts") == outputs.at("charts"));
  CHECK(remote.github().violations().empty());
}

TEST_CASE("a release carries the same digest in its outputs, its report and its manifest (B-3)", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  auto const released = world.run();
  INFO(released.out);
  REQUIRE(released.status == 0);
  auto const outputs = world.outputs();
  auto const report = json_of(acr::test::text_of(world.file(outputs.at("verification-path")))).at("charts").as_array();
  auto const manifest = json_of(acr::test::text_of(world.file(outputs.at("manifest-path")))).at("charts").as_array();
  auto const charts = json_of(outputs.at("charts")).as_array();
  REQUIRE(charts.size() == 2);
  REQUIRE(world.run(digest()).status == 0);
  std::map<std::string, std::string> digests;
  auto const listed = json_of(world.outputs().at("charts")).as_array();
  for (auto const& chart : listed) digests[std::string(chart.at("path").as_string())] = chart.at("source-digest").as_string();
  for (std::size_t i = 0; i < charts.size(); ++i) {
    auto const& expected = digests.at(std::string(charts[i].at("path").as_string()));
    CHECK(charts[i].at("source-digest").as_string() == expected);
    CHECK(report.at(i).at("source_digest").as_string() == expected);
    CHECK(manifest.at(i).at("source_digest").as_string() == expected);
  }
}

TEST_CASE("command: digest refuses what names no chart with 2, and a commit that nobody has", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  CHECK(world.run(digest({{"chart", "nobody"}})).status == 2);
  CHECK(world.outputs().at("reason") == "no-chart");
  CHECK(world.run(digest({{"charts-dir", "chart"}})).status == 2);
  CHECK(world.outputs().at("reason") == "charts-dir-missing");
  CHECK(world.run(digest({{"GITHUB_SHA", std::string(40, 'a')}, {"object-source", "local"}})).status == 2);
  CHECK(world.outputs().at("reason") == "object-missing");
}

TEST_CASE("a check gets the changed charts as a matrix, and each one's package with its source digest (B-13)", "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  REQUIRE(world.run(digest()).status == 0);
  auto const all = json_of(world.outputs().at("charts")).as_array();

  // The event is the pull request's: what it changes, compared with its base.
  auto const found = world.run({{"command", "changed"}});
  INFO(found.out);
  REQUIRE(found.status == 0);
  auto const matrix = json_of(world.outputs().at("matrix")).at("include").as_array();
  REQUIRE_FALSE(matrix.empty());
  CHECK(world.outputs().at("chart-count") == std::to_string(matrix.size()));

  auto const& chart = matrix.front();
  auto const made = world.run(
      {{"command", "package"}, {"chart", "./" + std::string(chart.at("path").as_string())}, {"output-dir", "checked"}});
  INFO(made.out);
  REQUIRE(made.status == 0);
  auto const outputs = world.outputs();
  CHECK(outputs.at("source-digest") == chart.at("source-digest").as_string());
  CHECK(outputs.at("name") == chart.at("name").as_string());
  CHECK(outputs.at("digest") == acr::sha256_text(acr::test::text_of(world.file(outputs.at("package")))));

  // Another event has nothing to compare with: every chart is checked.
  REQUIRE(world.run({{"command", "changed"}, {"GITHUB_EVENT_NAME", "workflow_dispatch"}}).status == 0);
  CHECK(json_of(world.outputs().at("charts")).as_array() == all);
  auto const name = std::string(all.front().at("name").as_string());
  auto const fewer = world.run({{"command", "changed"}, {"GITHUB_EVENT_NAME", "workflow_dispatch"}, {"exclude-charts", name}});
  CHECK(json_of(world.outputs().at("charts")).as_array().size() == all.size() - 1);
  CHECK(fewer.out.find("chart " + name) != std::string::npos);  // told, never left out silently (B-19)
  CHECK(world.run({{"command", "package"}, {"chart", "nobody"}}).status == 2);
  CHECK(world.run({{"command", "package"}}).status == 2);
  CHECK(world.run({{"command", "changed"}, {"charts-dir", "chart"}}).status == 2);
}

TEST_CASE("the first push with the workflow of the check checks every chart, the next one what it changes (B-13)",
          "[scenario]") {
  ReleaseWorld world(lab / "two-charts");
  auto const git = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"-c", "user.name=a", "-c", "user.email=a@example.org"});
    auto const done = run_program("/usr/bin/git", {{"PATH", std::getenv("PATH")}}, words, world.workspace());
    if (done.status != 0) throw std::runtime_error(done.err);
    return std::string(acr::trimmed(done.out));
  };
  auto const commit = [&](char const* file) {
    fs::create_directories(world.file(file).parent_path());
    acr::write_file(world.file(file), "on: push\n");
    git({"add", file});
    git({"commit", "--quiet", "--message", file});
    return git({"rev-parse", "HEAD"});
  };
  auto const changed = [&](std::string const& before, std::string const& after,
                           std::string const& workflow = "acme/helm-charts/.github/workflows/release.yaml@refs/heads/main") {
    auto const event = world.workspace().parent_path() / "push.json";
    acr::write_file(event, R"({"before":")" + before + R"("})");
    auto const found = world.run({{"command", "changed"},
                                  {"object-source", "local"},
                                  {"GITHUB_EVENT_NAME", "push"},
                                  {"GITHUB_EVENT_PATH", event.string()},
                                  {"GITHUB_SHA", after},
                                  {"GITHUB_WORKFLOW_REF", workflow}});
    INFO(found.out);
    REQUIRE(found.status == 0);
    CHECK((found.out.find("release.yaml is new, so no chart was checked before") != std::string::npos) ==
          (world.outputs().at("chart-count") != "0"));
    return world.outputs().at("chart-count");
  };
  git({"read-tree", "HEAD"});
  auto const nothing = git({"rev-parse", "HEAD"}), other = commit("other"), first = commit(".github/workflows/release.yaml"),
             later = commit("another");
  CHECK(changed(nothing, other) == "0");
  CHECK(changed(other, first) == "3");
  CHECK(changed(first, later) == "0");
  CHECK(changed(other, first, "Acme/Helm-Charts/.github/workflows/release.yaml@refs/heads/main") == "3");
  for (std::string const workflow : {"", "acme/helm-charts", "acme/helm-charts/@refs/heads/main",
                                     "acme/other/.github/workflows/release.yaml@refs/heads/main",
                                     "acme/helm-charts-2/.github/workflows/release.yaml@refs/heads/main"})
    CHECK(changed(other, first, workflow) == "0");
}

}  // namespace
}  // namespace digest_test
