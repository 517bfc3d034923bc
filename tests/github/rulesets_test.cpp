// Rules, classic protection, rulesets and errors of CODEOWNERS, as the audit asks for them.
#include "github/rulesets.hpp"

#include "github/scripted_github.hpp"
#include "net/http.hpp"
#include "support/catch2.hpp"

namespace acr::github {
namespace {

using test::json_reply;
using test::ScriptedGithub;

std::string const base = "https://api.github.com/repos/acme/helm-charts";

TEST_CASE("rules of a branch count together, the stricter one of each kind (U-23)", "[github]") {
  ScriptedGithub github([](net::Request const&) {
    return json_reply(
        R"([{"type":"deletion","ruleset_id":9},{"type":"non_fast_forward","ruleset_id":3},{"type":"merge_queue","ruleset_id":3},
            {"type":"pull_request","ruleset_id":3,"parameters":{"require_code_owner_review":true,"dismiss_stale_reviews_on_push":true,
              "require_last_push_approval":false,"required_approving_review_count":1,"required_review_thread_resolution":false}},
            {"type":"pull_request","ruleset_id":9,"parameters":{"require_code_owner_review":false,"dismiss_stale_reviews_on_push":false,
              "require_last_push_approval":false,"required_approving_review_count":2,"required_review_thread_resolution":false,
              "allowed_merge_methods":["merge"]}},
            {"type":"workflows","ruleset_id":3,"parameters":{"workflows":[{"path":".github/workflows/gate.yaml","repository_id":1}]}},
            {"type":"required_status_checks","ruleset_id":3,"parameters":{"strict_required_status_checks_policy":true,
              "required_status_checks":[{"context":"gate","integration_id":15368}]}}])");
  });
  auto const rules = active_rules(github.api, "release/1");
  CHECK(github.asked() == std::vector<std::string>{"GET " + base + "/rules/branches/release/1?per_page=100"});
  CHECK(rules.pull_request);
  CHECK(rules.code_owner_review);
  CHECK(rules.stale_reviews_end);
  CHECK(rules.approvals == 2);
  CHECK(rules.deletion);
  CHECK(rules.force_push);
  CHECK(rules.merge_queue);
  CHECK(rules.up_to_date);
  CHECK(rules.merge_commits_only);
  CHECK(rules.workflows == std::vector<std::string>{".github/workflows/gate.yaml"});
  CHECK(rules.checks == std::vector<RequiredCheck>{{"gate", 15368, 3}});
  CHECK(rules.ruleset_ids == std::vector<std::int64_t>{3, 9});
  CHECK(github.problems().empty());
}

TEST_CASE("an approval of the last push does not end those before it (U-23)", "[github]") {
  ScriptedGithub github([](net::Request const& request) {
    return json_reply(
        request.url.path.ends_with("/protection")
            ? R"({"required_pull_request_reviews":{"dismiss_stale_reviews":false,"require_code_owner_reviews":true,
                               "require_last_push_approval":true}})"
            : R"([{"type":"pull_request","parameters":{"require_code_owner_review":true,"dismiss_stale_reviews_on_push":false,
                               "require_last_push_approval":true,"required_approving_review_count":1,"required_review_thread_resolution":false}}])");
  });
  CHECK_FALSE(active_rules(github.api, "release").stale_reviews_end);
  CHECK_FALSE(classic_protection(github.api, "release").rules->stale_reviews_end);
}

TEST_CASE("a ruleset of a branch may be hidden, one for tags not (U-25)", "[github]") {
  auto const status = one_of({403, 404});
  auto const hidden = one_of<std::string>({std::string("/3"), std::string("/7")});
  ScriptedGithub github([&](net::Request const& request) {
    if (request.url.path.ends_with("/rulesets"))
      return json_reply(R"([{"id":7,"name":"r7","source":"acme/helm-charts","enforcement":"active","target":"tag"}])");
    if (request.url.path.ends_with(hidden)) return json_reply(R"({"message":"Not Found"})", status);
    return json_reply(R"({"id":7,"name":"r7","source":"acme/helm-charts","enforcement":"active","target":"tag"})");
  });
  if (hidden == "/7") {
    CHECK_THROWS_AS(rulesets(github.api, {3}), ApiError);
    return;
  }
  auto const found = rulesets(github.api, {3});
  REQUIRE(found.size() == 2);
  CHECK(found[0].id == 3);
  CHECK(found[0].name == "3");
  CHECK(found[0].enforcement == "active");
  CHECK_FALSE(found[0].bypass);
  CHECK(found[1].id == 7);
}

TEST_CASE("what a rule does not say counts as the weaker answer (U-23)", "[github]") {
  ScriptedGithub github([](net::Request const&) { return json_reply(R"([{"type":"pull_request"}])"); });
  auto const rules = active_rules(github.api, "release");
  CHECK(rules.pull_request);
  CHECK_FALSE(rules.code_owner_review);
  CHECK_FALSE(rules.stale_reviews_end);
  CHECK_FALSE(rules.merge_commits_only);
  CHECK(rules.approvals == 0);
  CHECK_FALSE(rules.deletion);
  CHECK_FALSE(rules.force_push);
  CHECK(rules.ruleset_ids.empty());
}

TEST_CASE("rules of another shape are an error for the audit, too (G-34)", "[github]") {
  auto const body = one_of({"{}", "<html>", "[7]", R"([{"type":"required_status_checks"}])", R"([{"ruleset_id":1}])",
                            R"([{"type":"workflows","parameters":{"workflows":[{}]}}])"});
  CAPTURE(body);
  ScriptedGithub github([&](net::Request const&) { return json_reply(body); });
  CHECK_THROWS_AS(active_rules(github.api, "release"), ApiError);
}

TEST_CASE("classic protection is read where the token may see it (U-24)", "[github]") {
  ScriptedGithub github([](net::Request const&) {
    return json_reply(
        R"({"required_status_checks":{"strict":true,"contexts":["gate"],"checks":[{"context":"gate","app_id":15368},
        {"context":"lint","app_id":null}]},
      "required_pull_request_reviews":{"dismiss_stale_reviews":true,"require_code_owner_reviews":true,"required_approving_review_count":1},
      "enforce_admins":{"url":"https://api.github.com/x","enabled":true},"allow_deletions":{"enabled":false},
      "allow_force_pushes":{"enabled":true}})");
  });
  auto const found = classic_protection(github.api, "release");
  CHECK(github.asked() == std::vector<std::string>{"GET " + base + "/branches/release/protection"});
  CHECK(found.gap.empty());
  REQUIRE(found.rules);
  CHECK(found.rules->checks == std::vector<RequiredCheck>{{"gate", 15368, 0}, {"lint", std::nullopt, 0}});
  CHECK(found.rules->pull_request);
  CHECK(found.rules->code_owner_review);
  CHECK(found.rules->stale_reviews_end);
  CHECK(found.rules->approvals == 1);
  CHECK(found.rules->up_to_date);
  CHECK(found.rules->deletion);
  CHECK_FALSE(found.rules->force_push);
  CHECK_FALSE(found.admins_exempt);
  CHECK(github.problems().empty());
}

TEST_CASE("what classic protection leaves out does not count as given (U-24)", "[github]") {
  ScriptedGithub github([](net::Request const&) { return json_reply("{}"); });
  auto const found = classic_protection(github.api, "release");
  REQUIRE(found.rules);
  CHECK_FALSE(found.rules->pull_request);
  CHECK_FALSE(found.rules->deletion);
  CHECK_FALSE(found.rules->force_push);
  CHECK(found.rules->checks.empty());
  CHECK(found.admins_exempt);
}

TEST_CASE("hidden classic protection is a gap, absent protection is none (U-24)", "[github]") {
  struct Row {
    int status;
    std::string body, gap;
  };
  auto const row = one_of<Row>({
      {404, R"({"message":"Branch not protected","documentation_url":"https://docs.github.com","status":"404"})", ""},
      {404, R"({"message":"Not Found","documentation_url":"https://docs.github.com","status":"404"})",
       "the API answered 404 Not Found"},
      {403,
       R"({"message":"Resource not accessible by integration","documentation_url":"https://docs.github.com","status":"403"})",
       "the API answered 403 Resource not accessible by integration"},
  });
  CAPTURE(row.body);
  ScriptedGithub github([&](net::Request const&) { return json_reply(row.body, row.status); });
  auto const found = classic_protection(github.api, "release");
  CHECK(found.gap == row.gap);
  CHECK_FALSE(found.rules);
}

TEST_CASE("protection of another shape is an error (G-34)", "[github]") {
  auto const body = one_of({"[]", "7", R"({"required_status_checks":{"checks":[{}]}})"});
  ScriptedGithub github([&](net::Request const&) { return json_reply(body); });
  CHECK_THROWS_AS(classic_protection(github.api, "release"), ApiError);
}

std::string ruleset(int id, std::string const& more) {
  return R"({"id":)" + std::to_string(id) + R"(,"name":"r)" + std::to_string(id) +
         R"(","source":"acme/helm-charts","enforcement":"active","target":"tag")" + more + "}";
}

TEST_CASE("rulesets for tags and those that are named are read in full (U-25)", "[github]") {
  ScriptedGithub github([](net::Request const& request) {
    if (request.url.path.ends_with("/rulesets")) return json_reply("[" + ruleset(7, "") + "," + ruleset(8, R"(,"x":1)") + "]");
    if (request.url.path.ends_with("/7"))
      return json_reply(ruleset(7, R"(,"conditions":{"ref_name":{"include":["refs/tags/*-v*"],"exclude":["refs/tags/x"]}},
        "rules":[{"type":"creation"},{"type":"update","parameters":{"update_allows_fetch_and_merge":false}}],
        "bypass_actors":[{"actor_type":"Integration","actor_id":15368},{"actor_type":"DeployKey","actor_id":null,"bypass_mode":"exempt"}],
        "current_user_can_bypass":"never")"));
    if (request.url.path.ends_with("/8")) return json_reply(ruleset(8, ""));
    return json_reply(R"({"id":3,"name":"branch","source":"acme","enforcement":"evaluate"})");
  });
  auto const found = rulesets(github.api, {3});
  REQUIRE(found.size() == 3);
  CHECK(found[0].id == 3);
  CHECK(found[0].target == "branch");
  CHECK(found[0].enforcement == "evaluate");
  CHECK(found[1].name == "r7");
  CHECK(found[1].target == "tag");
  CHECK(found[1].include == std::vector<std::string>{"refs/tags/*-v*"});
  CHECK(found[1].exclude == std::vector<std::string>{"refs/tags/x"});
  CHECK(found[1].rules == std::set<std::string>{"creation", "update"});
  REQUIRE(found[1].bypass);
  REQUIRE(found[1].bypass->size() == 2);
  CHECK(found[1].bypass->at(0).id == 15368);
  CHECK(found[1].bypass->at(0).mode == "always");
  CHECK(found[1].bypass->at(1).type == "DeployKey");
  CHECK_FALSE(found[1].bypass->at(1).id);
  CHECK(found[1].token_can_bypass == "never");
  CHECK_FALSE(found[2].bypass);
  CHECK(found[2].rules.empty());
  CHECK(github.asked().front() == "GET " + base + "/rulesets?includes_parents=true&per_page=100&targets=tag");
  CHECK(github.problems().empty());
}

TEST_CASE("a ruleset of branches in the listing is passed over, a hundred are read, one more is not (U-25)", "[github]") {
  auto const count = one_of({100, 101});
  ScriptedGithub github([&](net::Request const& request) {
    if (!request.url.path.ends_with("/rulesets")) return json_reply(ruleset(1, ""));
    if (request.url.query.value_or("").ends_with("&page=2")) return json_reply("[" + ruleset(101, "") + "]");
    std::string list = R"([{"id":500,"name":"b","source":"a","enforcement":"active","target":"branch"})";
    for (int i = 1; i <= 100; ++i) list += "," + ruleset(i, "");
    auto reply = json_reply(list + "]");
    if (count == 101) reply.headers = {{"Link", "<" + base + "/rulesets?targets=tag&page=2>; rel=\"next\""}};
    return reply;
  });
  if (count == 100) {
    CHECK(rulesets(github.api, {}).size() == 100);
    return;
  }
  try {
    rulesets(github.api, {});
    FAIL("accepted");
  } catch (ApiError const& error) {
    CHECK(error.code() == "listing-too-long");
  }
}

TEST_CASE("a ruleset of another shape is an error (G-34)", "[github]") {
  auto const body = one_of({"[{}]", "{}", R"([{"id":-1}])"});
  ScriptedGithub github([&](net::Request const&) { return json_reply(body); });
  CHECK_THROWS_AS(rulesets(github.api, {}), ApiError);
  auto const one = one_of({"{}", R"({"id":1,"name":"x"})", R"({"id":1,"name":"x","enforcement":"active","rules":[{}]})",
                           R"({"id":1,"name":"x","enforcement":"active","bypass_actors":[{}]})"});
  ScriptedGithub details(
      [&](net::Request const& request) { return json_reply(request.url.path.ends_with("/rulesets") ? "[]" : one); });
  CHECK_THROWS_AS(rulesets(details.api, {1}), ApiError);
}

TEST_CASE("errors of CODEOWNERS are those of the commit that is asked for (U-26)", "[github]") {
  ScriptedGithub github([](net::Request const&) {
    return json_reply(R"({"errors":[{"line":2,"column":3,"kind":"Unknown owner","message":"x","path":".github/CODEOWNERS"}]})");
  });
  auto const found = owner_line_errors(github.api, "release");
  REQUIRE(found.size() == 1);
  CHECK(found[0].line == 2);
  CHECK(found[0].kind == "Unknown owner");
  CHECK(found[0].path == ".github/CODEOWNERS");
  CHECK(github.asked() == std::vector<std::string>{"GET " + base + "/codeowners/errors?ref=release"});
  CHECK(github.problems().empty());
  ScriptedGithub none([](net::Request const&) { return json_reply(R"({"message":"Not Found"})", 404); });
  CHECK(owner_line_errors(none.api, "release").empty());
  ScriptedGithub wrong([](net::Request const&) { return json_reply(R"({"errors":[{"line":1}]})"); });
  CHECK_THROWS_AS(owner_line_errors(wrong.api, "release"), ApiError);
}

TEST_CASE("no more than a thousand errors of CODEOWNERS are kept (U-26)", "[github]") {
  std::string list;
  for (int i = 0; i < 1001; ++i)
    list += std::string(i == 0 ? "" : ",") + R"({"line":1,"column":1,"kind":"k","message":"m","path":"p"})";
  ScriptedGithub github([&](net::Request const&) { return json_reply(R"({"errors":[)" + list + "]}"); });
  CHECK(owner_line_errors(github.api, "release").size() == limits::owner_errors);
}

}  // namespace
}  // namespace acr::github
