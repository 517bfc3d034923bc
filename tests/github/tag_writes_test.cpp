#include "github/tag_writes.hpp"

#include "github/scripted_github.hpp"
#include "net/http.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"

namespace acr::github {
namespace {

using test::json_reply;
using test::ScriptedGithub;

std::string const commit(40, 'c'), object(40, 'd'), other(40, 'e');
NewTag const tag{"web-v1.2.0", "Release: web v1.2.0\n\nAttestation Lineage:\n- lint: 1\n", commit};

std::string tag_json(std::string const& name = tag.name, std::string const& message = tag.message,
                     std::string const& target = commit, std::string const& type = "commit") {
  return boost::json::serialize(boost::json::object{
      {"tag", name}, {"sha", object}, {"message", message}, {"object", boost::json::object{{"type", type}, {"sha", target}}}});
}

std::string ref_json(std::string const& target) {
  return boost::json::serialize(
      boost::json::object{{"ref", "refs/tags/web-v1.2.0"}, {"object", boost::json::object{{"type", "tag"}, {"sha", target}}}});
}

// GitHub, as it stands before one test: it creates both.
struct Server {
  std::function<net::Reply()> object_answer = [] { return json_reply(tag_json(), 201); };
  std::function<net::Reply()> ref_answer = [] { return json_reply(ref_json(object), 201); };
  std::function<net::Reply()> ref_now = [] { return json_reply(R"({"message":"Not Found"})", 404); };
  ScriptedGithub github{[this](net::Request const& request) {
    if (request.url.path.ends_with("/git/tags")) return object_answer();
    if (request.url.path.ends_with("/git/refs")) return ref_answer();
    return ref_now();
  }};
  Verdict<TagWrite> create() { return create_tag(github.api, tag); }
};

net::Reply status(int code) { return json_reply(R"({"message":"Reference already exists"})", code); }

TEST_CASE("a tag is an object and a ref to it (B-14)", "[github]") {
  Server server;
  CHECK(server.create().value() == TagWrite::created);
  CHECK(server.github.asked() == std::vector<std::string>{"POST https://api.github.com/repos/acme/helm-charts/git/tags",
                                                          "POST https://api.github.com/repos/acme/helm-charts/git/refs"});
  CHECK(server.github.problems().empty());
  auto const sent = server.github.http.seen();
  auto const made = parse_json(sent[0].body, "tag").value();
  CHECK(string_in(made, "tag") == tag.name);
  CHECK(string_in(made, "message") == tag.message);
  CHECK(string_in(made, "object") == commit);
  CHECK(string_in(made, "type") == "commit");
  CHECK(sent[0].idempotent);  // an object alone is not a tag
  auto const ref = parse_json(sent[1].body, "ref").value();
  CHECK(string_in(ref, "ref") == "refs/tags/web-v1.2.0");
  CHECK(string_in(ref, "sha") == object);
  CHECK_FALSE(sent[1].idempotent);
}

TEST_CASE("a message comes back with other line ends and without the last one, and nothing else of it may differ", "[github]") {
  Server server;
  std::string message = "Release: web v1.2.0\r\n\r\nAttestation Lineage:\r\n- lint: 1";
  server.object_answer = [&] { return json_reply(tag_json(tag.name, message), 201); };
  CHECK(server.create().value() == TagWrite::created);
  message += "2";
  auto const altered = server.create();
  REQUIRE(altered.has_error());
  CHECK(altered.error().code == "tag-altered");
}

TEST_CASE("an object that is not the one that was sent gets no ref", "[github]") {
  auto const answer = one_of({tag_json("web-v1.2.1"), tag_json(tag.name, "other"), tag_json(tag.name, tag.message, other),
                              tag_json(tag.name, tag.message, commit, "tree")});
  CAPTURE(answer);
  Server server;
  server.object_answer = [&] { return json_reply(answer, 201); };
  auto const made = server.create();
  REQUIRE(made.has_error());
  CHECK(made.error().code == "tag-altered");
  CHECK(server.github.asked().size() == 1);
}

TEST_CASE("a ref that exists is left as it is: somebody was faster, or it was our own lost answer", "[github]") {
  int const code = one_of({409, 422});
  Server server;
  server.ref_answer = [&] { return status(code); };
  server.ref_now = [] { return json_reply(ref_json(other)); };
  CHECK(server.create().value() == TagWrite::exists);
  server.ref_now = [] { return json_reply(ref_json(object)); };
  CHECK(server.create().value() == TagWrite::created);
  CHECK(server.github.problems().empty());
}

TEST_CASE("what GitHub refuses is refused with its reason", "[github]") {
  struct Row {
    bool at_object;
    int status;
    char const* code;
  };
  auto const row = one_of<Row>({{true, 403, "tag-forbidden"},
                                {true, 404, "tag-forbidden"},
                                {true, 409, "tag-rejected"},
                                {true, 422, "tag-rejected"},
                                {false, 403, "tag-forbidden"},
                                {false, 404, "tag-forbidden"},
                                {false, 409, "tag-rejected"},
                                {false, 422, "tag-rejected"}});
  CAPTURE(row.at_object, row.status);
  Server server;
  (row.at_object ? server.object_answer : server.ref_answer) = [&] {
    return json_reply(R"({"message":"Repository rule violations found"})", row.status);
  };
  auto const made = server.create();
  REQUIRE(made.has_error());
  CHECK(made.error().code == row.code);
  CHECK(made.error().where == "tag web-v1.2.0");
  CHECK(made.error().found_value == std::to_string(row.status) + ", Repository rule violations found");
  // A missing permission is final; of a ref that could not be made the ref itself is asked.
  bool const asks_for_ref = !row.at_object && row.status != 403 && row.status != 404;
  CHECK(server.github.asked().size() == (row.at_object ? 1U : asks_for_ref ? 3U : 2U));
}

TEST_CASE("a lost answer is not repeated: the ref tells", "[github]") {
  Server server;
  server.ref_answer = []() -> net::Reply { throw Unreachable("unreachable", "the connection was reset"); };
  CHECK_THROWS_AS(server.create(), Unreachable);
  server.ref_now = [] { return json_reply(ref_json(object)); };
  CHECK(server.create().value() == TagWrite::created);
  server.ref_answer = []() -> net::Reply { throw Unreachable("rate-limited", "too many writes"); };
  CHECK_THROWS_AS(server.create(), Unreachable);
}

TEST_CASE("an answer of another shape is an error", "[github]") {
  Server server;
  SECTION("of the object") {
    server.object_answer = [] { return json_reply("{}", 201); };
  }
  SECTION("of the ref") {
    server.ref_answer = [] { return json_reply("{}", 201); };
  }
  SECTION("a ref to something else") {
    server.ref_answer = [] { return json_reply(ref_json(other), 201); };
  }
  CHECK_THROWS_AS(server.create(), ApiError);
}

}  // namespace
}  // namespace acr::github
