// Whom we ask, with what, and what the answers mean (D-14, D-17, D-18, D-32 … D-36).

#include "dependencies/fetcher.hpp"

#include "loopback/scripted_http.hpp"
#include "support/catch2.hpp"

namespace fetcher_test {
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
  return verdict ? std::string() : std::string(verdict.error().code.text());
}

HostSettings with_password(std::string const& line) {
  return {.hosts = {}, .private_hosts = {}, .loopback_http = false, .credentials = *Credentials::parse({line})};
}

std::string authorization_of(Request const& request) {
  auto const* const value = request.origin_headers.find("Authorization");
  return value ? *value : "";
}

TEST_CASE("a repository is https or oci, without credentials in it (P-90)", "[dependencies]") {
  Fetcher const fetcher(nobody(), {});
  struct Row {
    char const* text;
    char const* code;
  };
  auto const row = one_of<Row>({
      {"https://charts.example.org/stable", ""},
      {"https://charts.example.org/stable?x=1", ""},
      {"https://charts.example.org/my charts", ""},
      {"https://charts.example.org/my\ncharts", "dep-repository"},
      {"https://charts.example.org/%zz", "dep-repository"},
      {"oci://registry.example.org/charts", ""},
      {"http://charts.example.org", "dep-repository"},
      {"http://127.0.0.1:8080/charts", "dep-repository"},
      {"ftp://u:secret@charts.example.org", "dep-repository"},
      {"https://u:secret@charts.example.org", "dep-repository"},
      {"https:/charts.example.org", "dep-repository"},
      {"charts.example.org", "dep-repository"},
      {"", "dep-repository"},
  });
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
  auto const row = one_of<Row>({
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
  });
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
  auto const row = one_of<Row>({
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
      {"https://h/s", "my charts/x.tgz", "https://h/s/my%20charts/x.tgz"},
      {"https://h/s", "https://i/my charts/\xc3\xa4.tgz?a= b", "https://i/my%20charts/%C3%A4.tgz?a=%20b"},
  });
  CAPTURE(row.repository, row.reference);
  auto const found = Fetcher(nobody(), {}).archive_url(url(row.repository), row.reference);
  REQUIRE(found.has_value());
  CHECK(found->text() == row.url);
}

TEST_CASE("an archive's URL of another kind is refused", "[dependencies]") {
  auto const reference = one_of({"", "http://i/x.tgz", "file:///etc/passwd", "ftp://i/x.tgz", "x:y.tgz", "//u:secret@i/x.tgz",
                                 "https://u:secret@i/x.tgz", "x\ty.tgz", "x%zz.tgz", "my charts:x/y.tgz"});
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
  auto const row = one_of<Row>({{404, "dep-not-found"},
                                {401, "dep-auth"},
                                {403, "dep-auth"},
                                {204, "dep-unreachable"},
                                {206, "dep-unreachable"},
                                {303, "dep-redirect"},
                                {410, "dep-unreachable"},
                                {451, "dep-unreachable"},
                                {501, "dep-unreachable"}});
  CAPTURE(row.status);
  ScriptedHttp http([&](Request const&) { return reply(row.status, "no"); });
  Fetcher fetcher(http, {});
  auto const answer = fetcher.get({.url = url("https://h/x.tgz?token=secret"), .max_body = 10});
  REQUIRE(answer.has_error());
  CHECK(answer.error().code == row.code);
  CHECK(answer.error().where == "https://h/x.tgz");
  CHECK_FALSE(answer.error().fix_text.empty());
  CHECK(answer.error().fix_text.find("run again") == std::string::npos);  // it would be the same
  CHECK(http.seen().size() == 1);
}

TEST_CASE("answers that pass advise another run", "[dependencies]") {
  auto const status = one_of({408, 425, 429, 500, 502, 507});
  CAPTURE(status);
  ScriptedHttp http([&](Request const&) { return reply(status, "no"); });
  Fetcher fetcher(http, {});
  auto const answer = fetcher.get({.url = url("https://h/x.tgz"), .max_body = 10});
  REQUIRE(answer.has_error());
  CHECK(answer.error().code == "dep-unreachable");
  CHECK(answer.error().fix_text.starts_with("run again"));
  CHECK((answer.error().fix_text.find("registry-credentials") != std::string::npos) == (status == 429));
}

TEST_CASE("what will not pass advises no other run, a certificate names SSL_CERT_FILE", "[dependencies]") {
  struct Row {
    Failure failure;
    int status;
    bool passing;
    char const* word;
  };
  auto const row = one_of<Row>({{Failure::resolve, 0, true, ""},
                                {Failure::connect, 0, true, ""},
                                {Failure::timeout, 0, true, ""},
                                {Failure::closed_early, 0, true, ""},
                                {Failure::truncated, 0, true, ""},
                                {Failure::server_error, 503, true, ""},
                                {Failure::rate_limited, 429, true, "registry-credentials"},
                                {Failure::proxy, 503, true, ""},
                                {Failure::proxy, 407, false, "HTTPS_PROXY"},
                                {Failure::certificate, 0, false, "SSL_CERT_FILE"},
                                {Failure::tls, 0, false, "TLS 1.2"},
                                {Failure::bad_framing, 0, false, "another source"},
                                {Failure::address_refused, 0, false, "dependency-private-hosts"},
                                {Failure::redirect_refused, 0, false, "another source"},
                                {Failure::too_large, 0, false, "another source"}});
  CAPTURE(static_cast<int>(row.failure), row.status);
  ScriptedHttp http(
      [&](Request const& request) -> Reply { throw NetworkError(row.failure, request.url.host, "it fails", row.status); });
  Fetcher fetcher(http, {});
  auto const answer = fetcher.get({.url = url("https://h/x.tgz"), .max_body = 10});
  REQUIRE(answer.has_error());
  CHECK((answer.error().fix_text.find("run again") != std::string::npos) == row.passing);
  CHECK(answer.error().fix_text.find(row.word) != std::string::npos);
}

TEST_CASE("a password below a prefix is lost by a redirect that leaves it (B-28)", "[dependencies]") {
  auto const to = one_of({"/mallory/index.yaml", "/alice/../mallory/index.yaml", "/alice/other.yaml"});
  CAPTURE(to);
  bool const kept = std::string_view(to) == "/alice/other.yaml";
  ScriptedHttp http([&](Request const& request) {
    return request.url.path == "/alice/index.yaml" ? reply(302, "", {{"Location", to}}) : reply(200);
  });
  Fetcher fetcher(http, with_password("h/alice=robot:s3cretpass"));
  REQUIRE(fetcher.get({.url = url("https://h/alice/index.yaml"), .max_body = 10}).has_value());
  auto const all = http.seen();
  REQUIRE(all.size() == 2);
  CHECK_FALSE(authorization_of(all[0]).empty());
  CHECK(authorization_of(all[1]).empty() != kept);
  // The same host with a line for all of it.
  ScriptedHttp open([&](Request const& request) {
    return request.url.path == "/alice/index.yaml" ? reply(302, "", {{"Location", to}}) : reply(200);
  });
  Fetcher whole(open, with_password("h=robot:s3cretpass"));
  REQUIRE(whole.get({.url = url("https://h/alice/index.yaml"), .max_body = 10}).has_value());
  CHECK_FALSE(authorization_of(open.seen().at(1)).empty());
}

TEST_CASE("what a failed exchange means", "[dependencies]") {
  struct Row {
    Failure failure;
    char const* code;
  };
  auto const row = one_of<Row>({{Failure::address_refused, "dep-address"},
                                {Failure::redirect_refused, "dep-redirect"},
                                {Failure::too_large, "dep-too-large"},
                                {Failure::certificate, "dep-unreachable"},
                                {Failure::resolve, "dep-unreachable"},
                                {Failure::rate_limited, "dep-unreachable"},
                                {Failure::server_error, "dep-unreachable"}});
  ScriptedHttp http([&](Request const& request) -> Reply { throw NetworkError(row.failure, request.url.host, "it fails"); });
  Fetcher fetcher(http, {});
  auto const answer = fetcher.get({.url = url("https://h/x.tgz"), .max_body = 10});
  REQUIRE(answer.has_error());
  CHECK(answer.error().code == row.code);
  bool const limited = row.failure == Failure::rate_limited;
  CHECK((answer.error().fix_text.find("registry-credentials") != std::string::npos) == limited);
  CHECK(fetcher.hosts().size() == (row.failure == Failure::address_refused ? 0 : 1));
}

TEST_CASE("the end of the run's time is not a refusal of a dependency", "[dependencies]") {
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
}  // namespace fetcher_test
