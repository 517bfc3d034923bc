#include "net/url.hpp"

#include "support/catch2.hpp"

namespace url_test {
namespace {

using acr::net::Url;

Url url(std::string_view text) {
  auto const parsed = Url::parse(text);
  INFO(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

TEST_CASE("a URL is taken apart as it stands", "[net]") {
  auto const parsed = url("https://Ghe.Example.ORG:8443/api/v3/x%2By?a=1&b=%C3%A4#part");
  CHECK(parsed.scheme == "https");
  CHECK(parsed.host == "ghe.example.org");
  CHECK(parsed.port == 8443);
  CHECK(parsed.path == "/api/v3/x%2By");
  CHECK(parsed.query == "a=1&b=%C3%A4");
  CHECK(parsed.fragment == "part");
  CHECK(parsed.text() == "https://ghe.example.org:8443/api/v3/x%2By?a=1&b=%C3%A4");
  CHECK(parsed.text_without_query() == "https://ghe.example.org:8443/api/v3/x%2By");
  CHECK(parsed.target() == "/api/v3/x%2By?a=1&b=%C3%A4");
  CHECK(parsed.authority() == "ghe.example.org:8443");
  CHECK(parsed.origin().text() == "https://ghe.example.org:8443");
}

TEST_CASE("spellings of one URL that are equal by RFC 3986 give one value", "[net]") {
  struct Row {
    char const* spelling;
    char const* text;
  };
  auto const row = one_of<Row>({
      {"https://api.github.com", "https://api.github.com/"},
      {"HTTPS://API.github.com:443/", "https://api.github.com/"},
      {"http://127.0.0.1:80/x", "http://127.0.0.1/x"},
      {"http://127.0.0.1:8080/x?", "http://127.0.0.1:8080/x?"},
      {"https://[2001:DB8:0:0:0:0:0:1]:443/", "https://[2001:db8::1]/"},
      {"https://[::1]:8443/a", "https://[::1]:8443/a"},
      {"oci://registry.example.org/charts/web", "oci://registry.example.org/charts/web"},
      {"https://a_b.example.org/", "https://a_b.example.org/"},
      {"https://h/a/../b", "https://h/a/../b"},
  });
  CHECK(url(row.spelling).text() == row.text);
}

TEST_CASE("odd URLs are refused, not repaired", "[net]") {
  auto const text = one_of<std::string_view>({
      "",
      "x",
      "/x",
      "//h/x",
      "https:",
      "https:/x",
      "https:x",
      "https://",
      "https:///x",
      "ftp://h/",
      "file:///etc/passwd",
      "javascript://h/%0a",
      "https://h:0/",
      "https://h:65536/",
      "https://h:+1/",
      "https://h:/",
      "https://h:08/",
      "https://h /",
      "https://h/a b",
      "https://h/\x01",
      "https://h/\t",
      "https://h/a\\b",
      "https://h\\evil/",
      "https://h/\xc3\xa4",
      "https://h/%",
      "https://h/%4",
      "https://h/%zz",
      "https://h/?<",
      "https://h/#<",
      "https://h./",
      "https://.h/",
      "https://a..b/",
      "https://-h/",
      "https://h-/",
      "https://h%2eexample/",
      "https://127.1/",
      "https://0x7f.0.0.1/",
      "https://2130706433/",
      "https://0177.0.0.1/",
      "https://1.2.3.4.5/",
      "https://127.0.0.01/",
      "https://256.1.1.1/",
      "https://0x7f000001/",
      "https://[::1/",
      "https://::1/",
      "https://[127.0.0.1]/",
      "https://[fe80::1%25eth0]/",
      "https://[::1]x/",
      "https://h\r\nX: y/",
      "https://h/\nX: y",
  });
  CAPTURE(text);
  auto const parsed = Url::parse(text);
  REQUIRE(parsed.has_error());
  CHECK(parsed.error().code == "bad-url");
}

TEST_CASE("labels and names of hosts keep DNS lengths", "[net]") {
  CHECK(Url::parse("https://" + std::string(63, 'a') + ".org/").has_value());
  CHECK(Url::parse("https://" + std::string(64, 'a') + ".org/").has_error());
  std::string name = "org";
  while (name.size() < 254) name = "abcdefg." + name;
  CHECK(Url::parse("https://" + name + "/").has_error());
  CHECK(Url::parse("https://h/" + std::string(9000, 'a')).has_error());
}

TEST_CASE("credentials in a URL are noticed and never shown (D-36)", "[net]") {
  auto const text = one_of<char const*>({"https://user:s3cret@h/", "https://s3cret@h/x", "https://@h/", "https://a@s3cret@h/"});
  auto const parsed = Url::parse(text);
  REQUIRE(parsed.has_error());
  CHECK(parsed.error().code == "url-userinfo");
  CHECK(parsed.error().sentence().find("s3cret") == std::string::npos);
}

TEST_CASE("references resolve as RFC 3986 section 5.4 lists them", "[net]") {
  // The empty path of "//g" is "/" here; "g:h" and "http:g" name no host and are refused below.
  struct Row {
    char const* reference;
    char const* target;
    char const* fragment;
  };
  auto const row = one_of<Row>({
      {"g", "http://a/b/c/g", ""},
      {"./g", "http://a/b/c/g", ""},
      {"g/", "http://a/b/c/g/", ""},
      {"/g", "http://a/g", ""},
      {"//g", "http://g/", ""},
      {"?y", "http://a/b/c/d;p?y", ""},
      {"g?y", "http://a/b/c/g?y", ""},
      {"#s", "http://a/b/c/d;p?q", "s"},
      {"g#s", "http://a/b/c/g", "s"},
      {"g?y#s", "http://a/b/c/g?y", "s"},
      {";x", "http://a/b/c/;x", ""},
      {"g;x", "http://a/b/c/g;x", ""},
      {"g;x?y#s", "http://a/b/c/g;x?y", "s"},
      {"", "http://a/b/c/d;p?q", ""},
      {".", "http://a/b/c/", ""},
      {"./", "http://a/b/c/", ""},
      {"..", "http://a/b/", ""},
      {"../", "http://a/b/", ""},
      {"../g", "http://a/b/g", ""},
      {"../..", "http://a/", ""},
      {"../../", "http://a/", ""},
      {"../../g", "http://a/g", ""},
      {"../../../g", "http://a/g", ""},
      {"../../../../g", "http://a/g", ""},
      {"/./g", "http://a/g", ""},
      {"/../g", "http://a/g", ""},
      {"g.", "http://a/b/c/g.", ""},
      {".g", "http://a/b/c/.g", ""},
      {"g..", "http://a/b/c/g..", ""},
      {"..g", "http://a/b/c/..g", ""},
      {"./../g", "http://a/b/g", ""},
      {"./g/.", "http://a/b/c/g/", ""},
      {"g/./h", "http://a/b/c/g/h", ""},
      {"g/../h", "http://a/b/c/h", ""},
      {"g;x=1/./y", "http://a/b/c/g;x=1/y", ""},
      {"g;x=1/../y", "http://a/b/c/y", ""},
      {"g?y/./x", "http://a/b/c/g?y/./x", ""},
      {"g?y/../x", "http://a/b/c/g?y/../x", ""},
      {"g#s/./x", "http://a/b/c/g", "s/./x"},
      {"g#s/../x", "http://a/b/c/g", "s/../x"},
      {"https://other.example/a/../b", "https://other.example/b", ""},
  });
  CAPTURE(row.reference);
  auto const resolved = url("http://a/b/c/d;p?q").resolve(row.reference);
  REQUIRE(resolved.has_value());
  CHECK(resolved->text() == row.target);
  CHECK(resolved->fragment.value_or("") == row.fragment);
}

TEST_CASE("references that lead nowhere usable are refused", "[net]") {
  auto const reference = one_of<char const*>({"g:h", "http:g", "1:2", "http://", "//", "///x", "//u:p@h/", "https://u:p@h/",
                                              "mailto:x@y", "data:,x", "a b", "\r\nX: y"});
  CAPTURE(reference);
  CHECK(url("http://a/b/c/d;p?q").resolve(reference).has_error());
}

TEST_CASE("the port and an IPv6 host survive resolving", "[net]") {
  CHECK(url("https://[::1]:8443/a/b").resolve("../c")->text() == "https://[::1]:8443/c");
  CHECK(url("https://h:8443/a").resolve("//h/c")->port == 443);
}

TEST_CASE("origins differ by scheme, host and port (G-8)", "[net]") {
  auto const origin = url("https://api.github.com/x").origin();
  CHECK(origin == url("https://API.GITHUB.COM:443/y?z").origin());
  CHECK(origin != url("http://api.github.com/x").origin());
  CHECK(origin != url("https://api.github.com:444/x").origin());
  CHECK(origin != url("https://api.github.com.evil.example/x").origin());
}

TEST_CASE("loopback is an address of 127.0.0.0/8, ::1 or localhost (G-1)", "[net]") {
  struct Row {
    char const* text;
    bool loopback;
  };
  auto const row = one_of<Row>({
      {"http://127.0.0.1/", true},
      {"http://127.255.255.254/", true},
      {"http://[::1]/", true},
      {"http://[::ffff:127.0.0.1]/", true},
      {"http://localhost:8080/", true},
      {"http://LOCALHOST/", true},
      {"http://localhost.example.org/", false},
      {"http://127.example.org/", false},
      {"http://0.0.0.0/", false},
      {"http://128.0.0.1/", false},
      {"http://[::2]/", false},
  });
  CAPTURE(row.text);
  CHECK(url(row.text).is_loopback() == row.loopback);
}

TEST_CASE("a link stays below its base by whole segments, dot segments are no way out (G-31)", "[net]") {
  struct Row {
    char const* link;
    bool below;
  };
  auto const row = one_of<Row>({
      {"https://h/api/v3", true},
      {"https://h/api/v3/repos?page=2", true},
      {"https://h/api/v3x", false},
      {"https://h/api", false},
      {"https://h/api/v3/../v4", false},
      {"https://h/api/v3/%2e%2E/v4", false},
      {"https://h/api/v3/..%2fv4", false},
      {"https://h/api/v3/..%5Cv4", false},
      {"https://h/api/v3/a..b", true},
      {"https://h:8443/api/v3", false},
      {"https://g/api/v3", false},
  });
  CAPTURE(row.link);
  CHECK(url(row.link).is_below(url("https://h/api/v3/")) == row.below);
  CHECK(url(row.link).is_below(url("https://h/api/v3")) == row.below);
}

TEST_CASE("a base without path has every path below it", "[net]") {
  CHECK(url("https://h/x").is_below(url("https://h")));
  CHECK(url("https://h").is_below(url("https://h/")));
}

/// `reference` as it is asked for below https://h.example/s/, or "refused".
std::string asked_for(std::string_view reference) {
  auto const escaped = acr::net::escaped_reference(reference);
  if (!escaped) {
    CHECK(escaped.error().code == "bad-url");
    return "refused";
  }
  auto const resolved = url("https://h.example/s/").resolve(*escaped);
  return resolved ? resolved->target() : "refused";
}

TEST_CASE("what must be escaped in a reference is, as Go's net/url does (D-17)", "[net]") {
  // Expected: url.Parse, URL.ResolveReference and URL.RequestURI of Go 1.25, but for `[`, which Go sends bare.
  struct Row {
    char const* reference;
    char const* target;
  };
  auto const row = one_of<Row>({
      {"kid.tgz", "/s/kid.tgz"},
      {"my charts/kid-1.2.3.tgz", "/s/my%20charts/kid-1.2.3.tgz"},
      {"/my charts/x.tgz", "/my%20charts/x.tgz"},
      {"../my charts/x.tgz", "/my%20charts/x.tgz"},
      {"https://i.example/my charts/x.tgz", "/my%20charts/x.tgz"},
      {"//i.example/my charts/x.tgz", "/my%20charts/x.tgz"},
      {"\xc3\xa4/\xc3\xb6.tgz", "/s/%C3%A4/%C3%B6.tgz"},
      {"\xe6\x97\xa5\xe6\x9c\xac/x.tgz", "/s/%E6%97%A5%E6%9C%AC/x.tgz"},
      {"a%20b/x.tgz", "/s/a%20b/x.tgz"},
      {"a%2fb.tgz", "/s/a%2fb.tgz"},
      {"a%2Fb c.tgz", "/s/a/b%20c.tgz"},
      {"..%2Fa b.tgz", "/a%20b.tgz"},
      {"%2F%2Fevil.example/x y", "//evil.example/x%20y"},
      {"https%3A//evil.example/x y", "/s/https://evil.example/x%20y"},
      {"a%3Ab c", "/s/a:b%20c"},
      {"a\\b.tgz", "/s/a%5Cb.tgz"},
      {"x[1].tgz", "/s/x%5B1%5D.tgz"},
      {"a^b|c`d{e}.tgz", "/s/a%5Eb%7Cc%60d%7Be%7D.tgz"},
      {"a\"b<c>.tgz", "/s/a%22b%3Cc%3E.tgz"},
      {"it's(1)!*.tgz", "/s/it's(1)!*.tgz"},
      {"it's (1)!*.tgz", "/s/it%27s%20%281%29%21%2A.tgz"},
      {"~a_b-c.d e", "/s/~a_b-c.d%20e"},
      {"x y#f g", "/s/x%20y"},
      {"x?q=\xc3\xa4 [1]&r=%41/?", "/s/x?q=%C3%A4%20%5B1%5D&r=%41/?"},
      {"x%zz", "refused"},
      {"x%zz y", "refused"},
      {"x%2 y", "refused"},
      {"x?%zz", "refused"},
      {"x\ty", "refused"},
      {"x\ny", "refused"},
      {"x\r\nX: y", "refused"},
      {"x\x7fy", "refused"},
      {"x\xff y", "refused"},
      {"my charts:x/y", "refused"},
      {"//my host/x", "refused"},
      {"https://\xc3\xa4.example/x", "refused"},
  });
  CAPTURE(row.reference);
  CHECK(asked_for(row.reference) == row.target);
}

TEST_CASE("a reference that is too long is refused before it is escaped", "[net]") {
  CHECK(acr::net::escaped_reference(std::string(8192, 'a')).has_value());
  CHECK(acr::net::escaped_reference(std::string(8193, 'a')).has_error());
}

}  // namespace
}  // namespace url_test
