// `command: tags` and `tag --missing` with the built program: ids found by source digest, tags made once, and a release of them
// (B-14).
#include <cstdlib>

#include "git/tag_annotation.hpp"
#include "scenario/release_world.hpp"
#include "scenario/sequence.hpp"
#include "signing/scenario.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"
#include "support/text.hpp"

namespace tags_test {
namespace {

using acr::test::Checkout;
using acr::test::ReleaseWorld;
using acr::test::run_program;
using acr::test::text_of;
namespace fs = std::filesystem;
namespace json = boost::json;
namespace signing = acr::signing;

constexpr auto test_result = "https://in-toto.io/attestation/test-result/v0.1";
constexpr auto passed = R"({"result":"PASSED","configuration":[]})";
std::string const signer = "acme/helm-charts/.github/workflows/check-charts.yaml@refs/heads/main";

json::value json_of(std::string const& text) { return acr::parse_json(text, "test").value(); }
json::value json_file(fs::path const& path) { return json_of(acr::read_file(path, std::size_t{64} << 20)); }

std::string git(fs::path const& directory, std::vector<std::string> words) {
  words.insert(words.begin(), {"-C", directory.string()});
  auto const result = run_program("/usr/bin/git", {{"PATH", std::getenv("PATH")}, {"HOME", "/nonexistent"}}, words, "/");
  if (result.status != 0) throw std::runtime_error(result.err);
  return result.out;
}

// Charts on main whose tags nobody has made yet, and the attestations of their content.
struct Tagging {
  acr::test::TemporaryDirectory directory;
  signing::World signing = signing::scenario_world();
  fs::path const folder = directory.path() / "scenario";
  std::string head;
  std::map<std::string, std::string> digests;  ///< by chart
  json::value github;
  std::int64_t next_id = 31'000'001;

  explicit Tagging(std::size_t charts = 2) {
    signing::write_scenario(folder, {.charts = charts, .attestations = 1}, signing);
    head = std::string(json_file(folder / "scenario.json").at("head").as_string());
    ReleaseWorld world(folder);
    auto const said = world.run({{"command", "digest"}, {"GITHUB_SHA", head}, {"GITHUB_EVENT_NAME", "push"}});
    if (said.status != 0) throw std::runtime_error(said.out);
    json::array hidden;
    auto const charts_there = json_of(world.outputs().at("charts")).as_array();
    for (auto const& chart : charts_there) {
      std::string const name(chart.at("name").as_string());
      digests[name] = chart.at("source-digest").as_string();
      hidden.emplace_back(name + "-v1.1.0");
    }
    github = json_file(folder / "github.json");
    github.as_object()["hide_tags"] = hidden;
    github.as_object()["attestations"] = json::array();
  }

  // The check of a push to main, as the called workflow signs it.
  std::int64_t attest(std::string const& chart, std::string const& key, std::string const& predicate = passed,
                      std::string const& workflow = ".github/workflows/check-charts.yaml", std::string const& san = {}) {
    auto const bundle = signing.attest({.subject_sha256 = digests.at(chart).substr(7),
                                        .subject_name = key,
                                        .predicate_type = test_result,
                                        .predicate = predicate,
                                        .workflow = workflow,
                                        .ref = "refs/heads/main",
                                        .san = san,
                                        .commit = head,
                                        .timestamped = true});
    github.as_object()
        .at("attestations")
        .as_array()
        .push_back({{"id", next_id},
                    {"repository_id", 500000001},
                    {"listed_under", json::array{json::string(digests.at(chart))}},
                    {"predicate_type", test_result},
                    {"initiator", "github"},
                    {"serve", "bundle_url"},
                    {"bundle", json_of(bundle)}});
    return next_id++;
  }
  void attest_all(std::string const& key) {
    for (auto const& [chart, digest] : digests) attest(chart, key);
  }

  std::unique_ptr<ReleaseWorld> world(Checkout checkout = Checkout::full,
                                      std::function<void(acr::loopback::StandInSettings&)> const& adjust = {}) {
    acr::write_file(folder / "github.json", json::serialize(github));
    return std::make_unique<ReleaseWorld>(folder, checkout, adjust);
  }
  // As a step of a workflow on a push to main.
  std::map<std::string, std::string> inputs(std::map<std::string, std::string> more = {}) const {
    more.insert({{"command", "tags"},
                 {"push", "true"},
                 {"signer-workflows", signer},
                 {"GITHUB_EVENT_NAME", "push"},
                 {"GITHUB_REF", "refs/heads/main"},
                 {"GITHUB_SHA", head}});
    return more;
  }
};

TEST_CASE("missing tags are made from the attestations of the content, once, and a release accepts them", "[scenario]") {
  auto const checkout = one_of({Checkout::full, Checkout::none});
  Tagging tagging;
  auto const id = tagging.attest("gateway", "lint");
  tagging.attest("ledger", "lint");
  tagging.attest("ledger", "lint", R"({"result":"FAILED"})", ".github/workflows/mine.yaml");  // anybody's
  auto const world = tagging.world(checkout);
  auto const result = world->run(tagging.inputs());
  INFO(result.out);
  REQUIRE(result.status == 0);
  auto outputs = world->outputs();
  CHECK(outputs.at("result") == "success");
  CHECK(outputs.at("chart-count") == "2");
  auto const tags = json_of(outputs.at("tags")).as_array();
  REQUIRE(tags.size() == 2);
  CHECK(tags[0].at("tag").as_string() == "gateway-v1.1.0");
  CHECK(tags[0].at("status").as_string() == "created");
  CHECK(tags[1].at("passed-over").to_number<int>() == 1);
  auto const lineage = acr::git::parse_annotation(std::string(tags[0].at("message").as_string()));
  CHECK(lineage.entries == std::vector<acr::git::LineageItem>{{"lint", std::to_string(id), tagging.digests.at("gateway")}});
  CHECK(lineage.commit == tagging.head);
  CHECK(world->summary().find("gateway-v1.1.0") != std::string::npos);
  CHECK(world->summary().find("A pull request to the release branch releases what is tagged.") != std::string::npos);
  CHECK(world->github().violations().empty());

  // Once more: nothing is missing.
  world->github().forget_log();
  auto const again = world->run(tagging.inputs());
  INFO(again.out);
  CHECK(again.status == 0);
  CHECK(world->outputs().at("result") == "no-charts");
  CHECK(world->outputs().at("tags") == "[]");
  CHECK(world->github().count("api", "POST ") == 0);
  CHECK(world->github().count("api", "/attestations/") == 0);

  // The release reads what was written.
  auto const released = world->run({{"signer-workflows", signer}});
  INFO(released.out);
  CHECK(released.status == 0);
  CHECK(world->outputs().at("result") == "success");
  CHECK(world->outputs().at("verified-count") == "2");
}

// README's set-up: the called workflow signs, everything is bound to the content, and the check is demanded by type and signer.
std::map<std::string, std::string> strict(std::string const& check_workflow) {
  return {{"signer-workflows", check_workflow},
          {"subject-binding", "require"},
          {"deny-self-hosted", "true"},
          {"required-attestations", "lint " + std::string(test_result) + " " + check_workflow}};
}

// What a stage has asked of the API, as its log says.
std::size_t requests_of(acr::test::ProgramResult const& stage) {
  static constexpr std::string_view label = "API requests: ";
  auto const at = stage.out.find(label);
  if (at == std::string::npos) throw std::runtime_error("the stage does not say what it asked:\n" + stage.out);
  return acr::to_number(std::string_view(stage.out).substr(at + label.size(), stage.out.find('\n', at) - at - label.size()))
      .value();
}

TEST_CASE(
    "thirty charts go from the check to the publication, twice, with nothing handed on but what is signed (B-13 … B-16, B-4, B-8)",
    "[scenario]") {
  std::string const called = "org/atomic-chart-release/.github/workflows/check-charts.yaml@refs/tags/v1";
  Tagging tagging(30);
  for (auto const& [chart, digest] : tagging.digests)
    tagging.attest(chart, "lint", passed, ".github/workflows/ci.yaml", "https://github.com/" + called);
  acr::test::Sequence line(tagging.folder, tagging.signing, tagging.world());
  auto& world = *line.world;
  std::map<std::string, std::size_t> requests;
  auto const stage = [&](std::string const& name, acr::test::ProgramResult const& result) {
    INFO(name << ":\n" << result.out);
    REQUIRE(result.status == 0);
    requests[name] = requests_of(result);
  };

  json::array tags;
  std::string manifest_digest, map;
  for (bool const again : {false, true}) {
    CAPTURE(again);
    stage("changed", world.run({{"command", "changed"}, {"GITHUB_EVENT_NAME", "push"}, {"GITHUB_SHA", tagging.head}}));
    CHECK(world.outputs().at("chart-count") == "30");
    stage("tags", world.run(tagging.inputs({{"signer-workflows", called}, {"deny-self-hosted", "true"}})));
    CHECK(world.outputs().at("result") == (again ? "no-charts" : "success"));
    if (!again) tags = json_of(world.outputs().at("tags")).as_array();

    auto const gate = world.run(strict(called));
    stage("run", gate);
    CHECK(world.outputs().at("chart-count") == "30");
    CHECK(world.outputs().at("verified-count") == "30");
    CHECK(gate.out.find("subject-unbound") == std::string::npos);
    CHECK(gate.out.find("bound by source") != std::string::npos);
    CHECK((!again || world.outputs().at("manifest-digest") == manifest_digest));
    manifest_digest = world.outputs().at("manifest-digest");

    auto const builder = acr::test::Sequence::shipped();
    stage("finalize", line.finalize(acr::test::ids_and_bundles(line.attest_packages(builder), line.attest_report(builder))));
    stage("finalize overall",
          line.finalize({{"overall-attestation-id", "88003"}, {"bundle-paths", line.attest_manifest(builder)}}));
    CHECK((!again || world.outputs().at("attestation-map") == map));
    map = world.outputs().at("attestation-map");

    // The pull request is merged.
    auto const temp = fs::path(world.environment.at("RUNNER_TEMP"));
    auto const github = text_of(line.folder / "github.json");
    acr::test::Publishing publishing(line, {text_of(temp / "packages/attestation.json")},
                                     {text_of(temp / "overall/attestation.json")});
    acr::write_file(line.folder / "github.json", github);
    for (auto const& tag : tags)
      publishing.world->github().github().put_tag(std::string(tag.at("tag").as_string()), tagging.head,
                                                  std::string(tag.at("message").as_string()));
    stage("verify-package", publishing.step(strict(called)));
    CHECK(publishing.world->outputs().at("chart-count") == "30");
    stage("verify-package again", publishing.step(strict(called)));
    CHECK(publishing.world->github().violations().empty());

    CHECK(requests.at("changed") == 0);
    for (auto const* asking : {"tags", "run", "finalize", "verify-package"}) CHECK(requests.at(asking) > 0);
  }
  CHECK(world.github().violations().empty());
}

TEST_CASE("under the strict set-up nothing but a true check of this content lets a chart through (B-4 … B-8)", "[scenario]") {
  std::string const called = "org/atomic-chart-release/.github/workflows/check-charts.yaml@refs/tags/v1",
                    san = "https://github.com/" + called;
  Tagging tagging;
  auto const good = tagging.attest("ledger", "lint", passed, ".github/workflows/ci.yaml", san);
  std::string const web = tagging.digests.at("gateway"), other = tagging.digests.at("ledger");
  struct Row {
    char const* what;
    std::string san, predicate, line, code;
  };
  auto const row = one_of<Row>({
      {"the check passed", san, passed, "- lint: ID " + web, ""},
      {"an id alone", san, passed, "- lint: ID", ""},
      {"the check failed", san, R"({"result":"FAILED"})", "- lint: ID " + web, "check-failed"},
      {"a workflow of a branch", "https://github.com/acme/helm-charts/.github/workflows/check-charts.yaml@refs/heads/mine",
       passed, "- lint: ID " + web, "identity"},
      {"the called file on a branch",
       "https://github.com/org/atomic-chart-release/.github/workflows/check-charts.yaml@refs/heads/main", passed,
       "- lint: ID " + web, "identity"},
      {"the called file at a pull request",
       "https://github.com/org/atomic-chart-release/.github/workflows/check-charts.yaml@refs/pull/7/merge", passed,
       "- lint: ID " + web, "identity"},
      {"the called file at a commit nobody listed",
       "https://github.com/org/atomic-chart-release/.github/workflows/check-charts.yaml@" + std::string(40, 'a'), passed,
       "- lint: ID " + web, "identity"},
      {"another key", san, passed, "- scan: ID " + web, "attestation-required"},
      {"a check of another chart", san, passed, "- lint: " + std::to_string(good) + " " + other, "subject-unbound"},
      {"no attestations", san, passed, "- No attestation data available", "missing-lineage"},
  });
  CAPTURE(row.what);
  auto const id = tagging.attest("gateway", "lint", row.predicate, ".github/workflows/ci.yaml", row.san);
  auto const world = tagging.world();
  auto line = row.line;
  if (auto const at = line.find("ID"); at != std::string::npos) line.replace(at, 2, std::to_string(id));
  world->github().github().put_tag("gateway-v1.1.0", tagging.head,
                                   "Release: gateway v1.1.0\n\nAttestation Lineage:\n" + line + "\n");
  world->github().github().put_tag(
      "ledger-v1.1.0", tagging.head,
      "Release: ledger v1.1.0\n\nAttestation Lineage:\n- lint: " + std::to_string(good) + " " + other + "\n");
  auto const result = world->run(strict(called));
  INFO(result.out);
  CHECK(result.status == (row.code.empty() ? 0 : 1));
  CHECK(world->outputs().at("reason") == row.code);
}

TEST_CASE("without push the tags are only listed, on any event", "[scenario]") {
  Tagging tagging;
  tagging.attest_all("lint");
  auto const world = tagging.world();
  auto const result = world->run(
      tagging.inputs({{"push", "false"}, {"GITHUB_REF", "refs/pull/42/merge"}, {"GITHUB_EVENT_NAME", "pull_request"}}));
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(world->github().count("api", "POST /repos") == 0);
  CHECK(json_of(world->outputs().at("tags")).as_array()[0].at("status").as_string() == "missing");

  auto const elsewhere = world->run(tagging.inputs({{"GITHUB_REF", "refs/heads/feature"}}));
  CHECK(elsewhere.status == 1);
  CHECK(world->outputs().at("reason") == "wrong-branch");
  CHECK(world->github().count("api", "POST /repos") == 0);
}

TEST_CASE("a failed check, or none, leaves its chart untagged and tags the others", "[scenario]") {
  Tagging tagging;
  tagging.attest("gateway", "lint");
  std::string reason = "unattested";
  SECTION("none") {}
  SECTION("failed") {
    tagging.attest("ledger", "lint", R"({"result":"FAILED","configuration":[]})");
    reason = "check-failed";
  }
  auto const world = tagging.world();
  auto const result = world->run(tagging.inputs());
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(world->outputs().at("result") == "partial");
  CHECK(world->outputs().at("reason") == reason);
  auto const tags = json_of(world->outputs().at("tags")).as_array();
  CHECK(tags[0].at("status").as_string() == "created");
  CHECK(tags[1].at("status").as_string() == "refused");
  CHECK(world->github().count("api", "POST /repos/acme/helm-charts/git/refs") == 1);

  auto const flagged = world->run(tagging.inputs({{"verify-policy", "flag"}, {"no-attestations", "declare"}}));
  INFO(flagged.out);
  CHECK(flagged.status == (reason == "unattested" ? 0 : 1));
  CHECK(world->outputs().at("result") == (reason == "unattested" ? "success" : "failed"));
}

TEST_CASE("a tag of the checkout is not believed (B-24)", "[scenario]") {
  Tagging tagging(1);
  tagging.attest_all("lint");
  auto const world = tagging.world();
  git(world->workspace(), {"update-ref", "refs/tags/service-001-v1.1.0", tagging.head});
  auto const result = world->run(tagging.inputs());
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(json_of(world->outputs().at("tags")).as_array()[0].at("status").as_string() == "created");
}

TEST_CASE("tags needs its signers, the server and a token that may write", "[scenario]") {
  Tagging tagging(1);
  tagging.attest_all("lint");
  struct Row {
    std::string input, value;
    int status;
    std::string reason;
  };
  auto const row =
      one_of<Row>({{"signer-workflows", "", 2, "bad-input"},
                   {"signer-workflows", "acme/helm-charts/.github/workflows/c.yaml@refs/pull/42/merge", 2, "bad-input"},
                   {"object-source", "local", 2, "bad-input"},
                   {"charts-dir", "chart", 2, "charts-dir-missing"},
                   {"no-attestations", "yes", 2, "bad-input"},
                   {"push", "true", 1, "tag-forbidden"}});
  CAPTURE(row.input, row.value);
  auto const world = tagging.world(Checkout::full, [](auto& settings) { settings.github.read_only_token = true; });
  auto const result = world->run(tagging.inputs({{row.input, row.value}}));
  INFO(result.out);
  CHECK(result.status == row.status);
  CHECK(world->outputs().at("reason") == row.reason);
  CHECK(world->github().count("api", "/git/refs") == 0);
}

TEST_CASE("an answer that is lost on its way does not make a tag twice or none", "[scenario]") {
  Tagging tagging(1);
  tagging.attest_all("lint");
  auto const world = tagging.world();
  world->github().add_fault({.kind = "reset", .where = "POST /repos/acme/helm-charts/git/refs"});
  auto const lost = world->run(tagging.inputs());
  INFO(lost.out);
  CHECK(lost.status == 3);  // the stand-in's fault comes before anything is written
  CHECK(world->outputs().at("reason") == "unreachable");
  CHECK(lost.out.find("::error title=Refused::unreachable: run: ") != std::string::npos);
  auto const again = world->run(tagging.inputs());
  INFO(again.out);
  CHECK(again.status == 0);
  CHECK(world->outputs().at("result") == "success");
}

TEST_CASE("thirty charts are listed in one request and tagged, and a second run does nothing", "[scenario]") {
  Tagging tagging(30);
  tagging.attest_all("lint");
  auto const world = tagging.world();
  auto const result = world->run(tagging.inputs());
  INFO(result.out);
  CHECK(result.status == 0);
  CHECK(world->outputs().at("chart-count") == "30");
  CHECK(world->github().count("api", "/attestations/") == 1);
  CHECK(world->github().count("api", "POST /repos/acme/helm-charts/git/refs") == 30);
  CHECK(world->run(tagging.inputs()).status == 0);
  CHECK(world->outputs().at("result") == "no-charts");
  CHECK(world->github().count("api", "POST /repos/acme/helm-charts/git/refs") == 30);
}

// --- on a terminal ---------------------------------------------------------------------------------------------------

struct Terminal {
  Tagging& tagging;
  std::unique_ptr<ReleaseWorld> world;
  fs::path const remote;

  explicit Terminal(Tagging& tags) : tagging(tags), world(tags.world()), remote(tags.directory.path() / "remote.git") {
    git("/", {"clone", "--quiet", "--bare", (tagging.folder / "repo.bundle").string(), remote.string()});
    for (auto const& [chart, digest] : tagging.digests) git(remote, {"update-ref", "-d", "refs/tags/" + chart + "-v1.1.0"});
    git(world->workspace(), {"remote", "set-url", "origin", remote.string()});
    git(world->workspace(), {"config", "user.name", "someone"});
    git(world->workspace(), {"config", "user.email", "someone@acme.example"});
    git(world->workspace(), {"symbolic-ref", "HEAD", "refs/heads/main"});
  }
  acr::test::ProgramResult say(std::vector<std::string> more = {}, std::string const& signers = signer) const {
    std::vector<std::string> words{"tag",       "--missing",          "--repository", "acme/helm-charts", "--repository-id",
                                   "500000001", "--signer-workflows", signers,        "--trusted-root",   "trusted_root.json"};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(acr::test::built_program(),
                       {{"PATH", std::getenv("PATH")},
                        {"HOME", "/nonexistent"},
                        {"GH_TOKEN", "the-secret-token-of-the-test"},
                        {"GITHUB_API_URL", world->environment.at("GITHUB_API_URL")}},
                       words, world->workspace());
  }
};

TEST_CASE("tag --missing lists what is missing, and --push makes and pushes it with git", "[scenario]") {
  Tagging tagging;
  auto const id = tagging.attest("gateway", "lint");
  tagging.attest("ledger", "lint");
  Terminal const terminal(tagging);
  auto const listed = terminal.say();
  INFO(listed.out << listed.err);
  CHECK(listed.status == 0);
  CHECK(listed.out == "gateway-v1.1.0  missing  lint: " + std::to_string(id) +
                          "\nledger-v1.1.0  missing  lint: " + std::to_string(id + 1) + "\n");
  CHECK(git(terminal.remote, {"tag"}).empty());

  auto const pushed = terminal.say({"--push", "--json"});
  INFO(pushed.out << pushed.err);
  REQUIRE(pushed.status == 0);
  auto const tags = json_of(pushed.out).as_array();
  CHECK(tags[0].at("status").as_string() == "created");
  CHECK(git(terminal.remote, {"tag"}) == "gateway-v1.1.0\nledger-v1.1.0\n");
  CHECK(git(terminal.remote, {"cat-file", "tag", "gateway-v1.1.0"}).find(std::string(tags[0].at("message").as_string())) !=
        std::string::npos);
  CHECK(git(terminal.remote, {"rev-parse", "gateway-v1.1.0^{commit}"}) == tagging.head + "\n");
  CHECK(terminal.world->github().count("api", "POST /repos") == 0);

  // The stand-in's GitHub has no tags still: the clone's own are taken up again, and pushing them changes nothing.
  auto const again = terminal.say({"--push"});
  INFO(again.out << again.err);
  CHECK(again.status == 0);
  CHECK(again.out.find("gateway-v1.1.0  created") != std::string::npos);
}

TEST_CASE("tag --push refuses what git refuses, and a tag of the clone that says something else", "[scenario]") {
  Tagging tagging;
  tagging.attest_all("lint");
  Terminal const terminal(tagging);
  std::string code, why;
  SECTION("another tag in the clone") {
    git(terminal.world->workspace(), {"tag", "--annotate", "--message", "mine", "gateway-v1.1.0", tagging.head});
    code = "tag-in-clone";
  }
  SECTION("a lightweight one") {
    git(terminal.world->workspace(), {"tag", "gateway-v1.1.0", tagging.head});
    code = "tag-in-clone";
  }
  SECTION("a tag that another git is writing") {
    acr::write_file(terminal.world->workspace() / ".git/refs/tags/gateway-v1.1.0.lock", "");
    code = "git-failed", why = "git could not make the tag";
  }
  SECTION("a remote that has the tag") {
    git(terminal.remote, {"update-ref", "refs/tags/gateway-v1.1.0", tagging.head});
    code = "git-failed", why = "git could not push the tag";
  }
  auto const said = terminal.say({"--push"});
  INFO(said.out << said.err);
  CHECK(said.status == 1);
  CHECK(said.err.find("refused: " + code + ": tag gateway-v1.1.0") != std::string::npos);
  CHECK(said.err.find(why) != std::string::npos);
  CHECK(said.out == "ledger-v1.1.0  created  lint: " + std::to_string(tagging.next_id - 1) + "\n");
  CHECK(git(terminal.remote, {"tag", "--list", "ledger*"}) == "ledger-v1.1.0\n");
}

TEST_CASE("tag --missing without attestations, without signers, without git", "[scenario]") {
  Tagging tagging(1);
  Terminal const terminal(tagging);
  auto const none = terminal.say();
  CHECK(none.status == 1);
  CHECK(none.err.find("refused: unattested: charts/service-001") != std::string::npos);
  auto const declared = terminal.say({"--no-attestations", "--json"});
  CHECK(declared.status == 0);
  CHECK(declared.out.find("No attestation data available") != std::string::npos);
  CHECK(terminal.say({}, "acme/helm-charts/.github/workflows/c.yaml@refs/pull/42/merge").status == 2);
  CHECK(terminal.say({}, "").status == 2);
  CHECK(terminal.say({"--object-source", "local"}).status == 2);
  CHECK(terminal.say({"--ref", "nowhere"}).status == 2);
  CHECK(terminal.say({"--charts-dir", "chart"}).err.find("charts-dir-missing") != std::string::npos);
  CHECK(terminal.say({"--ref", "main", "--no-attestations"}).status == 0);
  auto const start = [&](std::vector<std::string> const& words, std::string const& path) {
    return run_program(acr::test::built_program(),
                       {{"PATH", path}, {"GITHUB_API_URL", terminal.world->environment.at("GITHUB_API_URL")}}, words,
                       terminal.world->workspace());
  };
  CHECK(start({"tag"}, "/usr/bin").status == 2);
  CHECK(start({"tag", "--missing", "--signer-workflows", signer}, "/usr/bin").status == 2);
  auto const without_git =
      start({"tag", "--missing", "--push", "--no-attestations", "--repository", "acme/helm-charts", "--repository-id",
             "500000001", "--signer-workflows", signer, "--trusted-root", "trusted_root.json"},
            "/nonexistent");
  INFO(without_git.err);
  CHECK(without_git.status == 2);
  CHECK(without_git.err.find("no-git") != std::string::npos);
  git(terminal.world->workspace(), {"symbolic-ref", "HEAD", "refs/heads/nothing"});
  CHECK(terminal.say().err.find("unknown-commit") != std::string::npos);
}

}  // namespace
}  // namespace tags_test
