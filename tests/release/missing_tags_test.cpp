// Charts whose tags are missing, in memory (B-14): one that is tagged, and each reason why an attestation does not count or a
// chart is not tagged. Beside every row stands the control: the same chart with a good attestation.
#include "release/missing_tags.hpp"

#include "chart/source_list.hpp"
#include "git/tag_annotation.hpp"
#include "memory/tree.hpp"
#include "release/pipeline_world.hpp"
#include "release/tags_report.hpp"
#include "support/catch2.hpp"

namespace missing_tags_test {
namespace {

using namespace acr;
using namespace acr::test;
using release::TagStatus;

constexpr auto test_result = "https://in-toto.io/attestation/test-result/v0.1";
constexpr auto passed = R"({"result":"PASSED","configuration":[]})";
constexpr auto failed = R"({"result":"FAILED","configuration":[]})";
std::string const signer = "acme/helm-charts/.github/workflows/check-charts.yaml@refs/heads/main";

// The check of a push to main.
signing::Attest check(std::string const& key, std::string const& predicate = passed) {
  signing::Attest request;
  request.subject_name = key;
  request.predicate_type = test_result;
  request.predicate = predicate;
  request.workflow = ".github/workflows/check-charts.yaml";
  request.ref = "refs/heads/main";
  return request;
}

struct TagsWorld {
  Files files = chart_files("web", "1.1.0");
  std::vector<std::string> tags{};  ///< that the server has
  std::map<std::string, std::string> inputs{{"signer-workflows", signer}, {"max-parallel", "1"}, {"tag-wait", "0"}};
  ListedBySubject listed{};
  bool endless = false;  ///< listings have no end
  bool forget_commit = false;
  git::MemoryObjects objects{};
  git::ObjectId commit;
  RunClock clock{std::chrono::seconds(600)};
  std::vector<std::string> asked{};
  RunClock::Clock::time_point now = RunClock::Clock::now();  ///< moved by waits and by `meanwhile`
  std::vector<std::int64_t> pauses{};                        ///< seconds
  std::function<void(std::size_t pauses)> meanwhile{};
  std::vector<std::string> said{};

  [[nodiscard]] std::string digest(std::string const& chart = "web") const {
    chart::MemoryTree tree;
    for (auto const& [path, bytes] : files) tree.file(path, bytes);
    return chart::source_digest(tree, "charts/" + chart).value();
  }

  void attest(std::string const& id, signing::Attest request, std::string const& chart = "web") {
    request.subject_sha256 = digest(chart).substr(7);
    listed[digest(chart)].push_back({id, signing_world().attest(request)});
  }

  Verdict<release::MissingTags> look() {
    commit = objects.add_commit(objects.add_files(files), {}, 1'790'000'000);
    for (auto const& tag : tags) objects.set_ref("refs/tags/" + tag, commit);
    if (forget_commit) objects.forget(commit);
    release::RunSettings settings;
    settings.repository.full_name = "acme/helm-charts";
    settings.repository.id = "500000001";
    settings.repository.owner_id = "9001";
    auto reading = event::read_inputs(event::from_map(inputs), "/workspace", event::TokenRule::optional);
    for (auto const& mistake : reading.mistakes) throw std::logic_error(mistake.sentence());
    settings.inputs = std::move(reading.inputs);
    settings.lists = release::read_lists(settings.inputs, settings.repository.server_url).lists;
    ScriptedGithub github([this](net::Request const& request) { return answer(request); });
    github::Attestations attestations(github.api);
    auto found =
        release::missing_tags(commit, settings,
                              {objects,
                               attestations,
                               signing_verifier(),
                               clock,
                               [this](std::string const& line) { said.push_back(line); },
                               {.now = [this] { return now; },
                                .sleep =
                                    [this](RunClock::Clock::duration pause) {
                                      now += pause;
                                      pauses.push_back(std::chrono::duration_cast<std::chrono::seconds>(pause).count());
                                      if (meanwhile) meanwhile(pauses.size());
                                    }}});
    asked = github.asked();
    return found;
  }

  release::MissingTag only() {
    auto found = look().value();
    if (found.charts.size() != 1) throw std::logic_error("not one chart");
    return found.charts.front();
  }

 private:
  std::size_t page = 0;
  net::Reply answer(net::Request const& request) {
    net::Headers headers;
    if (endless)
      headers.add("Link", "<https://api.github.com" + request.url.path + "?per_page=100&after=" + std::to_string(++page) +
                              ">; rel=\"next\"");
    return listing_answer(listed, request, headers);
  }
};

Findings refusals(release::MissingTag const& chart) { return findings_of(chart.refusals); }

TEST_CASE("a missing tag lists the attestations of the chart's content by the names of their subjects", "[tags]") {
  TagsWorld world;
  world.attest("1001", check("lint"));
  world.attest("1000", check("a/scan"));
  auto const chart = world.only();
  CHECK(refusals(chart).empty());
  CHECK(chart.status == TagStatus::missing);
  CHECK(chart.tag == "web-v1.1.0");
  CHECK(chart.source_digest == world.digest());
  CHECK(chart.passed_over_count() == 0);
  REQUIRE(chart.attestations.size() == 2);
  CHECK(chart.attestations[1].signer == "https://github.com/" + signer);
  CHECK(chart.attestations[1].predicate_type == test_result);
  auto const read = git::parse_annotation(chart.message);
  CHECK(read.status == git::Lineage::Status::ok);
  CHECK(read.entries == std::vector<git::LineageItem>{{"a/scan", "1000", world.digest()}, {"lint", "1001", world.digest()}});
  CHECK(read.release == git::ReleaseLine{"web", "1.1.0"});
  CHECK(read.commit == world.commit);
  CHECK(read.warnings.empty());
}

TEST_CASE("a tag that exists is left alone, whatever it is, and nothing is asked about it", "[tags]") {
  TagsWorld world;
  world.tags = {"web-v1.1.0"};
  auto const found = world.look().value();
  CHECK(found.charts.empty());
  CHECK(found.present == 1);
  CHECK(world.asked.empty());
  CHECK(release::result_of(found) == report::Result::no_charts);
  CHECK(release::reason_of(found).empty());
  CHECK(release::tags_status(found, event::VerifyPolicy::block) == ExitStatus::done);
}

TEST_CASE("an attestation that does not count is passed over with its reason, and it neither makes a tag nor hinders one",
          "[tags]") {
  TagsWorld world;
  auto const digest = world.digest();
  std::string reason;
  auto request = check("lint");
  SECTION("another workflow") {
    request.workflow = ".github/workflows/mine.yaml";
    world.attest("900", request);
    reason = "identity";
  }
  SECTION("the right workflow on another branch") {
    request.ref = "refs/heads/feature";
    world.attest("900", request);
    reason = "identity";
  }
  SECTION("another repository") {
    request.repository_id = "7";
    world.attest("900", request);
    reason = "identity";
  }
  SECTION("another signature") {
    request.signature = [](std::string& signature) { signature.back() = static_cast<char>(signature.back() ^ 1); };
    world.attest("900", request);
    reason = "signature";
  }
  SECTION("a name that is not a key") {
    world.attest("900", check("two words"));
    reason = "attestation-without-key";
  }
  SECTION("no name") {
    world.attest("900", check(""));
    reason = "attestation-without-key";
  }
  SECTION("two names for the same content") {
    request.statement = R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"lint","digest":{"sha256":")" +
                        digest.substr(7) + R"("}},{"name":"scan","digest":{"sha256":")" + digest.substr(7) +
                        R"("}}],"predicateType":"https://x.example/p","predicate":{}})";
    world.attest("900", request);
    reason = "attestation-without-key";
  }
  SECTION("no id") {
    world.attest("", request);
    reason = "attestation-without-id";
  }
  SECTION("neither bundle nor link") {
    world.listed[digest].push_back({"", ""});
    reason = "attestation-broken";
  }
  SECTION("storage has something else") {
    world.listed[digest].push_back({"900", "\xff\xff\xff", 200});
    reason = "bundle-unreadable";
  }
  auto const alone = world.only();
  CHECK(alone.passed_over == std::map<acr::Code, std::size_t>{{acr::Code::parse(reason).value(), 1}});
  CHECK(refusals(alone) == Findings{"unattested @ charts/web"});
  CHECK(alone.refusals.front().found_value.find("1 " + reason) != std::string::npos);
  CHECK(alone.status == TagStatus::refused);
  CHECK(alone.message.empty());

  world.attest("1001", check("lint"));
  auto const beside = world.only();
  CHECK(refusals(beside).empty());
  CHECK(beside.passed_over_count() == 1);
  REQUIRE(beside.attestations.size() == 1);
  CHECK(beside.attestations.front().id == "1001");
}

TEST_CASE("one name twice for the same content is one name", "[tags]") {
  TagsWorld world;
  auto request = check("lint");
  auto const subject = R"({"name":"lint","digest":{"sha256":")" + world.digest().substr(7) + R"("}})";
  request.statement = R"({"_type":"https://in-toto.io/Statement/v1","subject":[)" + subject +
                      R"(,{"name":"other","digest":{"sha256":")" + std::string(64, 'a') + R"("}},)" + subject +
                      R"(],"predicateType":"https://x.example/p","predicate":{}})";
  world.attest("1001", request);
  auto const chart = world.only();
  REQUIRE(chart.attestations.size() == 1);
  CHECK(chart.attestations.front().key == "lint");
}

TEST_CASE("of one key and predicate type the newest decides, and of the same time the one that failed (B-9)", "[tags]") {
  struct Row {
    std::int64_t passed_at, failed_at;
    bool failed_listed_first;
    bool tagged;
  };
  auto const row = one_of<Row>({{60, 0, false, true},
                                {60, 0, true, true},
                                {0, 60, false, false},
                                {0, 60, true, false},
                                {0, 0, false, false},
                                {0, 0, true, false}});
  CAPTURE(row.passed_at, row.failed_at, row.failed_listed_first);
  TagsWorld world;
  auto const attest = [&](std::string const& id, char const* predicate, std::int64_t at) {
    auto request = check("lint", predicate);
    request.time = signing_world().options().now + at;
    world.attest(id, request);
  };
  if (row.failed_listed_first) attest("1", failed, row.failed_at);
  attest("2", passed, row.passed_at);
  if (!row.failed_listed_first) attest("1", failed, row.failed_at);
  auto const chart = world.only();
  CHECK(chart.passed_over_count() == 0);
  if (row.tagged) {
    CHECK(refusals(chart).empty());
    CHECK(chart.attestations.front().id == "2");
  } else {
    CHECK(refusals(chart) == Findings{"check-failed @ attestation lint (id 1): predicate.result"});
    CHECK(chart.message.empty());
  }
}

TEST_CASE("a failed check under another key stops the tag, too, and one with warnings is reported", "[tags]") {
  TagsWorld world;
  world.attest("1", check("lint"));
  SECTION("failed") {
    world.attest("2", check("scan", failed));
    auto const chart = world.only();
    CHECK(refusals(chart) == Findings{"check-failed @ attestation scan (id 2): predicate.result"});
  }
  SECTION("with warnings") {
    world.attest("2", check("scan", R"({"result":"WARNED","configuration":[]})"));
    auto const chart = world.only();
    CHECK(refusals(chart).empty());
    CHECK(findings_of(chart.warnings) == Findings{"check-warned @ attestation scan (id 2)"});
    CHECK(chart.attestations.size() == 2);
  }
}

TEST_CASE("two kinds of attestation under one key are ambiguous, unless only one kind counts (A-94)", "[tags]") {
  TagsWorld world;
  world.attest("1", check("lint"));
  auto other = check("lint", "{}");
  other.predicate_type = "https://slsa.dev/provenance/v1";
  world.attest("2", other);
  CHECK(refusals(world.only()) == Findings{"key-ambiguous @ attestation lint (id 2)"});
  world.inputs["predicate-types"] = test_result;
  auto const chart = world.only();
  CHECK(refusals(chart).empty());
  CHECK(chart.attestations.front().id == "1");
  CHECK(chart.passed_over_count() == 1);
}

TEST_CASE("more attestations than an annotation may list are refused, not cut (A-94)", "[tags]") {
  TagsWorld world;
  std::size_t const most = 512;
  for (std::size_t i = 0; i <= most; ++i) world.attest(std::to_string(i + 1), check("check-" + std::to_string(i)));
  auto const chart = world.only();
  CHECK(refusals(chart) == Findings{"annotation @ tag web-v1.1.0: annotation"});
  CHECK(chart.status == TagStatus::refused);
}

TEST_CASE("a listing without an end is no part of the truth (G-31), and a bundle that is gone may have said no", "[tags]") {
  TagsWorld world;
  world.attest("1001", check("lint"));
  CHECK(refusals(world.only()).empty());
  SECTION("too many pages") {
    world.endless = true;
    CHECK(refusals(world.only()) == Findings{"listing-too-long @ charts/web"});
  }
  SECTION("a dead link") {
    world.listed[world.digest()].push_back({"900", "x", 404});
    CHECK(refusals(world.only()) == Findings{"bundle-unavailable @ attestation 900 of " + world.digest()});
  }
}

TEST_CASE("the certificate's commit counts when it is asked for (source-digest: tag-commit)", "[tags]") {
  TagsWorld world;
  world.attest("1001", check("lint"));
  world.inputs["source-digest"] = "tag-commit";
  CHECK(refusals(world.only()) == Findings{"unattested @ charts/web"});
  auto request = check("lint");
  request.commit = world.commit;
  world.attest("1002", request);
  auto const chart = world.only();
  CHECK(refusals(chart).empty());
  CHECK(chart.attestations.front().id == "1002");
}

TEST_CASE("a chart without attestations is tagged only when that is declared", "[tags]") {
  TagsWorld world;
  auto const refused = world.look().value();
  CHECK(refusals(refused.charts.front()) == Findings{"unattested @ charts/web"});
  CHECK(refused.charts.front().refusals.front().found_value == "no attestation is listed");
  CHECK(release::result_of(refused) == report::Result::failed);
  CHECK(release::reason_of(refused) == "unattested");
  world.inputs["no-attestations"] = "declare";
  auto const chart = world.only();
  CHECK(refusals(chart).empty());
  CHECK(chart.status == TagStatus::missing);
  CHECK(git::parse_annotation(chart.message).status == git::Lineage::Status::none);
}

TEST_CASE("an attestation that is listed late is waited for, as long as tag-wait says", "[tags]") {
  TagsWorld world;
  world.files = world.files + chart_files("api", "1.0.0");
  world.attest("1", check("lint"), "api");
  world.inputs["tag-wait"] = "40";
  SECTION("it comes") {
    world.meanwhile = [&](std::size_t pauses) {
      if (pauses == 2) world.attest("2", check("lint"));
    };
    auto const found = world.look().value();
    CHECK(release::result_of(found) == report::Result::success);
    CHECK(world.pauses == std::vector<std::int64_t>{5, 10});
    CHECK(world.said == std::vector<std::string>(2, "waiting for attestations of 1 chart to be listed"));
  }
  SECTION("it does not") {
    auto const found = world.look().value();
    CHECK(release::result_of(found) == report::Result::partial);
    CHECK(world.pauses == std::vector<std::int64_t>{5, 10, 20, 5});
  }
  SECTION("the time that listing takes counts") {
    world.meanwhile = [&](std::size_t) { world.now += std::chrono::seconds(10); };
    CHECK(release::result_of(world.look().value()) == report::Result::partial);
    CHECK(world.pauses == std::vector<std::int64_t>{5, 10, 5});
  }
}

TEST_CASE("a line of required-attestations that is not fulfilled keeps the tag from being made, declared or not (B-8)",
          "[tags]") {
  TagsWorld world;
  world.inputs["required-attestations"] = "lint " + std::string(test_result) + " " + signer + "\nscan";
  world.attest("1", check("lint"));
  CHECK(refusals(world.only()) == Findings{"attestation-required @ tag web-v1.1.0"});
  world.attest("2", check("scan"));
  CHECK(refusals(world.only()).empty());
  SECTION("another kind under the key") { world.inputs["required-attestations"] = "lint https://slsa.dev/provenance/v1"; }
  SECTION("nothing at all, declared") {
    world.listed.clear();
    world.inputs["no-attestations"] = "declare";
    world.inputs["required-attestations"] = "lint";
  }
  auto const chart = world.only();
  CHECK(refusals(chart) == Findings{"attestation-required @ tag web-v1.1.0"});
  CHECK(chart.status == TagStatus::refused);
  CHECK(chart.message.empty());
}

TEST_CASE("charts that cannot be tagged do not hinder the others", "[tags]") {
  TagsWorld world;
  world.files = world.files + chart_files("api", "1.0.0");
  std::string name = "bad", code = "chart-yaml";
  SECTION("it cannot be read") { world.files["charts/bad/Chart.yaml"] = "name: [\n"; }
  SECTION("a pointer of Git LFS has no content") {
    world.files["charts/bad/Chart.yaml"] = chart_yaml("bad", "1.0.0");
    world.files["charts/bad/a.bin"] =
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, 'a') + "\nsize 12345\n";
    code = "chart-unreadable";
  }
  SECTION("git accepts no such tag") {
    world.files["charts/bad/Chart.yaml"] = chart_yaml("b..d", "1.0.0");
    name = "b..d", code = "tag-name-unusable";
  }
  world.attest("1", check("lint"));
  world.attest("2", check("lint"), "api");
  auto const found = world.look().value();
  REQUIRE(found.charts.size() == 3);
  auto const& bad = found.charts[1];
  CHECK(bad.name == name);
  REQUIRE(bad.refusals.size() == 1);
  CHECK(bad.refusals.front().code == code);
  CHECK(bad.refusals.front().where.rfind("charts/bad", 0) == 0);
  CHECK(found.charts[0].status == TagStatus::missing);
  CHECK(found.charts[2].status == TagStatus::missing);
  CHECK(release::result_of(found) == report::Result::partial);
  CHECK(release::tags_status(found, event::VerifyPolicy::block) == ExitStatus::refused);
  CHECK(release::tags_status(found, event::VerifyPolicy::flag) == ExitStatus::done);

  world.inputs["exclude-charts"] = "charts/bad";
  auto const without = world.look().value();
  CHECK(release::result_of(without) == report::Result::success);
  CHECK(without.skipped.size() == 1);
}

TEST_CASE("two charts that would have one tag are refused, both (B-23)", "[tags]") {
  TagsWorld world;
  world.files = chart_files("app", "1-2.0.0") + chart_files("app-1", "2.0.0");
  for (auto const* chart : {"app", "app-1"}) world.attest(chart == std::string("app") ? "1" : "2", check("lint"), chart);
  world.inputs["tag-format"] = "{name}-{version}";
  auto const found = world.look().value();
  REQUIRE(found.charts.size() == 2);
  for (auto const& chart : found.charts) CHECK(refusals(chart) == Findings{"tag-shared @ " + chart.path});
  world.inputs["tag-format"] = "{name}-v{version}";
  CHECK(release::result_of(world.look().value()) == report::Result::success);
}

TEST_CASE("charts-dir is judged as a release judges it (B-18), and the commit must be there", "[tags]") {
  TagsWorld world;
  world.inputs["charts-dir"] = "chart";
  auto const found = world.look();
  REQUIRE(found.has_error());
  CHECK(found.error().code == "charts-dir-missing");
  world.inputs.erase("charts-dir");
  CHECK(world.look().has_value());
  world.forget_commit = true;
  CHECK_THROWS_AS(world.look(), BadEnvironment);
}

TEST_CASE("everybody's branch as a signer is warned of", "[tags]") {
  TagsWorld world;
  world.attest("1", check("lint"));
  CHECK(world.look().value().warnings.empty());
  world.inputs["signer-workflows"] = "acme/helm-charts/.github/workflows/check-charts.yaml@refs/heads/*";
  CHECK(findings_of(world.look().value().warnings) == Findings{"signer-any-branch @ input signer-workflows"});
}

TEST_CASE("what command: tags cannot do without is a mistake of the inputs (B-14, B-24)", "[tags]") {
  struct Row {
    std::string input, value, place;
  };
  auto const row = one_of<Row>({{"signer-workflows", "", "input signer-workflows"},
                                {"signer-workflows", signer + "\n\nacme/helm-charts/.github/workflows/c.yaml@refs/pull/*/merge",
                                 "input signer-workflows, line 3"},
                                {"object-source", "local", "input object-source"}});
  CAPTURE(row.input, row.value);
  std::map<std::string, std::string> inputs{{"signer-workflows", signer}};
  auto const mistakes = [&] {
    auto const reading = event::read_inputs(event::from_map(inputs), "/workspace", event::TokenRule::optional);
    return findings_of(release::tag_mistakes(reading.inputs, release::read_lists(reading.inputs, "https://github.com").lists));
  };
  CHECK(mistakes().empty());
  inputs[row.input] = row.value;
  CHECK(mistakes() == Findings{"bad-input @ " + row.place});
}

// --- the tags themselves ---------------------------------------------------------------------------------------------

struct Writing {
  release::MissingTags found;
  std::function<net::Reply(net::Request const&)> refs = [](net::Request const& request) {
    auto const body = parse_json(request.body, "ref").value();
    return json_reply(R"({"ref":")" + string_in(body, "ref").value() + R"(","object":{"type":"tag","sha":")" +
                          string_in(body, "sha").value() + "\"}}",
                      201);
  };
  ScriptedGithub github{[this](net::Request const& request) {
    if (request.url.path.ends_with("/git/refs")) return refs(request);
    if (!request.url.path.ends_with("/git/tags"))
      return json_reply(R"({"ref":"refs/tags/web-v1","object":{"type":"tag","sha":")" + std::string(40, 'e') + "\"}}");
    auto const body = parse_json(request.body, "tag").value();
    return json_reply(boost::json::serialize(boost::json::object{
                          {"tag", string_in(body, "tag").value()},
                          {"sha", std::string(40, 'd')},
                          {"message", string_in(body, "message").value()},
                          {"object", boost::json::object{{"type", "commit"}, {"sha", string_in(body, "object").value()}}}}),
                      201);
  }};
  RunClock clock{std::chrono::seconds(60)};

  Writing() {
    found.commit = std::string(40, 'c');
    for (auto const* name : {"api", "bad", "web"}) {
      auto& chart = found.charts.emplace_back();
      chart.name = name;
      chart.version = "1";
      chart.path = std::string("charts/") + name;
      chart.tag = std::string(name) + "-v1";
      chart.message = "Release: " + chart.name + " v1\n";
      chart.status = TagStatus::missing;
    }
    found.charts[1].refuse(reject("unattested", "charts/bad", "why"));
    found.charts[1].status = TagStatus::refused;
  }
  [[nodiscard]] std::vector<TagStatus> statuses() const {
    std::vector<TagStatus> all;
    for (auto const& chart : found.charts) all.push_back(chart.status);
    return all;
  }
};

TEST_CASE("only what may be tagged is tagged, and the outputs say how it went", "[tags]") {
  Writing writing;
  CHECK_FALSE(release::create_missing_tags(writing.found, writing.github.api, writing.clock).has_value());
  CHECK(writing.statuses() == std::vector{TagStatus::created, TagStatus::refused, TagStatus::created});
  CHECK(writing.github.asked().size() == 4);
  CHECK(writing.github.problems().empty());
  auto const outputs = release::tags_outputs(writing.found);
  CHECK(*outputs.find("result") == "partial");
  CHECK(*outputs.find("reason") == "unattested");
  CHECK(*outputs.find("chart-count") == "2");
  auto const tags = parse_json(*outputs.find("tags"), "tags").value();
  REQUIRE(tags.as_array().size() == 3);
  CHECK(string_in(tags.as_array()[0], "status") == "created");
  CHECK(string_in(tags.as_array()[0], "message") == "Release: api v1\n");
  CHECK(string_in(tags.as_array()[0], "commit") == writing.found.commit);
  CHECK(string_in(tags.as_array()[1], "reason") == "unattested");
  CHECK(release::tags_summary(writing.found).find("**refused** `unattested: ") != std::string::npos);
}

TEST_CASE("a tag that was made meanwhile is left as it is, and a refused one is a refusal of its chart alone", "[tags]") {
  Writing writing;
  auto const usual = writing.refs;
  SECTION("made meanwhile") {
    writing.refs = [&](net::Request const& request) {
      return request.body.find("web-v1") == std::string::npos ? usual(request)
                                                              : json_reply(R"({"message":"Reference already exists"})", 422);
    };
    CHECK_FALSE(release::create_missing_tags(writing.found, writing.github.api, writing.clock).has_value());
    CHECK(writing.statuses() == std::vector{TagStatus::created, TagStatus::refused, TagStatus::exists});
  }
  SECTION("refused") {
    writing.refs = [&](net::Request const& request) {
      return request.body.find("api-v1") == std::string::npos ? usual(request) : json_reply(R"({"message":"no"})", 403);
    };
    CHECK_FALSE(release::create_missing_tags(writing.found, writing.github.api, writing.clock).has_value());
    CHECK(writing.statuses() == std::vector{TagStatus::refused, TagStatus::refused, TagStatus::created});
    CHECK(writing.found.charts[0].refusals.front().code == "tag-forbidden");
  }
  SECTION("out of reach after the first") {
    writing.refs = [&](net::Request const& request) -> net::Reply {
      if (request.body.find("api-v1") == std::string::npos) throw Unreachable("rate-limited", "too many writes");
      return usual(request);
    };
    auto const ended = release::create_missing_tags(writing.found, writing.github.api, writing.clock);
    REQUIRE(ended.has_value());
    CHECK(ended->code() == "rate-limited");
    CHECK(writing.statuses() == std::vector{TagStatus::created, TagStatus::refused, TagStatus::missing});
  }
}

}  // namespace
}  // namespace missing_tags_test
