#include "github/api.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "github/scripted_github.hpp"
#include "net/http.hpp"
#include "net/retrying_http.hpp"
#include "support/catch2.hpp"
#include "support/parallel.hpp"
#include "support/thrown.hpp"

namespace acr::github {
namespace {

using test::json_reply;
using test::ScriptedGithub;
using test::settings_with;

Call repository_call(Api const& api) {
  Call call;
  call.path = api.repository_path();
  return call;
}

ApiError error_of(ScriptedGithub& github, Call const& call) {
  try {
    github.api.call(call);
  } catch (ApiError const& error) {
    return error;
  }
  FAIL("no ApiError was thrown");
  throw std::logic_error("unreachable");
}

TEST_CASE("every request carries what GitHub wants, and the token only for its origin",
          "[github]") {  // G-2, G-8, A-62
  ScriptedGithub github([](net::Request const&) { return json_reply("{}"); });
  github.api.call(repository_call(github.api));
  auto const seen = github.http.seen().at(0);
  CHECK(seen.url.text() == "https://api.github.com/repos/acme/helm-charts");
  CHECK(*seen.headers.find("Accept") == "application/vnd.github+json");
  CHECK(*seen.headers.find("X-GitHub-Api-Version") == "2022-11-28");
  CHECK_FALSE(seen.headers.has("Authorization"));
  CHECK_FALSE(seen.headers.has("Accept-Encoding"));
  CHECK(*seen.origin_headers.find("Authorization") == "Bearer ghs_0123456789abcdef");
  CHECK(github.problems().empty());
}

TEST_CASE("no token means no Authorization", "[github]") {  // G-2
  auto settings = settings_with();
  settings.token.clear();
  ScriptedGithub github([](net::Request const&) { return json_reply("{}"); }, settings);
  github.api.call(repository_call(github.api));
  CHECK(github.http.seen().at(0).origin_headers.size() == 0);
}

TEST_CASE("the base's path stays in front and one trailing slash goes", "[github]") {  // G-1
  struct Row {
    char const* base;
    char const* url;
  };
  auto const row = one_of<Row>({
      {"https://api.github.com", "https://api.github.com/repos/acme/helm-charts"},
      {"https://api.github.com/", "https://api.github.com/repos/acme/helm-charts"},
      {"https://ghe.example/api/v3", "https://ghe.example/api/v3/repos/acme/helm-charts"},
      {"https://ghe.example/api/v3/", "https://ghe.example/api/v3/repos/acme/helm-charts"},
      {"https://api.octo.ghe.com", "https://api.octo.ghe.com/repos/acme/helm-charts"},
      {"http://127.0.0.1:8080", "http://127.0.0.1:8080/repos/acme/helm-charts"},
      {"http://[::1]:8080/api/v3", "http://[::1]:8080/api/v3/repos/acme/helm-charts"},
  });
  CAPTURE(row.base);
  ScriptedGithub github([](net::Request const&) { return json_reply("{}"); }, settings_with(row.base));
  github.api.call(repository_call(github.api));
  CHECK(github.asked().at(0) == std::string("GET ") + row.url);
}

TEST_CASE("a base that could carry the token elsewhere is refused", "[github]") {  // G-1
  auto const base = one_of({"http://api.github.com", "http://ghe.example/api/v3", "ftp://api.github.com", "api.github.com", "",
                            "https://api.github.com?x=1", "https://api.github.com/#f", "https://user:secret@api.github.com",
                            "http://10.0.0.1", "http://127.0.0.1.example.com"});
  CAPTURE(base);
  RunClock clock;
  loopback::ScriptedHttp http([](net::Request const&) { return json_reply("{}"); });
  try {
    Api const api(http, clock, settings_with(base), test::acme());
    FAIL("accepted");
  } catch (BadEnvironment const& error) {
    CHECK(error.code() == "bad-api-url");
    CHECK(std::string(error.what()).find("secret") == std::string::npos);
  }
}

TEST_CASE("path segments are encoded, the slashes of a ref are not", "[github]") {  // G-3
  CHECK(path({"repos", "a b", "x+y"}) == "/repos/a%20b/x%2By");
  CHECK(path({"attestations", "sha256:00ff"}) == "/attestations/sha256:00ff");
  CHECK(path({"a/b"}) == "/a%2Fb");
  CHECK(path_with_ref({"git", "ref"}, "tags/web-v1.0.0+build.5") == "/git/ref/tags/web-v1.0.0%2Bbuild.5");
  CHECK(path_with_ref({"git", "ref"}, "heads/feat/x?y#z") == "/git/ref/heads/feat/x%3Fy%23z");
}

TEST_CASE("a segment that would climb or vanish is refused", "[github]") {  // G-3
  CHECK(test::thrown_code([] { (void)path({"repos", "..", "x"}); }) == "bad-name");
  CHECK(test::thrown_code([] { (void)path({"repos", "."}); }) == "bad-name");
  CHECK(test::thrown_code([] { (void)path({"repos", ""}); }) == "bad-name");
  CHECK(test::thrown_code([] { (void)path_with_ref({"git"}, "heads//x"); }) == "bad-name");
  CHECK(test::thrown_code([] { (void)path_with_ref({"git"}, "heads/../../x"); }) == "bad-name");
}

TEST_CASE("each status has its meaning and its exit status", "[github]") {  // G-33
  struct Row {
    int status;
    char const* code;
    ExitStatus exit;
  };
  auto const row = one_of<Row>({
      {202, "bad-response", ExitStatus::unreachable},
      {204, "bad-response", ExitStatus::unreachable},
      {400, "bad-request", ExitStatus::bad_input},
      {401, "bad-token", ExitStatus::bad_input},
      {403, "no-access", ExitStatus::bad_input},
      {404, "no-access", ExitStatus::bad_input},
      {406, "not-acceptable", ExitStatus::unreachable},
      {409, "bad-response", ExitStatus::unreachable},
      {410, "gone", ExitStatus::refused},
      {415, "not-acceptable", ExitStatus::unreachable},
      {418, "bad-response", ExitStatus::unreachable},
      {422, "validation-failed", ExitStatus::refused},
      {429, "rate-limited", ExitStatus::unreachable},
      {451, "blocked", ExitStatus::refused},
  });
  CAPTURE(row.status);
  ScriptedGithub github([&](net::Request const&) { return json_reply(R"({"message":"why"})", row.status); });
  auto const error = error_of(github, repository_call(github.api));
  CHECK(error.code() == row.code);
  CHECK(error.status() == row.exit);
  CHECK(error.http_status() == row.status);
}

TEST_CASE("an error names the request and the server's words, never a secret", "[github]") {  // G-32, A-62
  ScriptedGithub github([](net::Request const&) {
    return json_reply(
        R"({"message":"Validation\nFailed ::error::x","errors":[{"message":"body is too long","code":"custom"},"plain text"],)"
        R"("documentation_url":"https://docs.example","status":"422"})",
        422, {{"x-github-request-id", "AB12:\nCD"}, {"set-cookie", "session=secret"}});
  });
  auto call = repository_call(github.api);
  call.query = {{"secret", "query-secret"}};
  std::string const text = error_of(github, call).what();
  CAPTURE(text);
  CHECK(text.find("GET /repos/acme/helm-charts answered 422") == 0);
  CHECK(text.find("body is too long; plain text") != std::string::npos);
  CHECK(text.find("AB12:") != std::string::npos);
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.find("secret") == std::string::npos);
  CHECK(text.find("ghs_") == std::string::npos);
}

TEST_CASE("a long message is cut and an HTML one left out", "[github]") {  // G-32
  std::string const body = one_of<std::string>({std::string("{\"message\":\"") + std::string(5000, 'x') + "\"}",
                                                std::string("<html>") + std::string(5000, 'x') + "</html>", std::string()});
  ScriptedGithub github([&](net::Request const&) { return loopback::reply(410, body); });
  std::string const text = error_of(github, repository_call(github.api)).what();
  CHECK(text.size() < 500);
  CHECK(text.find("<html>") == std::string::npos);
  CHECK(text.find("answered 410") != std::string::npos);
}

TEST_CASE("a forbidden call names the permission", "[github]") {  // G-12, A-64
  struct Row {
    char const* method;
    char const* below;
    char const* permission;
  };
  auto const row = one_of<Row>({
      {"GET", "attestations", "attestations: read"},
      {"GET", "pulls", "pull-requests: read"},
      {"GET", "git/commits", "contents: read"},
      {"POST", "git/tags", "contents: write"},
  });
  ScriptedGithub github([](net::Request const&) { return json_reply("{}", 403); });
  Call call;
  call.method = row.method;
  call.path = github.api.repository_path() + "/" + row.below + "/1";
  CHECK(std::string(error_of(github, call).what()).find(row.permission) != std::string::npos);
}

TEST_CASE("statuses that the caller expects are handed over", "[github]") {  // G-33
  ScriptedGithub github([](net::Request const&) { return json_reply(R"({"message":"Not Found"})", 404); });
  auto call = repository_call(github.api);
  call.expected = {404};
  auto const answer = github.api.call(call);
  CHECK(answer.status == 404);
  CHECK(answer.message == "Not Found");
}

TEST_CASE("an unsupported api-version is the input's fault and names what there is", "[github]") {  // G-4
  auto settings = settings_with();
  settings.api_version = "1999-01-01";
  ScriptedGithub github(
      [](net::Request const& request) {
        if (request.url.path == "/versions") {
          CHECK_FALSE(request.headers.has("X-GitHub-Api-Version"));
          return json_reply(R"(["2022-11-28","2026-03-10"])");
        }
        return json_reply(R"({"message":"The requested API version is not supported"})", 400);
      },
      settings);
  auto const error = error_of(github, repository_call(github.api));
  CHECK(error.code() == "api-version");
  CHECK(error.status() == ExitStatus::bad_input);
  std::string const text = error.what();
  CHECK(text.find("`api-version`") != std::string::npos);
  CHECK(text.find("2022-11-28, 2026-03-10") != std::string::npos);
}

TEST_CASE("an Enterprise Server that does not know the version is asked again without it",
          "[github]") {  // G-4
  ScriptedGithub github(
      [](net::Request const& request) {
        if (request.headers.has("X-GitHub-Api-Version"))
          return json_reply(R"({"message":"API version is not supported"})", 400);
        return json_reply("{}");
      },
      settings_with("https://ghe.example/api/v3"));
  CHECK(github.api.call(repository_call(github.api)).status == 200);
  CHECK(github.api.call(repository_call(github.api)).status == 200);
  CHECK(github.asked().size() == 3);  // the second call knows
  CHECK(github.api.use().version_dropped);
  CHECK(github.api.use().warnings().size() == 1);
}

TEST_CASE("which hosts are Enterprise Servers", "[github]") {  // G-15
  struct Row {
    char const* base;
    bool enterprise;
  };
  auto const row = one_of<Row>({
      {"https://api.github.com", false},
      {"https://api.octo.ghe.com", false},
      {"http://127.0.0.1:1", false},
      {"http://localhost:1", false},
      {"https://ghe.example/api/v3", true},
      {"https://evil-ghe.com", true},
      {"https://api.github.com.example", true},
  });
  CAPTURE(row.base);
  ScriptedGithub github([](net::Request const&) { return json_reply("{}"); }, settings_with(row.base));
  CHECK(github.api.is_enterprise_server() == row.enterprise);
}

TEST_CASE("a renamed repository is noticed, its answer used", "[github]") {  // G-9
  ScriptedGithub github([](net::Request const& request) {
    if (request.url.path == "/repos/acme/helm-charts")
      return loopback::reply(301, "", {{"Location", "https://api.github.com/repositories/500000001"}});
    CHECK(request.url.path == "/repositories/500000001");
    CHECK(request.origin_headers.has("Authorization"));
    return json_reply("{}");
  });
  CHECK_FALSE(github.api.use().renamed);
  CHECK(github.api.call(repository_call(github.api)).status == 200);
  CHECK(github.api.use().renamed);
  REQUIRE(github.api.use().warnings().size() == 1);
  CHECK(github.api.use().warnings()[0].find("renamed") != std::string::npos);
}

TEST_CASE("a redirect to another host loses the token", "[github]") {  // G-8
  ScriptedGithub github([](net::Request const& request) {
    if (request.url.host == "api.github.com") return loopback::reply(302, "", {{"Location", "https://elsewhere.example/x"}});
    CHECK_FALSE(request.origin_headers.has("Authorization"));
    return json_reply("{}");
  });
  github.api.call(repository_call(github.api));
  CHECK(github.http.seen().size() == 2);
  CHECK_FALSE(github.api.use().renamed);
}

TEST_CASE("an unchanged answer comes from the store", "[github]") {  // G-30
  std::atomic<int> asked{0};
  ScriptedGithub github([&](net::Request const& request) {
    if (++asked == 1)
      return json_reply("{\"n\":1}", 200, {{"ETag", "W/\"abc\""}, {"Link", "<https://api.github.com/x>; rel=\"last\""}});
    CHECK(*request.headers.find("If-None-Match") == "W/\"abc\"");  // weak tags go back as they came
    return asked == 2 ? loopback::reply(304) : json_reply("{\"n\":2}", 200, {{"ETag", "\"def\""}});
  });
  auto call = repository_call(github.api);
  call.conditional = true;
  CHECK_FALSE(github.api.call(call).unchanged);
  auto const second = github.api.call(call);
  CHECK(second.unchanged);
  CHECK(second.status == 200);
  CHECK(second.body == "{\"n\":1}");
  CHECK(second.link == "<https://api.github.com/x>; rel=\"last\"");
  CHECK(github.api.call(call).body == "{\"n\":2}");
  CHECK(github.api.use().unchanged == 1);
  CHECK(github.api.use().requests == 3);
}

TEST_CASE("validators belong to one URL and one media type", "[github]") {  // G-30
  ScriptedGithub github([](net::Request const& request) {
    CHECK_FALSE(request.headers.has("If-None-Match"));
    return json_reply("{}", 200, {{"ETag", "\"e\""}});
  });
  auto call = repository_call(github.api);
  call.conditional = true;
  github.api.call(call);
  call.accept = "application/vnd.github.raw+json";
  github.api.call(call);
  call.path += "/pulls/1";
  github.api.call(call);
  CHECK(github.http.seen().size() == 3);
}

TEST_CASE("unchanged without a question is not an answer", "[github]") {  // G-33
  ScriptedGithub github([](net::Request const&) { return loopback::reply(304); });
  CHECK(error_of(github, repository_call(github.api)).code() == "bad-response");
}

Call rules_call(Api const& api) {
  Call call;
  call.path = api.repository_path({"rules", "branches", "release"});
  call.query = {{"per_page", "100"}};
  return call;
}

TEST_CASE("pages are followed word for word", "[github]") {  // G-31
  std::string const next = "https://api.github.com/repositories/1/rules/branches/release?per_page=100&page=2&x=%2B";
  ScriptedGithub github([&](net::Request const& request) {
    if (request.url.text() == next) return json_reply("[2]");
    return json_reply(
        "[1]", 200,
        {{"Link", "<https://api.github.com/first>; rel=\"first\", <" + next + ">; title=\"a, b\"; rel=\"prev next\""}});
  });
  std::string bodies;
  github.api.pages(rules_call(github.api), [&](Answer const& answer) { return bodies += answer.body, true; });
  CHECK(bodies == "[1][2]");
  CHECK(github.asked().at(1) == "GET " + next);
}

TEST_CASE("pages that lead astray are refused", "[github]") {  // G-31
  auto const next = one_of<std::string>(
      {std::string("https://evil.example/repos/acme/helm-charts"), std::string("https://ghe.example/api/v4/x"),
       std::string("https://ghe.example/api/v3/../x"), std::string("https://ghe.example:8443/api/v3/x"),
       std::string("http://ghe.example/api/v3/x"), std::string("/api/v3/x"), std::string("not a url"),
       std::string("https://ghe.example/api/v3/repos/acme/helm-charts/rules/branches/release?per_page=100")});
  CAPTURE(next);
  ScriptedGithub github(
      [&](net::Request const&) {
        return json_reply("[]", 200, {{"Link", "<" + next + ">; rel=\"next\""}});
      },
      settings_with("https://ghe.example/api/v3"));
  try {
    github.api.pages(rules_call(github.api), [](Answer const&) { return true; });
    FAIL("followed");
  } catch (ApiError const& error) {
    CHECK(error.code() == "bad-response");
  }
  CHECK(github.http.seen().size() == 1);
}

TEST_CASE("a listing ends after twenty pages", "[github]") {  // G-31
  std::atomic<int> page{1};
  ScriptedGithub github([&](net::Request const&) {
    auto const next = "https://api.github.com/repos/acme/helm-charts/rules/branches/release?page=" + std::to_string(++page);
    return json_reply("[]", 200, {{"Link", "<" + next + ">; rel=\"next\""}});
  });
  try {
    github.api.pages(rules_call(github.api), [](Answer const&) { return true; });
    FAIL("twenty-one pages were read");
  } catch (ApiError const& error) {
    CHECK(error.code() == "listing-too-long");
    CHECK(error.status() == ExitStatus::refused);
  }
  CHECK(github.http.seen().size() == 20);
}

TEST_CASE("the reader may stop", "[github]") {
  ScriptedGithub github([](net::Request const&) {
    return json_reply("[]", 200, {{"Link", "<https://api.github.com/x>; rel=\"next\""}});
  });
  github.api.pages(rules_call(github.api), [](Answer const&) { return false; });
  CHECK(github.http.seen().size() == 1);
}

TEST_CASE("the lowest number of requests left counts, until the hour is over", "[github]") {  // G-26
  std::vector<std::pair<char const*, char const*>> const answers{
      {"900", "1000000"}, {"890", "1000003"}, {"895", "1000000"}, {"999", "1003600"}};
  std::vector<std::uint64_t> const expected{900, 890, 890, 999};
  std::atomic<std::size_t> at{0};
  ScriptedGithub github([&](net::Request const&) {
    auto const& [left, reset] = answers[at++];
    return json_reply("{}", 200,
                      {{"x-ratelimit-remaining", left}, {"x-ratelimit-reset", reset}, {"x-ratelimit-resource", "core"}});
  });
  for (auto const left : expected) {
    github.api.call(repository_call(github.api));
    CHECK(github.api.remaining() == left);
  }
  CHECK(github.api.use().warnings().empty());
}

TEST_CASE("fewer than fifty requests left is a warning", "[github]") {  // G-26
  struct Row {
    char const* left;
    std::size_t warnings;
  };
  auto const row = one_of<Row>({{"50", 0}, {"49", 1}, {"0", 1}});
  ScriptedGithub github([&](net::Request const&) { return json_reply("{}", 200, {{"x-ratelimit-remaining", row.left}}); });
  github.api.call(repository_call(github.api));
  CHECK(github.api.use().warnings().size() == row.warnings);
}

TEST_CASE("the limit is asked for when no answer told it", "[github]") {  // G-26, G-5
  ScriptedGithub github([](net::Request const& request) {
    CHECK(request.url.path == "/rate_limit");
    return json_reply(R"({"resources":{"core":{"limit":1000,"remaining":77,"reset":1,"used":1}}})");  // no `rate`
  });
  CHECK(github.api.remaining() == 77);
  ScriptedGithub unlimited(
      [](net::Request const&) { return json_reply(R"({"message":"Rate limiting is not enabled."})", 404); });
  CHECK_FALSE(unlimited.api.remaining());
}

TEST_CASE("no more requests are under way than the window has places", "[github]") {  // G-40
  struct Row {
    std::size_t wanted, most;
  };
  auto const row = one_of<Row>({{1, 1}, {3, 3}, {400, 32}});
  std::atomic<std::size_t> now{0}, most{0};
  auto settings = settings_with();
  settings.max_parallel = row.wanted;
  ScriptedGithub github(
      [&](net::Request const&) {
        auto const here = ++now;
        for (auto seen = most.load(); here > seen && !most.compare_exchange_weak(seen, here);) {
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        --now;
        return json_reply("{}");
      },
      settings);
  for_each_index(64, 32, [&](std::size_t) { github.api.call(repository_call(github.api)); });
  CHECK(most.load() <= row.most);
  CHECK(github.api.use().requests == 64);
}

TEST_CASE("each time the server limits requests, half as many are under way from then on", "[github]") {  // G-40, G-28
  RunClock clock;
  std::atomic<std::size_t> now{0}, most{0}, answered{0};
  loopback::ScriptedHttp http([&](net::Request const&) {
    if (++answered <= 3) return json_reply("{}", 429, {{"retry-after", "1"}});
    auto const here = ++now;
    for (auto seen = most.load(); here > seen && !most.compare_exchange_weak(seen, here);) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    --now;
    return json_reply("{}");
  });
  net::Pacing pacing;
  std::atomic<std::int64_t> skipped{0};
  pacing.sleep = [&](std::chrono::milliseconds pause) { skipped += pause.count(); };
  pacing.now = [&] { return RunClock::Clock::now() + std::chrono::milliseconds(skipped); };
  net::RetryingHttp retrying(http, clock, pacing);
  Api api(retrying, clock, settings_with(), test::acme());
  api.call(repository_call(api));  // limited three times: 32, 16, 8, 4
  CHECK(answered == 4);
  for_each_index(64, 32, [&](std::size_t) { api.call(repository_call(api)); });
  CHECK(most.load() <= 4);
}

TEST_CASE("GraphQL is asked beside REST at the API's own origin, whatever the environment says", "[github]") {  // G-36, G-8
  struct Row {
    char const* base;
    char const* given;
    char const* asked;
  };
  auto const row = one_of<Row>({
      {"https://api.github.com", "", "https://api.github.com/graphql"},
      {"https://api.github.com/", "https://api.github.com/graphql", "https://api.github.com/graphql"},
      {"https://api.octo.ghe.com", "", "https://api.octo.ghe.com/graphql"},
      {"https://ghes.example/api/v3", "", "https://ghes.example/api/graphql"},
      {"https://ghes.example/api/v3/", "https://ghes.example/api/graphql", "https://ghes.example/api/graphql"},
      {"https://ghes.example/api/v3", "https://ghes.example/other/graphql", "https://ghes.example/other/graphql"},
      {"https://ghes.example:8443/api/v3", "https://ghes.example/api/graphql", "https://ghes.example:8443/api/graphql"},
      {"https://api.github.com", "https://evil.example/graphql", "https://api.github.com/graphql"},
      {"https://api.github.com", "http://api.github.com/graphql", "https://api.github.com/graphql"},
      {"https://api.github.com", "https://api.github.com@evil.example/graphql", "https://api.github.com/graphql"},
      {"https://api.github.com", "https://api.github.com/graphql?x=1", "https://api.github.com/graphql"},
      {"https://api.github.com", "not a url", "https://api.github.com/graphql"},
      {"http://127.0.0.1:8080/api/v3", "", "http://127.0.0.1:8080/api/graphql"},
  });
  CAPTURE(row.base, row.given);
  auto settings = settings_with(row.base);
  settings.graphql_url = row.given;
  ScriptedGithub github([](net::Request const&) { return json_reply("{}"); }, settings);
  Call call;
  call.method = "POST";
  call.graphql = true;
  call.names_version = false;
  call.body = "{}";
  github.api.call(call);
  CHECK(github.api.graphql_url() == row.asked);
  REQUIRE(github.http.seen().size() == 1);
  CHECK(github.http.seen()[0].url.text() == row.asked);
  CHECK(github.http.seen()[0].origin_headers.has("Authorization"));
}

TEST_CASE("what kind of server it is", "[github]") {  // G-15
  ScriptedGithub github([](net::Request const&) {
    return json_reply(
        R"({"verifiable_password_authentication":true,"installed_version":"3.17.1","domains":{"artifact_attestations":{"trust_domain":"octo","services":["*.x"]}}})");
  });
  auto const found = meta(github.api);
  CHECK(found.installed_version == "3.17.1");
  CHECK(found.trust_domain == "octo");
  ScriptedGithub plain([](net::Request const&) { return json_reply("{}"); });
  CHECK_FALSE(meta(plain.api).installed_version);
  ScriptedGithub html([](net::Request const&) { return loopback::reply(200, "<html>"); });
  CHECK_THROWS_AS(meta(html.api), ApiError);
}

}  // namespace
}  // namespace acr::github
