// The files of `docker login` and `helm registry login`, and what their helper programs answer.

#include "dependencies/login_file.hpp"

#include "dependencies/limits.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"

namespace login_file_test {
namespace {

using namespace acr;
using dependencies::LoginFile;

std::string const path = "/home/u/.docker/config.json";
std::string const auth = base64("robot:s3cretpass");

LoginFile parsed(std::string const& text) {
  auto file = LoginFile::parse(text, path);
  INFO(text);
  REQUIRE(file.has_value());
  return std::move(*file);
}

// "robot" for a password, "helper SERVER" for a program, "" for nothing, else the refusal's reason.
std::string said(LoginFile const& file, std::string_view host, std::uint16_t port = 443) {
  auto const entry = file.entry(host, port);
  if (!entry) {
    CHECK(entry.error().code == "dep-auth");
    CHECK(entry.error().where == path);
    return entry.error().why;
  }
  if (!entry->helper.empty()) return entry->helper + " " + entry->server + (entry->named ? " named" : "");
  if (!entry->login) return {};
  CHECK(entry->login->source == path);
  auto const& credential = entry->login->credential;
  CHECK(credential.host == host);
  CHECK(credential.port == port);
  CHECK(credential.prefix.empty());
  CHECK(credential.realms.empty());
  CHECK(credential.password == "s3cretpass");
  return credential.user;
}

TEST_CASE("a key of auths counts for its host and port, and for https alone", "[dependencies]") {
  struct Row {
    char const* key;
    char const* host;
    std::uint16_t port;
    bool found;
  };
  auto const row = one_of<Row>({
      {"ghcr.io", "ghcr.io", 443, true},
      {"https://ghcr.io", "ghcr.io", 443, true},
      {"https://GHCR.io/v2/", "ghcr.io", 443, true},
      {"ghcr.io:443", "ghcr.io", 443, true},
      {"ghcr.io", "ghcr.io", 8443, false},
      {"ghcr.io:8443", "ghcr.io", 443, false},
      {"ghcr.io", "evil.ghcr.io", 443, false},
      {"ghcr.io", "ghcr.io.evil.example", 443, false},
      {"http://ghcr.io", "ghcr.io", 443, false},
      {"ghcr.io/acme", "ghcr.io", 443, false},
      {"https://ghcr.io/v2/acme", "ghcr.io", 443, false},
      {"user@ghcr.io", "ghcr.io", 443, false},
      {"ghcr.io?x", "ghcr.io", 443, false},
      {"", "ghcr.io", 443, false},
      {"127.0.0.1:5000", "127.0.0.1", 5000, true},
      {"[::1]:5000", "::1", 5000, true},
      {"https://index.docker.io/v1/", "registry-1.docker.io", 443, true},
      {"docker.io", "registry-1.docker.io", 443, true},
      {"registry-1.docker.io", "registry-1.docker.io", 443, true},
      {"index.docker.io", "auth.docker.io", 443, false},
  });
  CAPTURE(row.key, row.host, row.port);
  auto const file = parsed(R"({"auths":{")" + std::string(row.key) + R"(":{"auth":")" + auth + R"("}}})");
  CHECK(said(file, row.host, row.port) == (row.found ? "robot" : ""));
}

TEST_CASE("the usual spelling of a key comes before others", "[dependencies]") {
  auto const other = base64("other:s3cretpass");
  auto const file = parsed(R"({"auths":{"GHCR.io":{"auth":")" + other + R"("},"ghcr.io":{"auth":")" + auth + R"("}}})");
  CHECK(said(file, "ghcr.io") == "robot");
}

TEST_CASE("a program of a registry's own comes before the store, the store before auths", "[dependencies]") {
  auto const file =
      parsed(R"({"auths":{"ghcr.io":{},"https://quay.io":{"auth":")" + auth +
             R"("}},"credsStore":"desktop","credHelpers":{"https://gcr.io":"gcloud","bad.example":"../x","odd.example":7}})");
  CHECK(said(file, "gcr.io") == "gcloud https://gcr.io named");
  CHECK(said(file, "ghcr.io") == "desktop ghcr.io named");
  CHECK(said(file, "quay.io") == "desktop https://quay.io named");
  CHECK(said(file, "else.example") == "desktop else.example");
  CHECK(said(file, "else.example", 5000) == "desktop else.example:5000");
  CHECK(said(file, "registry-1.docker.io") == "desktop https://index.docker.io/v1/");
  CHECK(said(file, "bad.example") == "its entry in credHelpers is not the name of a program");
  CHECK(said(file, "odd.example") == "its entry in credHelpers is not the name of a program");
  CHECK(said(parsed(R"({"credsStore":"a/b"})"), "ghcr.io") == "its credsStore is not the name of a program");
  CHECK(said(parsed(R"({"credsStore":""})"), "ghcr.io").empty());
}

TEST_CASE("an entry for the registry that cannot be used is refused, and others are not looked at", "[dependencies]") {
  struct Row {
    std::string entry, why;
  };
  auto const row = one_of<Row>({
      {"7", "its entry in auths has another form"},
      {R"({"auth":7})", "its entry in auths has another form"},
      {R"({"auth":"%%%"})", "its entry in auths is not the Base64 of user:password"},
      {R"({"auth":")" + base64("nocolon-s3cretpass") + "\"}", "its entry in auths is not the Base64 of user:password"},
      {R"({"auth":")" + base64(":s3cretpass") + "\"}", "the login has no user's name"},
      {R"({"auth":")" + base64("robot:short") + "\"}",
       "the password is too short to be kept out of messages (at least 8 characters)"},
      {R"({"auth":")" + auth + R"(","identitytoken":"x"})", "an identity token stands in the password's place"},
      {R"({"registrytoken":"x"})", "an identity token stands in the password's place"},
      {"{}", ""},
      {R"({"auth":"","identitytoken":""})", ""},
      {R"({"auth":")" + auth + R"(","email":"a@b","more":[1]})", "robot"},
  });
  CAPTURE(row.entry);
  auto const file = parsed(R"({"auths":{"ghcr.io":)" + row.entry + R"(,"quay.io":{"auth":")" + auth + R"("}}})");
  CHECK(said(file, "ghcr.io") == row.why);
  CHECK(said(file, "quay.io") == "robot");
  if (auto const entry = file.entry("ghcr.io", 443); !entry) {
    CHECK(entry.error().sentence().find("s3cret") == std::string::npos);
    CHECK(entry.error().sentence().find(auth) == std::string::npos);
    CHECK(entry.error().sentence().find("short:") == std::string::npos);
    CHECK(entry.error().fix_text.starts_with("log in to ghcr.io anew"));
  }
}

TEST_CASE("what is not a file of logins is refused with its path", "[dependencies]") {
  std::string const text =
      one_of<std::string>({std::string(), std::string("s3cretpass"), std::string("[]"), std::string(R"({"auths":[]})"),
                           std::string(R"({"credHelpers":"x"})"), std::string(R"({"credsStore":{}})"),
                           std::string(R"({"auths":{"a":)"), R"({"x":)" + std::string(40, '[') + std::string(40, ']') + "}",
                           R"({"x":")" + std::string(dependencies::limits::login_file_bytes, 'a') + "\"}"});
  auto const file = LoginFile::parse(text, path);
  REQUIRE_FALSE(file.has_value());
  CHECK(file.error().where.starts_with(path));
  CHECK(file.error().sentence().find("s3cretpass") == std::string::npos);
  CHECK(LoginFile::parse(R"({"auths":null,"credHelpers":null,"credsStore":null,"plugins":{}})", path).has_value());
}

TEST_CASE("an answer of a helper is a user and a password", "[dependencies]") {
  using dependencies::read_helper_answer;
  auto const why = [](std::string const& json) {
    auto const login = read_helper_answer(json, "ghcr.io", 443, "docker-credential-x");
    if (login) return login->credential.user + " " + login->credential.password;
    CHECK(login.error().code == "dep-auth");
    CHECK(login.error().where == "docker-credential-x");
    CHECK(login.error().sentence().find("s3cret") == std::string::npos);
    return login.error().why;
  };
  CHECK(why(R"({"ServerURL":"ghcr.io","Username":"robot","Secret":"s3cretpass"})") == "robot s3cretpass");
  CHECK(why(R"({"Username":"<token>","Secret":"s3cretpass"})") == "an identity token stands in the password's place");
  CHECK(why(R"({"Username":"","Secret":"s3cretpass"})") == "the login has no user's name");
  CHECK(why(R"({"Username":"a:b","Secret":"s3cretpass"})") == "the login has no user's name");
  CHECK(why(R"({"Username":"robot","Secret":"s3cret"})") ==
        "the password is too short to be kept out of messages (at least 8 characters)");
  CHECK(why(R"({"Username":"robot"})") == "its answer has no Username and Secret");
  CHECK(why(R"({"Username":"robot","Secret":["s3cretpass"]})") == "its answer has no Username and Secret");
  CHECK(why("robot:s3cretpass") == "its answer has no Username and Secret");
}

}  // namespace
}  // namespace login_file_test
