#include "net/proxy.hpp"

#include <map>

#include "net/http_client.hpp"
#include "support/catch2.hpp"

namespace proxy_test {
namespace {

using acr::net::Proxy;
using acr::net::ProxySettings;
using acr::net::Url;

ProxySettings settings(std::string_view no_proxy) {
  return {.https = *Proxy::parse("http://proxy.example:3128"), .exempted = acr::net::no_proxy_entries(no_proxy)};
}

TEST_CASE("a proxy is a host with a port, credentials are decoded", "[net]") {
  auto const plain = Proxy::parse("proxy.example:3128");
  REQUIRE(plain.has_value());
  CHECK(*plain == Proxy{"proxy.example", 3128, ""});
  CHECK(Proxy::parse("http://proxy.example")->port == 80);
  CHECK(Proxy::parse("HTTP://[::1]:3128/")->host == "::1");
  // base64("user:p@ss:word"), from the command line tool
  CHECK(Proxy::parse("http://user:p%40ss:word@proxy.example:1")->authorization == "Basic dXNlcjpwQHNzOndvcmQ=");
}

TEST_CASE("proxies of other kinds are refused, and their password is not shown", "[net]") {
  auto const text =
      one_of<char const*>({"https://u:s3cret@proxy.example:1", "socks5://u:s3cret@p", "http://", "http://u:s3cret@",
                           "http://u:s3cret@h/path", "u:s3cret%@h", "http://h?s3cret", "http://h:99999"});
  CAPTURE(text);
  auto const proxy = Proxy::parse(text);
  REQUIRE(proxy.has_error());
  CHECK(proxy.error().code == "bad-proxy");
  CHECK(proxy.error().sentence().find("s3cret") == std::string::npos);
}

TEST_CASE("NO_PROXY exempts hosts, suffixes, addresses and ranges (A-11)", "[net]") {
  struct Row {
    char const* no_proxy;
    char const* url;
    bool proxied;
  };
  auto const row = one_of<Row>({
      {"", "https://api.github.com/", true},
      {"*", "https://api.github.com/", false},
      {"github.com", "https://github.com/", false},
      {"github.com", "https://api.github.com/", false},
      {"GitHub.COM", "https://api.github.com/", false},
      {"github.com", "https://notgithub.com/", true},
      {"api.github.com", "https://github.com/", true},
      {".github.com", "https://api.github.com/", false},
      {".github.com", "https://github.com/", true},
      {"*.github.com", "https://api.github.com/", false},
      {"*.github.com", "https://github.com/", true},
      {"a.example, github.com", "https://github.com/", false},
      {"a.example github.com", "https://github.com/", false},
      {"github.com:8443", "https://github.com/", true},
      {"github.com:443", "https://github.com/", false},
      {"192.0.2.1", "https://192.0.2.1/", false},
      {"192.0.2.0/24", "https://192.0.2.77/", false},
      {"192.0.2.0/24", "https://192.0.3.77/", true},
      {"192.0.2.0/33", "https://192.0.2.77/", true},
      {"2001:db8::/32", "https://[2001:db8::7]/", false},
      {"2001:db8::7", "https://[2001:db8::7]/", false},
      {"[2001:db8::7]:443", "https://[2001:db8::7]/", false},
      {"2.1", "https://192.0.2.1/", true},  // suffixes are for names
      {",", "https://github.com/", true},
      {"", "https://127.0.0.1/", false},
      {"", "https://localhost/", false},
      {"", "http://127.0.0.1/", false},
  });
  CAPTURE(row.no_proxy, row.url);
  CHECK(settings(row.no_proxy).proxy_for(*Url::parse(row.url)).has_value() == row.proxied);
}

TEST_CASE("the environment names proxy and CA file, in upper or lower case (A-11, G-2)", "[net]") {
  auto const from = [](std::map<std::string, std::string> variables) {
    return acr::net::client_settings(
        [variables](char const* name) {
          auto const found = variables.find(name);
          return found == variables.end() ? std::string() : found->second;
        },
        "agent/1");
  };
  auto const none = from({});
  CHECK_FALSE(none.proxy.https);
  CHECK(none.ca_file == "/etc/ssl/certs/ca-certificates.crt");
  CHECK(none.user_agent == "agent/1");

  auto const lower = from({{"https_proxy", "p:1"}, {"no_proxy", "a,b"}, {"SSL_CERT_FILE", "/x.pem"}});
  CHECK(lower.proxy.https->host == "p");
  CHECK(lower.proxy.exempted == std::vector<std::string>{"a", "b"});
  CHECK(lower.ca_file == "/x.pem");

  CHECK(from({{"https_proxy", "low:1"}, {"HTTPS_PROXY", "up:1"}}).proxy.https->host == "up");
  CHECK_FALSE(from({{"HTTP_PROXY", "p:1"}}).proxy.https);
  try {
    from({{"HTTPS_PROXY", "socks5://p:1"}});
    FAIL("a SOCKS proxy was taken");
  } catch (acr::BadEnvironment const& error) {
    CHECK(error.code() == "bad-proxy");
  }
}

}  // namespace
}  // namespace proxy_test
