// Whom we ask, with what, and what the answers mean (D-14, D-17, D-18, D-32 … D-36).

#include "dependencies/fetcher.hpp"

#include "loopback/scripted_http.hpp"
#include "support/catch2.hpp"

namespace {

using namespace acr::dependencies;
using acr::loopback::reply;
using acr::loopback::ScriptedHttp;
using acr::net::Failure;
using acr::net::NetworkError;
using acr::net::Reply;
using acr::net::Request;
using acr::net::Url;

Url url(std::string_view text) { return *Url::parse(text); }

ScriptedHttp& nobody() {
  static ScriptedHttp http([](Request const&) -> Reply { throw std::logic_error("nobody may be asked"); });
  return http;
}

/// The code, or "" for a value.
template <class T>
std::string code_of(acr::Verdict<T> const& verdict) {
  return verdict ? std::string() : verdict.error().code;
}

HostSettings with_password(std::string const& line) {
  return {.hosts = {}, .private_hosts = {}, .loopback_http = false, .credentials = *Credentials::parse({line})};
}

std::string authorization_of(Request const& request) {
  auto const* const value = request.origin_headers.find("Authorization");
  return value ? *value : "";
}

TEST_CASE("a repository is https or oci, without credentials in it", "[dependencies]") {
  Fetcher const fetcher(nobody(), {});
  struct Row {
    char const* text;
    char const* code;
  };
  auto const row = GENERATE(values<Row>({
      {"https://charts.example.org/stable", ""},
      {"https://charts.example.org/stable?x=1", ""},
      {"oci://registry.example.org/charts", ""},
      {"http://charts.example.org", "dep-repository"},
      {"http://127.0.0.1:8080/charts", "dep-repository"},
      {"ftp://u:secret@charts.example.org", "dep-repository"},
      {"https://u:secret@charts.example.org", "dep-repository"},
      {"https:/charts.example.org", "dep-repository"},
      {"charts.example.org", "dep-repository"},
      {"", "dep-repository"},
  }));
  CAPTURE(row.text);
  auto const parsed = fetcher.repository_url(row.text);
  CHECK(code_of(parsed) == row.code);
  if (!parsed) CHECK(parsed.error().sentence().find("secret") == std::string::npos);
}

TEST_CASE("plain http is for loopback addresses when the API is loopback http itself", "[dependencies]") {
  Fetcher const fetcher(nobody(), {.loopback_http = true});
  CHECK(fetcher.repository_url("http://127.0.0.1:8080/charts").has_value());
  CHECK(code_of(fetcher.repository_url("http://charts.example.org/charts")) == "dep-repository");
  auto const repository = url("https://charts.example.org/");
  CHECK(fetcher.archive_url(repository, "http://127.0.0.1:8080/x.tgz").has_value());
  Fetcher const strict(nobody(), {});
  CHECK(code_of(strict.archive_url(repository, "http://127.0.0.1:8080/x.tgz")) == "dep-repository");
}

TEST_CASE("dependency-hosts lists hosts with port 443 unless written, and suffixes", "[dependencies]") {
  struct Row {
    char const* pattern;
    char const* repository;
    bool allowed;
  };
  auto const row = GENERATE(values<Row>({
      {"charts.example.org", "https://charts.example.org/x", true},
      {"charts.example.org", "https://CHARTS.example.org:443/x", true},
      {"charts.example.org", "https://charts.example.org:8443/x", false},
      {"charts.example.org:8443", "https://charts.example.org:8443/x", true},
      {"Charts.Example.org", "https://charts.example.org/x", true},
      {"*.example.org", "https://charts.example.org/x", true},
      {"*.example.org", "https://a.b.example.org/x", true},
      {"*.example.org", "https://example.org/x", false},
      {"*.example.org", "https://badexample.org/x", false},
      {"*.example.org", "https://charts.example.org:8443/x", false},
      {"example.org", "https://charts.example.org/x", false},
      {"*.0.0.1", "https://127.0.0.1/x", false},
      {"127.0.0.1", "http://127.0.0.1:8080/x", false},  // no port is 443, for loopback too
      {"127.0.0.1:8080", "http://127.0.0.1:8080/x", true},
      {"[::1]:8080", "http://[::1]:8080/x", true},
      {"docker.io", "oci://docker.io/charts", true},
      {"docker.io", "oci://registry-1.docker.io/charts", true},
      {"*.docker.io", "oci://docker.io/charts", true},
      {"registry-1.docker.io", "oci://docker.io/charts", true},
      {"", "https://charts.example.org/x", false},
      {"*", "https://charts.example.org/x", false},
  }));
  CAPTURE(row.pattern, row.repository);
  HostSettings settings{.hosts = {"unused.example.net", row.pattern}, .private_hosts = {}, .loopback_http = true};
  auto const parsed = Fetcher(nobody(), settings).repository_url(row.repository);
  CHECK(code_of(parsed) == (row.allowed ? "" : "dep-host-denied"));
}

TEST_CASE("an index stands at the repository's path, its query kept", "[dependencies]") {
  CHECK(index_url(url("https://h/s")).text() == "https://h/s/index.yaml");
  CHECK(index_url(url("https://h/s/")).text() == "https://h/s/index.yaml");
  CHECK(index_url(url("https://h/s//")).text() == "https://h/s//index.yaml");
  CHECK(index_url(url("https://h")).text() == "https://h/index.yaml");
  CHECK(index_url(url("https://h/s?a=1#f")).text() == "https://h/s/index.yaml?a=1");
}

TEST_CASE("an archive's URL is verbatim or relative to the repository, whose query it takes (D-17)", "[dependencies]") {
  struct Row {
    char const* repository;
    char const* reference;
    char const* url;
  };
  auto const row = GENERATE(values<Row>({
      {"https://h/s", "x.tgz", "https://h/s/x.tgz"},
      {"https://h/s/", "x.tgz", "https://h/s/x.tgz"},
      {"https://h/s", "/x.tgz", "https://h/x.tgz"},
      {"https://h/s/t", "../x.tgz", "https://h/s/x.tgz"},
      {"https://h/s", "//i/x.tgz", "https://i/x.tgz"},
      {"https://h/s?r=2", "x.tgz?a=1", "https://h/s/x.tgz?r=2"},
      {"https://h/s", "x.tgz?a=1", "https://h/s/x.tgz"},
      {"https://h/s?r=2", "https://i/x.tgz?a=1", "https://i/x.tgz?a=1"},
      {"https://h/s", "https://i/a/../x.tgz", "https://i/a/../x.tgz"},
      {"https://h/s", "oci://i/p:1.0.0", "oci://i/p:1.0.0"},
  }));
  CAPTURE(row.repository, row.reference);
  auto const found = Fetcher(nobody(), {}).archive_url(url(row.repository), row.reference);
  REQUIRE(found.has_value());
  CHECK(found->text() == row.url);
}

TEST_CASE("an archive's URL of another kind is refused", "[dependencies]") {
  auto const reference = GENERATE("", "http://i/x.tgz", "file:///etc/passwd", "ftp://i/x.tgz", "x:y.tgz", "//u:secret@i/x.tgz",
                                  "https://u:secret@i/x.tgz", "x y.tgz");
  CAPTURE(reference);
  auto const found = Fetcher(nobody(), {}).archive_url(url("https://h/s"), reference);
  REQUIRE(found.has_error());
  CHECK(found.error().code == "dep-repository");
  CHECK(found.error().sentence().find("secret") == std::string::npos);
}

TEST_CASE("a question carries no more than it says (D-18)", "[dependencies]") {
  ScriptedHttp http([](Request const&) { return reply(200, "bytes"); });
  Fetcher fetcher(http, {.private_hosts = {"Charts.corp.internal", "[FC00:0::1]", "10.0.0.1"}});
  auto const answer = fetcher.get({.url = url("https://h/x.tgz"), .accept = "application/gzip", .max_body = 10});
  REQUIRE(answer.has_value());
  CHECK(answer->body == "bytes");
  auto const seen = http.seen().at(0);
  CHECK(seen.headers.size() == 1);
  CHECK(seen.headers.joined("Accept") == "application/gzip");
  CHECK(seen.origin_headers.size() == 0);
  CHECK(seen.retry == acr::net::RetryRules::storage);
  CHECK(seen.addresses.public_only);
  CHECK_FALSE(seen.addresses.loopback_literals);
  CHECK(seen.addresses.private_names == std::vector<std::string>{"charts.corp.internal", "fc00::1", "10.0.0.1"});
}

TEST_CASE("a password goes to its own origin and prefix, and behind no redirect to another (D-34, D-36)", "[dependencies]") {
  ScriptedHttp http([](Request const& request) {
    if (request.url.path == "/team/moved") return reply(302, "", {{"Location", "https://h:8443/team/x"}});
    if (request.url.path == "/team/back" && request.url.port == 443) return reply(302, "", {{"Location", "https://i/back"}});
    if (request.url.host == "i" && request.url.path == "/back") return reply(302, "", {{"Location", "https://h/team/x"}});
    return reply(200);
  });
  Fetcher fetcher(http, with_password("h/team=u:password"));
  auto const sent_to = [&](std::string_view text) {
    auto const before = http.seen().size();
    CHECK(fetcher.get({.url = url(text), .max_body = 10}).has_value());
    std::vector<std::string> sent;
    auto const all = http.seen();
    for (auto i = before; i < all.size(); ++i) sent.push_back(authorization_of(all[i]));
    return sent;
  };
  std::string const basic = "Basic dTpwYXNzd29yZA==";
  CHECK(sent_to("https://h/team/x") == std::vector<std::string>{basic});
  CHECK(sent_to("https://h/other/x") == std::vector<std::string>{""});
  CHECK(sent_to("https://h:8443/team/x") == std::vector<std::string>{""});
  CHECK(sent_to("https://i/team/x") == std::vector<std::string>{""});
  CHECK(sent_to("https://h/team/moved") == std::vector<std::string>{basic, ""});  // another port of the host
  CHECK(sent_to("https://h/team/back") == std::vector<std::string>{basic, "", ""});
}

TEST_CASE("what an answer that is no 200 means (D-18)", "[dependencies]") {
  struct Row {
    int status;
    char const* code;
  };
  auto const row = GENERATE(values<Row>({{404, "dep-not-found"},
                                         {401, "dep-auth"},
                                         {403, "dep-auth"},
                                         {204, "dep-unreachable"},
                                         {206, "dep-unreachable"},
                                         {303, "dep-unreachable"},
                                         {410, "dep-unreachable"},
                                         {451, "dep-unreachable"},
                                         {501, "dep-unreachable"}}));
  CAPTURE(row.status);
  ScriptedHttp http([&](Request const&) { return reply(row.status, "no"); });
  Fetcher fetcher(http, {});
  auto const answer = fetcher.get({.url = url("https://h/x.tgz?token=secret"), .max_body = 10});
  REQUIRE(answer.has_error());
  CHECK(answer.error().code == row.code);
  CHECK(answer.error().where == "https://h/x.tgz");
  CHECK_FALSE(answer.error().mend_text.empty());
  CHECK(http.seen().size() == 1);
}

TEST_CASE("what a failed exchange means", "[dependencies]") {
  struct Row {
    Failure failure;
    char const* code;
  };
  auto const row = GENERATE(values<Row>({{Failure::address_refused, "dep-address"},
                                         {Failure::redirect_refused, "dep-redirect"},
                                         {Failure::too_large, "dep-too-large"},
                                         {Failure::certificate, "dep-unreachable"},
                                         {Failure::resolve, "dep-unreachable"},
                                         {Failure::rate_limited, "dep-unreachable"},
                                         {Failure::server_error, "dep-unreachable"}}));
  ScriptedHttp http([&](Request const& request) -> Reply { throw NetworkError(row.failure, request.url.host, "it fails"); });
  Fetcher fetcher(http, {});
  auto const answer = fetcher.get({.url = url("https://h/x.tgz"), .max_body = 10});
  REQUIRE(answer.has_error());
  CHECK(answer.error().code == row.code);
  bool const limited = row.failure == Failure::rate_limited;
  CHECK((answer.error().mend_text.find("registry-credentials") != std::string::npos) == limited);
  CHECK(fetcher.hosts().size() == (row.failure == Failure::address_refused ? 0 : 1));
}

TEST_CASE("the end of the run's time is no refusal of a dependency", "[dependencies]") {
  ScriptedHttp http([](Request const&) -> Reply { throw acr::Unreachable("timeout", "the time is up"); });
  Fetcher fetcher(http, {});
  CHECK_THROWS_AS(static_cast<void>(fetcher.get({.url = url("https://h/x"), .max_body = 10})), acr::Unreachable);
}

TEST_CASE("all hosts asked are known, those of redirects that fail included (D-32)", "[dependencies]") {
  ScriptedHttp http([](Request const& request) -> Reply {
    if (request.url.host == "a.example.org") return reply(307, "", {{"Location", "https://storage.example.net:8443/x"}});
    if (request.url.host == "storage.example.net") return reply(307, "", {{"Location", "https://internal.example.net/x"}});
    throw NetworkError(Failure::address_refused, request.url.host, "10.0.0.1 is a private address");
  });
  Fetcher fetcher(http, {});
  CHECK(code_of(fetcher.get({.url = url("https://a.example.org/x"), .max_body = 10})) == "dep-address");
  CHECK(fetcher.hosts() == std::vector<std::string>{"a.example.org", "storage.example.net:8443"});
}

}  // namespace
