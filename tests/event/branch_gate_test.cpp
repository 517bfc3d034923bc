#include "event/branch_gate.hpp"

#include <filesystem>

#include "event/limits.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"

namespace branch_gate_test {
namespace {

using namespace acr::event;
namespace fs = std::filesystem;
namespace json = boost::json;

fs::path const events = acr::test::data_folder() / "github" / "events";

std::string name_of(GateOutcome outcome) {
  return outcome == GateOutcome::accept ? "accept" : outcome == GateOutcome::skip ? "skip" : "reject";
}

TEST_CASE("the fixtures' events have their verdicts", "[event]") {
  auto const expected = acr::parse_json(acr::read_file(events / "expected.json", 1 << 20), "expected.json").value();
  auto const* cases = acr::array_in(expected, "cases");
  REQUIRE(cases != nullptr);
  REQUIRE(cases->size() == 12);
  for (auto const& one : *cases) {
    auto const file = acr::string_in(one, "file").value();
    CAPTURE(file);
    GateQuestion question;
    question.event_name = acr::string_in(one, "event_name").value();
    question.payload = read_event_file(events / file);
    question.repository = acr::string_in(*acr::find(one, "env"), "GITHUB_REPOSITORY").value();
    auto const decision = branch_gate(question);
    CHECK(name_of(decision.outcome) == acr::string_in(one, "verdict"));
    CHECK((decision.reason ? std::optional(std::string(decision.reason->code.text())) : std::nullopt) ==
          acr::string_in(one, "reason"));
    REQUIRE(decision.event);
    if (decision.outcome == GateOutcome::accept) {
      CHECK(static_cast<std::int64_t>(decision.event->number) == acr::integer_in(one, "number"));
      CHECK(decision.event->head.sha == acr::string_in(one, "head_sha"));
      CHECK(decision.event->base.sha == acr::string_in(one, "base_sha"));
      CHECK(decision.event->head.ref == acr::string_in(one, "head_ref"));
      CHECK(decision.event->base.ref == acr::string_in(one, "base_ref"));
    }
  }
}

// A minimal sound payload; tests change one thing.
json::value payload() {
  auto const repo = json::object{{"id", 7}, {"full_name", "o/r"}, {"owner", {{"login", "o"}, {"type", "Organization"}}}};
  return json::object{{"action", "opened"},
                      {"number", 5},
                      {"repository", repo},
                      {"pull_request",
                       {{"number", 5},
                        {"state", "open"},
                        {"draft", true},
                        {"title", "release: web-v1.0.0"},
                        {"body", nullptr},
                        {"user", {{"login", "someone"}}},
                        {"head", {{"ref", "main"}, {"sha", std::string(40, 'a')}, {"repo", repo}}},
                        {"base", {{"ref", "release"}, {"sha", std::string(64, 'b')}, {"repo", repo}}}}}};
}

// Sets the value at a path such as "pull_request.head.ref"; nothing removes it.
json::value changed(std::string const& path, std::optional<json::value> const& value) {
  auto document = payload();
  auto* object = &document.as_object();
  auto rest = path;
  for (auto dot = rest.find('.'); dot != std::string::npos; dot = rest.find('.')) {
    object = &object->at(rest.substr(0, dot)).as_object();
    rest = rest.substr(dot + 1);
  }
  if (value)
    (*object)[rest] = *value;
  else
    object->erase(rest);
  return document;
}

GateDecision gate(std::string payload_text, GateQuestion question = {}) {
  if (question.event_name.empty()) question.event_name = "pull_request";
  if (question.repository.empty()) question.repository = "o/r";
  question.payload = std::move(payload_text);
  return branch_gate(question);
}

std::string code_for(json::value const& document) {
  auto const decision = gate(json::serialize(document));
  return decision.reason ? std::string(decision.reason->code.text()) : "accepted";
}

TEST_CASE("the minimal payload is accepted, with everything read from it", "[event]") {
  auto const decision = gate(json::serialize(payload()));
  REQUIRE(decision.outcome == GateOutcome::accept);
  CHECK_FALSE(decision.reason);
  CHECK(decision.event->number == 5);
  CHECK(decision.event->draft);
  CHECK(decision.event->title == "release: web-v1.0.0");
  CHECK(decision.event->body.empty());
  CHECK(decision.event->author == "someone");
  CHECK(decision.event->repository.owner_type == "Organization");
  CHECK(decision.event->head.repo->id == 7);
}

TEST_CASE("one thing changed, one code", "[event]") {
  struct Row {
    char const* path;
    std::optional<json::value> value;
    char const* code;
  };
  std::string const upper(40, 'A'), short_id(39, 'a');
  json::value const other = json::object{{"id", 8}, {"full_name", "o/r"}};
  json::value const renamed = json::object{{"id", 7}, {"full_name", "mallory/r"}};
  auto const rows = std::vector<Row>{
      // A-48
      {"pull_request", std::nullopt, "bad-payload"},
      {"pull_request", json::array{}, "bad-payload"},
      {"number", std::nullopt, "bad-payload"},
      {"number", 0, "bad-payload"},
      {"number", -5, "bad-payload"},
      {"number", 5.0, "bad-payload"},
      {"number", "5", "bad-payload"},
      {"number", 6, "bad-payload"},
      {"pull_request.number", std::nullopt, "bad-payload"},
      {"pull_request.head", nullptr, "bad-payload"},
      {"pull_request.head.ref", "", "bad-payload"},
      {"pull_request.head.ref", nullptr, "bad-payload"},
      {"pull_request.head.ref", 1, "bad-payload"},
      {"pull_request.base.ref", "", "bad-payload"},
      {"pull_request.head.sha", json::string(upper), "bad-payload"},
      {"pull_request.head.sha", json::string(short_id), "bad-payload"},
      {"pull_request.base.sha", nullptr, "bad-payload"},
      {"pull_request.base.repo", nullptr, "bad-payload"},
      {"pull_request.base.repo.id", "7", "bad-payload"},
      {"pull_request.base.repo.full_name", nullptr, "bad-payload"},
      {"repository", std::nullopt, "bad-payload"},
      {"repository.id", 7.5, "bad-payload"},
      {"repository.full_name", "", "bad-payload"},
      {"pull_request.head.repo", std::nullopt, "bad-payload"},
      {"pull_request.head.repo", "deleted", "bad-payload"},
      // A-47
      {"action", "closed", "pr-closed"},
      {"pull_request.state", "closed", "pr-closed"},
      {"pull_request.base.repo", other, "repository-mismatch"},
      {"pull_request.base.repo", renamed, "repository-mismatch"},
      {"repository.id", 9, "repository-mismatch"},
      {"pull_request.base.ref", "main", "wrong-base"},
      // A-49
      {"pull_request.base.ref", "Release", "wrong-base"},
      {"pull_request.base.ref", "release ", "wrong-base"},
      {"pull_request.head.repo", nullptr, "head-repo-deleted"},
      {"pull_request.head.repo", other, "fork-head"},
      {"pull_request.head.repo", renamed, "fork-head"},
      // A-49
      {"pull_request.head.ref", "refs/heads/main", "wrong-head"},
      {"pull_request.head.ref", "Main", "wrong-head"},
      {"pull_request.head.ref", "main ", "wrong-head"},
      {"pull_request.head.ref", "mai\xcc\x82n", "wrong-head"},
      // and what makes no difference (A-46, A-52)
      {"action", "labeled", "accepted"},
      {"action", "reopened", "accepted"},
      {"action", std::nullopt, "accepted"},
      {"pull_request.state", std::nullopt, "accepted"},
      {"pull_request.draft", false, "accepted"},
      {"pull_request.title", nullptr, "accepted"},
      {"pull_request.user", nullptr, "accepted"},
      {"pull_request.head.repo.fork", true, "accepted"},
      {"pull_request.head.repo.full_name", "O/R", "accepted"},
      {"pull_request.merge_commit_sha", "stale", "accepted"},
  };
  for (auto const& row : rows) {
    CAPTURE(row.path, row.value ? json::serialize(*row.value) : "(absent)");
    CHECK(code_for(changed(row.path, row.value)) == row.code);
  }
}

TEST_CASE("the order of the checks decides which code is told", "[event]") {
  auto document = changed("pull_request.head.repo", json::object{{"id", 8}, {"full_name", "x/y"}});
  auto& pull_request = document.as_object()["pull_request"].as_object();
  pull_request["head"].as_object()["ref"] = "feature";
  CHECK(code_for(document) == "fork-head");
  pull_request["base"].as_object()["ref"] = "main";
  CHECK(code_for(document) == "wrong-base");
  pull_request["base"].as_object()["repo"].as_object()["id"] = 9;
  CHECK(code_for(document) == "repository-mismatch");
  pull_request["state"] = "closed";
  CHECK(code_for(document) == "pr-closed");
  document.as_object()["number"] = 1;
  CHECK(code_for(document) == "bad-payload");
}

TEST_CASE("other events are refused before their payload is read", "[event]") {
  GateQuestion question;
  question.event_name = "pull_request_target";
  CHECK(gate("not JSON", question).reason->code == "unsafe-event");
  for (auto const* name : {"push", "merge_group", "workflow_dispatch", "PULL_REQUEST", "pull_request_review"}) {
    question.event_name = name;
    CHECK(gate(json::serialize(payload()), question).reason->code == "unsupported-event");
  }
  CHECK(branch_gate({}).reason->code == "unsupported-event");  // no name at all
}

TEST_CASE("without an event file there is no release", "[event]") {
  GateQuestion question;
  question.event_name = "pull_request";
  CHECK(branch_gate(question).reason->code == "bad-payload");
}

TEST_CASE("the runner's own variables must agree (A-52)", "[event]") {
  GateQuestion question;
  question.refs = {.head_ref = "main", .base_ref = "release"};
  CHECK(gate(json::serialize(payload()), question).outcome == GateOutcome::accept);
  question.refs.head_ref = "feature";
  CHECK(gate(json::serialize(payload()), question).reason->code == "bad-payload");
  question.refs = {.head_ref = "", .base_ref = "main"};
  CHECK(gate(json::serialize(payload()), question).reason->code == "bad-payload");
}

TEST_CASE("names of repositories compare without ASCII case, ids decide", "[event]") {
  GateQuestion question;
  question.repository = "O/R";
  CHECK(gate(json::serialize(payload()), question).outcome == GateOutcome::accept);
  question.repository = "o/r2";
  CHECK(gate(json::serialize(payload()), question).reason->code == "repository-mismatch");
}

TEST_CASE("a wrong head is answered in the mission's words, with the configured names (A-51)", "[event]") {
  auto const decision = gate(json::serialize(changed("pull_request.head.ref", "feat\x1b[31m")));
  REQUIRE(decision.reason);
  CHECK(decision.reason->why == "Only 'main' branch can merge to 'release'");
  CHECK(decision.reason->found_value == "feat\x1b[31m");  // whoever prints escapes (A-35)
  GateQuestion question;
  question.source_branch = "develop";
  CHECK(gate(json::serialize(payload()), question).reason->why == "Only 'develop' branch can merge to 'release'");
}

TEST_CASE("hostile payloads are refused (A-46, A-48)", "[event]") {
  std::string deep = R"({"number":5,"pull_request":)" + std::string(100, '[') + std::string(100, ']') + "}";
  auto const text = one_of<std::string>(
      {"", "null", "[]", "\"x\"", "{", "{}", deep, "\xef\xbb\xbf{}", "{\"number\":1,\"number\":2}", "{\"a\":\"\xff\"}"});
  CAPTURE(text);
  auto const decision = gate(text);
  CHECK(decision.outcome == GateOutcome::reject);
  CHECK(decision.reason->code == "bad-payload");
  CHECK_FALSE(decision.event);
}

TEST_CASE("a payload nests 64 levels deep, not one more (A-46)", "[event]") {
  auto const nested = [](std::size_t levels) {
    auto text = json::serialize(payload());
    text.insert(1, "\"other\":" + std::string(levels, '[') + std::string(levels, ']') + ",");
    return text;
  };
  CHECK(gate(nested(max_payload_depth - 1)).outcome == GateOutcome::accept);  // the payload itself is the first level
  CHECK(gate(nested(max_payload_depth)).reason->code == "bad-payload");
}

TEST_CASE("a payload of 25 MB is read, one over 32 MiB is not (A-46)", "[event]") {
  auto document = payload();
  document.as_object()["pull_request"].as_object()["body"] = std::string(25'000'000, 'x');
  CHECK(gate(json::serialize(document)).outcome == GateOutcome::accept);
  document.as_object()["pull_request"].as_object()["body"] = std::string(max_payload_bytes, 'x');
  CHECK(gate(json::serialize(document)).reason->code == "bad-payload");
}

TEST_CASE("the event file is a regular file of bounded size", "[event]") {
  acr::test::TemporaryDirectory const folder;
  acr::write_file(folder.path() / "event.json", "{}");
  CHECK(read_event_file(folder.path() / "event.json") == "{}");
  CHECK_FALSE(read_event_file(folder.path() / "none.json"));
  CHECK_FALSE(read_event_file(folder.path()));
  CHECK_FALSE(read_event_file("/dev/zero"));
  acr::write_file(folder.path() / "large.json", "");
  fs::resize_file(folder.path() / "large.json", max_payload_bytes + 1);
  CHECK_FALSE(read_event_file(folder.path() / "large.json"));
}

TEST_CASE("title check", "[event]") {
  std::vector<std::string> const releases{"api-v2.0.0", "web-v1.0.0"};
  CHECK(check_title("release: web-v1.0.0", releases).has_value());
  for (auto const* title :
       {"release: web", "Release: web-v1.0.0", "release: web-v1.0.0 ", "release:web-v1.0.0", "", "release: db-v1.0.0"}) {
    CAPTURE(title);
    auto const verdict = check_title(title, releases);
    REQUIRE(verdict.has_error());
    CHECK(verdict.error().code == "title-mismatch");
    CHECK(verdict.error().expected_value == "release: api-v2.0.0 or release: web-v1.0.0");
  }
}

// One row per place that refuses a payload: the place and the reason, so that none can stand in for another.
TEST_CASE("each defect of a payload is refused at its place", "[event]") {
  struct Row {
    std::string path;
    std::optional<json::value> value;
    std::string where, why;
  };
  auto const rows = std::vector<Row>{
      {"pull_request", nullptr, "pull_request", "the payload has no pull request"},
      {"number", 0, "number", "the payload has no pull request number"},
      {"pull_request.number", 6, "pull_request.number", "the payload names two different pull requests"},
      {"repository", nullptr, "repository", "the payload has no repository here"},
      {"repository.id", "7", "repository.id", "the repository has no integer id"},
      {"repository.full_name", "", "repository.full_name", "the repository has no full name"},
      {"pull_request.base", nullptr, "pull_request.base", "the payload lacks this object"},
      {"pull_request.head", nullptr, "pull_request.head", "the payload lacks this object"},
      {"pull_request.base.ref", "", "pull_request.base.ref", "the branch name is missing"},
      {"pull_request.head.ref", "", "pull_request.head.ref", "the branch name is missing"},
      {"pull_request.base.sha", "x", "pull_request.base.sha", "this is not a commit id"},
      {"pull_request.head.sha", "x", "pull_request.head.sha", "this is not a commit id"},
      {"pull_request.base.repo", nullptr, "pull_request.base.repo", "the payload has no repository here"},
      {"pull_request.head.repo", "x", "pull_request.head.repo", "the payload has no repository here"},
  };
  for (auto const& row : rows) {
    CAPTURE(row.path);
    auto const event = read_event(json::serialize(changed(row.path, row.value)), {});
    REQUIRE(event.has_error());
    CHECK(event.error().code == "bad-payload");
    CHECK(event.error().where == row.where);
    CHECK(event.error().why == row.why);
  }
  CHECK(read_event(json::serialize(payload()), {}).has_value());
  CHECK(read_event("{", {}).error().where.rfind("event payload", 0) == 0);
  CHECK(read_event("[]", {}).error().why == "the payload is not a JSON object");
  CHECK(read_event(json::serialize(payload()), {.head_ref = "x", .base_ref = ""}).error().where == "pull_request.head.ref");
  CHECK(read_event(json::serialize(payload()), {.head_ref = "", .base_ref = "x"}).error().where == "pull_request.base.ref");
}

TEST_CASE("the title names a changed chart with its version, or is refused", "[event]") {
  CHECK(check_title("release: web-v1.0.0", {"api-v2.0.0", "web-v1.0.0"}).has_value());
  for (auto const* title : {"release: web-v1.0.1", "Release: web-v1.0.0", "release: web-v1.0.0 ", "web-v1.0.0", ""}) {
    CAPTURE(title);
    auto const verdict = check_title(title, {"web-v1.0.0"});
    REQUIRE(verdict.has_error());
    CHECK(verdict.error().code == "title-mismatch");
  }
  CHECK_FALSE(check_title("release: ", {}).has_value());
}

TEST_CASE("the owner's type is read from the payload of any event", "[event]") {
  CHECK(owner_type_of(R"({"ref":"refs/heads/main","repository":{"owner":{"type":"User"}}})") == "User");
  for (auto const* other : {"", "[]", "{}", R"({"repository":1})", R"({"repository":{"owner":{"type":1}}})"})
    CHECK(owner_type_of(other).empty());
}

}  // namespace
}  // namespace branch_gate_test
