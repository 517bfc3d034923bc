// registry-credentials: which password goes where (D-36, B-27, B-28).

#include "dependencies/credentials.hpp"

#include "support/catch2.hpp"

namespace credentials_test {
namespace {

using acr::dependencies::Credentials;

Credentials parsed(std::vector<std::string> const& lines) {
  auto credentials = Credentials::parse(lines);
  REQUIRE(credentials.has_value());
  return *credentials;
}

/// The user whose password goes there; "-" when nobody's does.
std::string user_for(Credentials const& credentials, std::string_view host, std::uint16_t port, std::string_view path) {
  auto const* const found = credentials.find(host, port, path);
  return found ? found->user : "-";
}

TEST_CASE("a line gives its password to its own host, port and prefix, the longest prefix first", "[dependencies]") {
  auto const credentials = parsed({"charts.example.org=all:password-1", "charts.example.org/team=team:pass=word:2",
                                   "charts.example.org/team/a/=a:password-3", "other.example.org:8443=port:password-4", ""});
  struct Row {
    char const* host;
    std::uint16_t port;
    char const* path;
    char const* user;
  };
  auto const row = one_of<Row>({
      {"charts.example.org", 443, "/", "all"},
      {"charts.example.org", 443, "/teams/x", "all"},  // whole path parts only
      {"charts.example.org", 443, "/team", "team"},
      {"charts.example.org", 443, "/team/b/x.tgz", "team"},
      {"charts.example.org", 443, "/team/a", "a"},
      {"charts.example.org", 443, "/team/a/x%2By.tgz", "a"},
      {"charts.example.org", 8443, "/team", "-"},
      {"x.charts.example.org", 443, "/", "-"},
      {"example.org", 443, "/", "-"},
      {"other.example.org", 443, "/", "-"},
      {"other.example.org", 8443, "/", "port"},
  });
  CAPTURE(row.host, row.port, row.path);
  CHECK(user_for(credentials, row.host, row.port, row.path) == row.user);
}

TEST_CASE("a path that may leave the prefix gets no password of the prefix", "[dependencies]") {
  auto const credentials = parsed({"charts.example.org/team=team:password-2"});
  auto const path = one_of({"/team/../secret", "/team/%2e%2E/secret", "/team/.%2e/secret", "/team%2f..%2fsecret",
                            "/team/%5c../secret", "/TEAM/x", "//team/x", "/team/x;y", "/team/%252e%252e/secret", "/team%2fx"});
  CAPTURE(path);
  CHECK(user_for(credentials, "charts.example.org", 443, path) == "-");
  CHECK(user_for(credentials, "charts.example.org", 443, "/%74eam/./x") == "team");  // as every server reads it
}

TEST_CASE("a line names the token services that its password may go to (B-27)", "[dependencies]") {
  auto const credentials = parsed(
      {"registry.example.org/charts=user:pass word realm=Auth.example.net realm=[::1]:5001  realm=other.example.net:8443",
       "plain.example.org=user:password", "odd.example.org:5000=user:realm=is part of it realm"});
  auto const* const line = credentials.find("registry.example.org", 443, "/charts/web");
  REQUIRE(line);
  CHECK(line->password == "pass word");
  CHECK(credentials.find("odd.example.org", 5000, "/")->password == "realm=is part of it realm");
  CHECK(credentials.secrets().front() == "pass word");
  struct Row {
    char const* realm;
    bool allowed, allowed_plain;
  };
  auto const row = one_of<Row>({
      {"https://registry.example.org/token", true, false},
      {"https://registry.example.org:443/token", true, false},
      {"https://auth.example.net/token", true, false},
      {"https://AUTH.example.net/", true, false},
      {"https://other.example.net:8443/token", true, false},
      {"https://[::1]:5001/", true, false},
      {"https://plain.example.org/", false, true},
      {"https://registry.example.org:8443/token", false, false},  // another port
      {"https://auth.example.net:8443/token", false, false},
      {"https://other.example.net/token", false, false},
      {"https://example.org/token", false, false},             // the parent
      {"https://auth.example.org/token", false, false},        // a sister
      {"https://x.registry.example.org/token", false, false},  // a child
      {"https://registry.example.org.evil.net/", false, false},
      {"https://evil-registry.example.org/", false, false},
  });
  CAPTURE(row.realm);
  auto const realm = acr::net::Url::parse(row.realm).value();
  CHECK(line->allows_realm(realm) == row.allowed);
  CHECK(credentials.find("plain.example.org", 443, "/")->allows_realm(realm) == row.allowed_plain);
}

TEST_CASE("words that name realms are no part of what is masked", "[dependencies]") {
  using acr::dependencies::without_realms;
  CHECK(without_realms(" secret realm=a.b  realm=c ") == "secret");
  CHECK(without_realms("secret realm=/") == "secret");
  CHECK(without_realms("se cret") == "se cret");
  CHECK(without_realms("realm=a.b") == "realm=a.b");
  CHECK(without_realms("") == "");
}

TEST_CASE("a password may hold equals signs and colons, and is masked in both its forms", "[dependencies]") {
  auto const credentials = parsed({"charts.example.org=u:pass=word:2"});
  auto const* const found = credentials.find("charts.example.org", 443, "/");
  REQUIRE(found);
  CHECK(found->password == "pass=word:2");
  CHECK(found->basic() == "Basic dTpwYXNzPXdvcmQ6Mg==");
  CHECK(credentials.secrets() == std::vector<std::string>{"pass=word:2", "dTpwYXNzPXdvcmQ6Mg=="});
}

TEST_CASE("the short host that container tools take as default stands for its registry (D-19)", "[dependencies]") {
  auto const credentials = parsed({"docker.io/library=u:password-1"});
  CHECK(user_for(credentials, "registry-1.docker.io", 443, "/library/x") == "u");
  CHECK(user_for(credentials, "docker.io", 443, "/library/x") == "-");
}

TEST_CASE("a malformed line is a bad input, told by its number and not repeated", "[dependencies]") {
  auto const line = one_of({"charts.example.org",
                            "charts.example.org=user",
                            "charts.example.org=:password",
                            "=user:secretpassword",
                            "https://charts.example.org=user:secretpassword",
                            "u@charts.example.org=user:secretpassword",
                            "charts.example.org?x=user:secretpassword",
                            "charts.example.org=user:secret7",
                            "charts.example.org:0=user:secretpassword",
                            "*.example.org=user:secretpassword",
                            "first.example.org=user:secretpassword",
                            "charts.example.org=user:secretpassword realm=",
                            "charts.example.org=user:secretpassword realm=a/b",
                            "charts.example.org=user:secretpassword realm=https://a",
                            "charts.example.org=user:secretpassword realm=u@a",
                            "charts.example.org=user:secretpassword realm=a?x realm=b",
                            "charts.example.org=user:secretpassword realm=*.a",
                            "charts.example.org=user:secret7 realm=auth.example.org",
                            "charts.example.org=user: realm=secretpassword.org",
                            "charts.example.org/a//b=user:secretpassword",
                            "charts.example.org/a/../b=user:secretpassword",
                            "charts.example.org/a%2fb=user:secretpassword",
                            "charts.example.org/a;b=user:secretpassword",
                            "charts.example.org/%2e/b=user:secretpassword",
                            "charts.example.org#x=user:secretpassword"});
  CAPTURE(line);
  auto const credentials = Credentials::parse({"first.example.org=a:password-1", line});
  REQUIRE(credentials.has_error());
  auto const refused = credentials.error();
  CHECK(refused.code == "bad-input");
  CHECK(refused.where == "input registry-credentials, line 2");
  CHECK(refused.sentence().find("secret") == std::string::npos);
}

}  // namespace
}  // namespace credentials_test
