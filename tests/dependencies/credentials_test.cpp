// registry-credentials: which password goes where (D-36).

#include "dependencies/credentials.hpp"

#include "support/catch2.hpp"

using acr::dependencies::Credentials;

namespace {

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

}  // namespace

TEST_CASE("a line gives its password to its own host, port and prefix, the longest prefix first", "[dependencies]") {
  auto const credentials = parsed({"charts.example.org=all:password-1", "charts.example.org/team=team:pass=word:2",
                                   "charts.example.org/team/a/=a:password-3", "other.example.org:8443=port:password-4", ""});
  struct Row {
    char const* host;
    std::uint16_t port;
    char const* path;
    char const* user;
  };
  auto const row = GENERATE(values<Row>({
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
  }));
  CAPTURE(row.host, row.port, row.path);
  CHECK(user_for(credentials, row.host, row.port, row.path) == row.user);
}

TEST_CASE("a path that may leave the prefix gets no password of the prefix", "[dependencies]") {
  auto const credentials = parsed({"charts.example.org/team=team:password-2"});
  auto const path = GENERATE("/team/../secret", "/team/%2e%2E/secret", "/team/.%2e/secret", "/team%2f..%2fsecret",
                             "/team/%5c../secret", "/team/./x", "/TEAM/x", "//team/x");
  CAPTURE(path);
  CHECK(user_for(credentials, "charts.example.org", 443, path) == "-");
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
  auto const line = GENERATE("charts.example.org", "charts.example.org=user", "charts.example.org=:password",
                             "=user:secretpassword", "https://charts.example.org=user:secretpassword",
                             "u@charts.example.org=user:secretpassword", "charts.example.org?x=user:secretpassword",
                             "charts.example.org=user:secret7", "charts.example.org:0=user:secretpassword",
                             "*.example.org=user:secretpassword", "first.example.org=user:secretpassword");
  CAPTURE(line);
  auto const credentials = Credentials::parse({"first.example.org=a:password-1", line});
  REQUIRE(credentials.has_error());
  auto const refused = credentials.error();
  CHECK(refused.code == "bad-input");
  CHECK(refused.where == "input registry-credentials, line 2");
  CHECK(refused.sentence().find("secret") == std::string::npos);
}
