#include "github/pull_requests.hpp"

#include <string>

#include "github/scripted_github.hpp"
#include "net/http.hpp"
#include "support/catch2.hpp"

namespace acr::github {
namespace {

using test::json_reply;
using test::ScriptedGithub;

std::string const sha(40, 'a');

std::string pull_json(std::string const& body = "\"text\"", std::string const& head_repo = "{\"id\":500000001}") {
  return R"({"number":42,"state":"open","draft":true,"merged":false,"body":)" + body + R"(,"head":{"ref":"main","sha":")" +
         sha + R"(","repo":)" + head_repo + R"(},"base":{"ref":"release","sha":")" + std::string(40, 'b') +
         R"("},"updated_at":"2026-11-24T10:00:00Z"})";
}

TEST_CASE("a pull request is read without the fields that a later version lacks", "[github]") {  // G-23, G-5
  ScriptedGithub github([](net::Request const&) { return json_reply(pull_json()); });
  auto const pull = pull_request(github.api, 42);
  CHECK(github.asked() == std::vector<std::string>{"GET https://api.github.com/repos/acme/helm-charts/pulls/42"});
  CHECK(pull.number == 42);
  CHECK(pull.state == "open");
  CHECK(pull.draft);
  CHECK_FALSE(pull.merged);
  CHECK(pull.body == "text");
  CHECK(pull.head_ref == "main");
  CHECK(pull.head_sha == sha);
  CHECK(pull.head_repository_id == 500000001);
  CHECK(pull.base_ref == "release");
  CHECK(pull.base_sha == std::string(40, 'b'));
  CHECK(pull.updated_at == "2026-11-24T10:00:00Z");
  CHECK(github.problems().empty());
}

TEST_CASE("a body of null and a deleted fork are well-formed", "[github]") {  // G-23, A-84
  ScriptedGithub github([](net::Request const&) { return json_reply(pull_json("null", "null")); });
  auto const pull = pull_request(github.api, 42);
  CHECK_FALSE(pull.body);
  CHECK_FALSE(pull.head_repository_id);
}

TEST_CASE("a pull request of another shape is an error", "[github]") {  // G-34
  auto const body = one_of<std::string>({std::string("{}"), std::string("[]"), std::string("<html>"), pull_json("7"),
                                         std::string(R"({"number":42,"state":"open","body":null})")});
  CAPTURE(body);
  ScriptedGithub github([&](net::Request const&) { return json_reply(body); });
  CHECK_THROWS_AS(pull_request(github.api, 42), ApiError);
}

TEST_CASE("re-reading a pull request costs nothing when it is unchanged", "[github]") {  // G-30
  ScriptedGithub github([](net::Request const& request) {
    if (request.headers.has("If-None-Match")) return loopback::reply(304);
    return json_reply(pull_json(), 200, {{"ETag", "W/\"1\""}});
  });
  CHECK(pull_request(github.api, 42).body == "text");
  CHECK(pull_request(github.api, 42).body == "text");
  CHECK(github.api.use().unchanged == 1);
}

TEST_CASE("a missing pull request is no-access", "[github]") {  // G-23
  ScriptedGithub github([](net::Request const&) { return json_reply("{}", 404); });
  try {
    pull_request(github.api, 42);
    FAIL("accepted");
  } catch (ApiError const& error) {
    CHECK(error.code() == "no-access");
  }
}

TEST_CASE("a write sends the body and nothing else, once", "[github]") {  // G-24, G-29
  std::string const body = "a\r\n\"b\" <!-- \xC3\xA9 -->\n";
  ScriptedGithub github([&](net::Request const& request) {
    CHECK(request.method == "PATCH");
    CHECK_FALSE(request.idempotent);
    CHECK_FALSE(request.headers.has("If-Match"));
    CHECK(request.body == "{\"body\":\"a\\r\\n\\\"b\\\" <!-- \xC3\xA9 -->\\n\"}");
    return json_reply(pull_json("\"kept\""));
  });
  auto const result = write_pull_request_body(github.api, 42, body);
  CHECK(result.outcome == BodyWrite::written);
  REQUIRE(result.pull);
  CHECK(result.pull->body == "kept");  // what the server keeps counts
  CHECK(github.problems().empty());
}

TEST_CASE("what a write can come to", "[github]") {  // G-24, A-89, A-90
  struct Row {
    int status;
    BodyWrite outcome;
  };
  auto const row = one_of<Row>({
      {403, BodyWrite::forbidden},
      {404, BodyWrite::forbidden},
      {409, BodyWrite::conflict},
      {422, BodyWrite::refused},
  });
  CAPTURE(row.status);
  ScriptedGithub github([&](net::Request const&) {
    return json_reply(R"({"message":"Validation Failed","errors":[{"message":"body is too long"}]})", row.status);
  });
  auto const result = write_pull_request_body(github.api, 42, "x");
  CHECK(result.outcome == row.outcome);
  CHECK(result.why == "Validation Failed; body is too long");
  CHECK_FALSE(result.pull);
}

TEST_CASE("a lost answer to a write leaves it open whether it was applied", "[github]") {  // G-29
  auto const failure =
      one_of({net::Failure::closed_early, net::Failure::truncated, net::Failure::timeout, net::Failure::server_error});
  ScriptedGithub github(
      [&](net::Request const&) -> net::Reply { throw net::NetworkError(failure, "api.github.com", "no answer"); });
  CHECK(write_pull_request_body(github.api, 42, "x").outcome == BodyWrite::unknown);
}

TEST_CASE("limits, redirects and spent time end a write", "[github]") {  // G-9, G-28
  auto const failure = one_of({net::Failure::rate_limited, net::Failure::redirect_refused, net::Failure::certificate});
  ScriptedGithub github([&](net::Request const&) -> net::Reply { throw net::NetworkError(failure, "api.github.com", "no"); });
  CHECK_THROWS_AS(write_pull_request_body(github.api, 42, "x"), Unreachable);
}

TEST_CASE("texts are compared with CRLF as LF", "[github]") {  // G-24
  CHECK(same_text("a\r\nb\n", "a\nb\r\n"));
  CHECK(same_text("", ""));
  CHECK_FALSE(same_text("a\rb", "a\nb"));
  CHECK_FALSE(same_text("a\r", "a"));
  CHECK_FALSE(same_text("a\n", "a"));
  CHECK_FALSE(same_text("a\r\n", "a\r\n\n"));
}

}  // namespace
}  // namespace acr::github
