#include "event/push_event.hpp"

#include <functional>

#include "support/catch2.hpp"
#include "support/json.hpp"

namespace push_event_test {
namespace {

using namespace acr::event;
namespace json = boost::json;

std::string const before(40, '1'), after(40, '2'), zeros(40, '0');

json::object payload() {
  return {
      {"ref", "refs/heads/release"}, {"before", before}, {"after", after}, {"repository", {{"id", 7}, {"full_name", "o/r"}}}};
}

PushQuestion question(json::object const& payload) {
  PushQuestion asked;
  asked.event_name = "push";
  asked.payload = json::serialize(payload);
  asked.repository = "O/r";
  asked.ref = "refs/heads/release";
  asked.sha = after;
  return asked;
}

TEST_CASE("a push to the release branch is read (B-16)", "[event]") {
  auto const push = push_gate(question(payload()));
  REQUIRE(push.has_value());
  CHECK(push->before == before);
  CHECK(push->after == after);
  CHECK(push->repository.id == 7);
  auto sparse = question(payload());
  sparse.ref.clear(), sparse.sha.clear();
  CHECK(push_gate(sparse).has_value());

  auto created = payload();
  created["before"] = zeros;
  CHECK(push_gate(question(created)).value().before.empty());
  created["before"] = std::string(64, 'a');
  CHECK(push_gate(question(created)).value().before.size() == 64);
}

TEST_CASE("another event, payload, repository or branch is refused at its place (B-16, A-48)", "[event]") {
  struct Row {
    std::string code, where;
    std::function<void(PushQuestion&, json::object&)> spoil;
  };
  auto const row = one_of<Row>({
      {"unsupported-event", "event pull_request", [](auto& asked, auto&) { asked.event_name = "pull_request"; }},
      {"unsupported-event", "event workflow_dispatch", [](auto& asked, auto&) { asked.event_name = "workflow_dispatch"; }},
      {"unsupported-event", "event ", [](auto& asked, auto&) { asked.event_name.clear(); }},
      {"bad-payload", "ref", [](auto& asked, auto& body) { body.erase("ref"), asked.ref.clear(); }},
      {"bad-payload", "ref", [](auto& asked, auto& body) { body["ref"] = 1, asked.ref.clear(); }},
      {"bad-payload", "before", [](auto&, auto& body) { body.erase("before"); }},
      {"bad-payload", "before", [](auto&, auto& body) { body["before"] = std::string(40, 'A'); }},
      {"bad-payload", "before", [](auto&, auto& body) { body["before"] = std::string(39, '0'); }},
      {"bad-payload", "after", [](auto& asked, auto& body) { body["after"] = "main", asked.sha.clear(); }},
      {"bad-payload", "after", [](auto& asked, auto& body) { body["after"] = zeros, asked.sha.clear(); }},
      {"bad-payload", "after", [](auto& asked, auto&) { asked.sha = before; }},
      {"bad-payload", "ref", [](auto& asked, auto&) { asked.ref = "refs/heads/main"; }},
      {"bad-payload", "repository.id", [](auto&, auto& body) { body.erase("repository"); }},
      {"bad-payload", "repository.id", [](auto&, auto& body) { body["repository"].as_object()["id"] = "7"; }},
      {"repository-mismatch", "repository.full_name",
       [](auto&, auto& body) { body["repository"].as_object()["full_name"] = "mallory/r"; }},
      {"repository-mismatch", "repository.full_name",
       [](auto&, auto& body) { body["repository"].as_object().erase("full_name"); }},
      {"wrong-branch", "ref", [](auto& asked, auto& body) { body["ref"] = "refs/heads/main", asked.ref = "refs/heads/main"; }},
      {"wrong-branch", "ref",
       [](auto& asked, auto& body) { body["ref"] = "refs/tags/release", asked.ref = "refs/tags/release"; }},
      {"wrong-branch", "ref", [](auto& asked, auto&) { asked.release_branch = "Release"; }},
  });
  CAPTURE(row.code, row.where);
  auto body = payload();
  auto asked = question(body);
  row.spoil(asked, body);
  asked.payload = json::serialize(body);
  auto const push = push_gate(asked);
  REQUIRE_FALSE(push.has_value());
  CHECK(push.error().code == row.code);
  CHECK(push.error().where == row.where);
}

TEST_CASE("a payload that is none is refused (A-48)", "[event]") {
  auto asked = question(payload());
  asked.payload.reset();
  CHECK(push_gate(asked).error().where == "GITHUB_EVENT_PATH");
  for (auto const* text : {"", "{", "[]"}) {
    asked.payload = text;
    CHECK(push_gate(asked).error().code == "bad-payload");
    CHECK(push_gate(asked).error().where.starts_with("event payload"));
  }
}

}  // namespace
}  // namespace push_event_test
