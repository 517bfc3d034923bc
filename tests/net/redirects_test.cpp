#include "net/redirects.hpp"

#include <map>

#include "loopback/scripted_http.hpp"
#include "support/catch2.hpp"

namespace redirects_test {
namespace {

using namespace acr::net;
using acr::loopback::reply;
using acr::loopback::ScriptedHttp;

Url url(std::string_view text) { return *Url::parse(text); }

struct Hop {
  int status;
  std::string to;
};

/// Redirects by URL; everything else is a 200.
std::function<Reply(Request const&)> site(std::map<std::string, Hop> hops) {
  return [hops = std::move(hops)](Request const& request) {
    auto const found = hops.find(request.url.text());
    if (found == hops.end()) return reply(200, "here");
    return reply(found->second.status, "moved", {{"Location", found->second.to}});
  };
}

Request with_token(std::string_view text, std::string method = "GET") {
  Request request{.method = std::move(method), .url = url(text)};
  request.headers = {{"Accept", "x"}};
  request.origin_headers = {{"Authorization", "Bearer t"}};
  return request;
}

std::optional<Failure> failure_of(Http& http, Request const& request) {
  try {
    http.exchange(request);
    return std::nullopt;
  } catch (NetworkError const& error) {
    return error.failure();
  }
}

TEST_CASE("a GET follows 301, 302, 303, 307 and 308 (G-9, D-34)", "[net]") {
  auto const status = one_of({301, 302, 303, 307, 308});
  ScriptedHttp http(site({{"https://h/a", {status, "/b?x=1"}}}));
  auto const answer = http.exchange(with_token("https://h/a"));
  CHECK(answer.status == 200);
  CHECK(answer.url.text() == "https://h/b?x=1");
  REQUIRE(answer.hops.size() == 1);
  CHECK(answer.hops[0].text() == "https://h/a");
}

TEST_CASE("each hop is told before it is asked, of a refused exchange too (D-32)", "[net]") {
  ScriptedHttp http(site({{"https://h/a", {302, "https://i/b"}}, {"https://i/b", {302, "http://j/c"}}}));
  std::vector<std::string> told;
  auto request = with_token("https://h/a");
  request.on_hop = [&](Url const& hop) { told.push_back(hop.text()); };
  CHECK(failure_of(http, request) == Failure::redirect_refused);
  CHECK(told == std::vector<std::string>{"https://h/a", "https://i/b"});
}

TEST_CASE("other 3xx are answers", "[net]") {
  auto const status = one_of({300, 304, 305});
  ScriptedHttp http(site({{"https://h/a", {status, "https://h/b"}}}));
  CHECK(http.exchange(with_token("https://h/a")).status == status);
}

TEST_CASE("who asks for redirects as answers gets them", "[net]") {
  ScriptedHttp http(site({{"https://h/a", {302, "https://evil/"}}}));
  auto request = with_token("https://h/a", "POST");
  request.redirects = Redirects::hand_over;
  CHECK(http.exchange(request).status == 302);
  CHECK(http.seen().size() == 1);
}

TEST_CASE("credentials stay at the origin they were given for (G-8)", "[net]") {
  auto const elsewhere = one_of<char const*>({"https://storage.example/x", "https://h:8443/x", "https://sub.h/x", "//other/x"});
  ScriptedHttp http(site({{"https://h/a", {302, elsewhere}}}));
  http.exchange(with_token("https://h/a"));
  auto const seen = http.seen();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].origin_headers.has("authorization"));
  CHECK_FALSE(seen[1].origin_headers.has("authorization"));
  CHECK(seen[1].headers.has("accept"));
}

TEST_CASE("credentials stay for a hop at the same origin", "[net]") {
  ScriptedHttp http(site({{"https://h/a", {301, "https://H:443/repositories/1"}}}));
  http.exchange(with_token("https://h/a"));
  CHECK(http.seen().at(1).origin_headers.has("authorization"));
}

TEST_CASE("credentials that were dropped are not restored by a hop back (G-8)", "[net]") {
  ScriptedHttp http(site({{"https://h/a", {302, "https://other/b"}}, {"https://other/b", {302, "https://h/c"}}}));
  CHECK(http.exchange(with_token("https://h/a")).url.text() == "https://h/c");
  CHECK_FALSE(http.seen().at(2).origin_headers.has("authorization"));
}

TEST_CASE("five hops are followed, a sixth is refused (G-9, D-34)", "[net]") {
  std::map<std::string, Hop> hops;
  for (int i = 0; i < 10; ++i) hops["https://h/" + std::to_string(i)] = {302, "/" + std::to_string(i + 1)};
  ScriptedHttp http(site(hops));
  CHECK(http.exchange(with_token("https://h/5")).hops.size() == 5);
  CHECK(failure_of(http, with_token("https://h/4")) == Failure::redirect_refused);
}

TEST_CASE("redirects that must not be followed are refused (G-9, D-34)", "[net]") {
  struct Row {
    char const* from;
    char const* to;
  };
  auto const row = one_of<Row>({
      {"https://h/a", "http://h/a"},         // no longer https
      {"https://h/a", "http://127.0.0.1/"},  // not even to loopback
      {"https://127.0.0.1/a", "http://127.0.0.1/"},
      {"http://127.0.0.1/a", "http://h/"},
      {"https://h/a", "https://h/a"},  // a loop
      {"https://h/a", "/a#fragment"},
      {"https://h/a", "https://user:pw@h/b"},
      {"https://h/a", "ftp://h/b"},
      {"https://h/a", "oci://h/b"},
      {"https://h/a", "https:///b"},
      {"https://h/a", "https://h/b\r\nX: y"},
  });
  CAPTURE(row.from, row.to);
  ScriptedHttp http(site({{row.from, {302, row.to}}}));
  CHECK(failure_of(http, with_token(row.from)) == Failure::redirect_refused);
}

TEST_CASE("a loop over several hops is noticed", "[net]") {
  ScriptedHttp http(site({{"https://h/a", {302, "/b"}}, {"https://h/b", {302, "/a"}}}));
  CHECK(failure_of(http, with_token("https://h/a")) == Failure::redirect_refused);
  CHECK(http.seen().size() == 2);
}

TEST_CASE("loopback http may lead to loopback http and to https (G-10)", "[net]") {
  auto const to = one_of<char const*>({"http://127.0.0.1:81/b", "http://localhost/b", "https://h/b"});
  ScriptedHttp http(site({{"http://127.0.0.1/a", {302, to}}}));
  CHECK(http.exchange(with_token("http://127.0.0.1/a")).status == 200);
}

TEST_CASE("a redirect without Location is refused", "[net]") {
  ScriptedHttp http([](Request const&) { return reply(301); });
  CHECK(failure_of(http, with_token("https://h/a")) == Failure::redirect_refused);
}

TEST_CASE("writes repeat 307 and 308 at the same origin only (G-9)", "[net]") {
  struct Row {
    int status;
    char const* to;
    bool followed;
  };
  auto const row = one_of<Row>({
      {307, "/b", true},
      {308, "https://h/b", true},
      {301, "/b", false},
      {302, "/b", false},
      {303, "/b", false},
      {307, "https://other/b", false},
      {308, "https://h:8443/b", false},
  });
  auto const method = one_of<char const*>({"POST", "PATCH"});
  CAPTURE(row.status, row.to, method);
  ScriptedHttp http(site({{"https://h/a", {row.status, row.to}}}));
  auto request = with_token("https://h/a", method);
  request.body = "{}";
  CHECK(failure_of(http, request).has_value() != row.followed);
  if (row.followed) {
    CHECK(http.seen().at(1).method == method);
    CHECK(http.seen().at(1).body == "{}");
    CHECK(http.seen().at(1).origin_headers.has("authorization"));
  }
}

TEST_CASE("the message of a refused redirect shows no target: it may hold a secret", "[net]") {
  ScriptedHttp http(site({{"https://h/a?s3cret", {302, "http://h/b?s3cret"}}}));
  try {
    http.exchange(with_token("https://h/a?s3cret"));
    FAIL("followed");
  } catch (NetworkError const& error) {
    CHECK(error.code() == "redirect-refused");
    CHECK(std::string(error.what()) == "h: the redirect (HTTP 302) does not lead to https");
  }
}

TEST_CASE("credentials with a prefix stay below it, and are not restored by a hop back (B-28)", "[net]") {
  struct Row {
    char const* to;
    bool kept;
  };
  auto const row = one_of<Row>({
      {"/alice/b", true},
      {"b", true},
      {"https://h/alice/%62", true},
      {"/mallory/b", false},
      {"/", false},
      {"/alicex/b", false},
      {"../mallory/b", false},
      {"/alice/../mallory/b", false},
      {"/alice/%2e%2e/mallory/b", false},
      {"/alice/..%2fmallory/b", false},
      {"/alice%2fb", false},
      {"/alice/b;c", false},
      {"/alice/%5c..%5cmallory", false},
      {"https://i/alice/b", false},
      {"https://h:8443/alice/b", false},
  });
  CAPTURE(row.to);
  ScriptedHttp http([&](Request const& request) {
    if (request.url.path == "/alice/a") return reply(302, "", {{"Location", row.to}});
    if (request.url.path == "/alice/end") return reply(200);
    return reply(302, "", {{"Location", "https://h/alice/end"}});
  });
  auto request = with_token("https://h/alice/a");
  request.origin_prefix = "/alice";
  CHECK(http.exchange(request).status == 200);
  auto const seen = http.seen();
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].origin_headers.has("authorization"));
  CHECK(seen[1].origin_headers.has("authorization") == row.kept);
  CHECK(seen[2].origin_headers.has("authorization") == row.kept);
  CHECK(seen[2].headers.has("accept"));
}

TEST_CASE("blanks and letters in a Location are escaped, as in an index (D-17)", "[net]") {
  ScriptedHttp http(site({{"https://h/a", {302, "/my charts/\xc3\xa4?x= y"}}}));
  CHECK(http.exchange(with_token("https://h/a")).url.text() == "https://h/my%20charts/%C3%A4?x=%20y");
}

}  // namespace
}  // namespace redirects_test
