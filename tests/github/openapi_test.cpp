// The validator itself: it must see what is wrong, else the other tests prove nothing.
#include "loopback/openapi.hpp"

#include <string>

#include "github/scripted_github.hpp"
#include "support/catch2.hpp"

namespace acr::loopback {
namespace {

TEST_CASE("requests that GitHub does not know are seen", "[github]") {
  struct Row {
    char const* method;
    char const* target;
    char const* body;
    bool good;
  };
  auto const row = one_of<Row>({
      {"GET", "/repos/acme/charts", "", true},
      {"GET", "/repos/acme/charts/git/ref/tags/a/b", "", true},
      {"GET", "/repos/acme/charts/git/trees/abc?recursive=1", "", true},
      {"GET", "/repos/acme/charts/rules/branches/release/1?per_page=100&page=2", "", true},
      {"PATCH", "/repos/acme/charts/pulls/1", R"({"body":"x"})", true},
      {"POST", "/orgs/acme/attestations/bulk-list?per_page=100",
       R"({"subject_digests":["sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]})", true},
      {"PUT", "/repos/acme/charts", "", false},
      {"GET", "/repos/acme/charts/zen", "", false},
      {"GET", "/repos/acme//git/ref/x", "", false},
      {"GET", "/repos/acme/charts/git/blobs/a/b", "", false},          // no parameter of several segments
      {"GET", "/repos/acme/charts/git/trees/abc?depth=1", "", false},  // undeclared
      {"GET", "/repos/acme/charts/rules/branches/x?per_page=many", "", false},
      {"GET", "/repos/acme/charts/rules/branches/x?per_page=101", "", false},
      {"GET", "/repos/acme/charts/git/blobs/a", "{}", false},
      {"PATCH", "/repos/acme/charts/pulls/1", R"({"body":7})", false},
      {"PATCH", "/repos/acme/charts/pulls/1", R"({"state":"merged"})", false},
      {"PATCH", "/repos/acme/charts/pulls/1", "", false},
      {"POST", "/orgs/acme/attestations/bulk-list?per_page=101", R"({"subject_digests":["sha256:aa"]})", false},
      {"POST", "/orgs/acme/attestations/bulk-list", R"({"subject_digests":[]})", false},
      {"POST", "/orgs/acme/attestations/bulk-list", R"({"subject_digests":["sha256:aa"]})", false},
  });
  CAPTURE(row.method, row.target, row.body);
  CHECK(test::github_description().request_problems(row.method, row.target, row.body, "2022-11-28").empty() == row.good);
}

TEST_CASE("answers that GitHub does not give are seen", "[github]") {
  struct Row {
    char const* target;
    int status;
    std::string body;
    char const* version;
    bool good;
  };
  std::string const id(40, 'a');
  auto const ref = [&](std::string const& sha) {
    return R"({"ref":"refs/x","node_id":"n","url":"https://x","object":{"type":"commit","sha":")" + sha +
           R"(","url":"https://x"}})";
  };
  auto const pull = [](char const* without) {
    auto text = test::github_description().example("pull-request");
    // The example's team lacks a required field.
    auto const teams = text.find("\"requested_teams\":[");
    text.replace(teams, 19, "\"requested_teams\":[],\"was\":[");
    if (*without) text.replace(text.find(without), 1, "\"x");
    return text;
  };
  auto const row = one_of<Row>({
      {"/repos/a/b/git/ref/x", 200, ref(id), "2022-11-28", true},
      {"/repos/a/b/git/ref/x", 200, ref("abc"), "2022-11-28", false},  // minLength
      {"/repos/a/b/git/ref/x", 200, "[]", "2022-11-28", false},
      {"/repos/a/b/git/ref/x", 200, "{}", "2022-11-28", false},
      {"/repos/a/b/git/ref/x", 200, "<html>", "2022-11-28", false},
      {"/repos/a/b/git/ref/x", 404, R"({"message":"Not Found"})", "2022-11-28", true},
      {"/repos/a/b/git/ref/x", 404, R"({"message":7})", "2022-11-28", false},
      {"/repos/a/b/git/ref/x", 201, ref(id), "2022-11-28", false},
      {"/repos/a/b/git/ref/x", 304, "", "2022-11-28", true},
      {"/repos/a/b/git/ref/x", 304, "x", "2022-11-28", false},
      {"/repos/a/b/pulls/1", 200, pull(""), "2022-11-28", true},
      {"/repos/a/b/pulls/1", 200, pull("\"merge_commit_sha\""), "2022-11-28", false},
      {"/repos/a/b/pulls/1", 200, pull("\"merge_commit_sha\""), "2026-03-10", true},  // gone in that version (G-5)
      {"/repos/a/b/rules/branches/x", 200, R"([{"type":"deletion","ruleset_id":1}])", "2022-11-28", true},
      {"/repos/a/b/rules/branches/x", 200, R"([{"type":"required_status_checks","parameters":{}}])", "2022-11-28", false},
      {"/versions", 200, R"(["2022-11-28"])", "2022-11-28", true},
      {"/versions", 200, R"(["soon"])", "2022-11-28", false},
  });
  CAPTURE(row.target, row.status, row.body.substr(0, 100), row.version);
  auto const problems =
      test::github_description().answer_problems("GET", row.target, row.status, "application/json", row.body, row.version);
  CAPTURE(problems);
  CHECK(problems.empty() == row.good);
}

}  // namespace
}  // namespace acr::loopback
