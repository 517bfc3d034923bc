#include "net/request_text.hpp"

#include <stdexcept>

#include "support/catch2.hpp"

namespace request_text_test {
namespace {

using acr::net::Request;
using acr::net::request_text;
using acr::net::Url;

Request get(std::string_view url) { return {.url = *Url::parse(url)}; }

TEST_CASE("a request says what it must and nothing else (G-2)", "[net]") {
  auto request = get("https://ghe.example.org:8443/api/v3/x?y=1#z");
  request.headers = {{"Accept", "application/json"}};
  request.origin_headers = {{"Authorization", "Bearer t"}};
  CHECK(request_text(request, "agent/1") ==
        "GET /api/v3/x?y=1 HTTP/1.1\r\n"
        "Host: ghe.example.org:8443\r\n"
        "User-Agent: agent/1\r\n"
        "Accept: application/json\r\n"
        "Authorization: Bearer t\r\n"
        "\r\n");
}

TEST_CASE("a body travels with its length", "[net]") {
  auto request = get("https://h/");
  request.method = "PATCH";
  request.body = "{}";
  CHECK(request_text(request, "a").ends_with("\r\nContent-Length: 2\r\n\r\n{}"));
  request.body.clear();
  CHECK(request_text(request, "a").ends_with("\r\nContent-Length: 0\r\n\r\n"));
}

TEST_CASE("nothing can be smuggled into a request by a header field", "[net]") {
  auto const value = one_of<std::string>({"a\r\nX: y", "a\nb", "a\rb", std::string("a\0b", 3), "a\x7f", "\x01"});
  auto request = get("https://h/");
  request.headers = {{"Accept", value}};
  CHECK_THROWS_AS(request_text(request, "a"), std::logic_error);
  request.headers = {};
  request.origin_headers = {{"Authorization", value}};
  CHECK_THROWS_AS(request_text(request, "a"), std::logic_error);
  CHECK_THROWS_AS(request_text(get("https://h/"), value), std::logic_error);
  auto named = get("https://h/");
  named.headers = {{"X" + value, "y"}};
  CHECK_THROWS_AS(request_text(named, "a"), std::logic_error);
}

TEST_CASE("a URL or method that was put together by hand is not sent", "[net]") {
  auto request = get("https://h/");
  request.url.path = "/x HTTP/1.1\r\nX: y";
  CHECK_THROWS_AS(request_text(request, "a"), std::logic_error);
  request = get("https://h/");
  request.url.query = "a b";
  CHECK_THROWS_AS(request_text(request, "a"), std::logic_error);
  request = get("https://h/");
  request.method = "GET /x";
  CHECK_THROWS_AS(request_text(request, "a"), std::logic_error);
  request.method = "GET";
  request.body = "x";
  CHECK_THROWS_AS(request_text(request, "a"), std::logic_error);
}

TEST_CASE("credentials are only taken as bound to their origin (G-8)", "[net]") {
  auto const name = one_of<char const*>({"Authorization", "authorization", "Cookie", "Proxy-Authorization"});
  auto request = get("https://h/");
  request.headers = {{name, "x"}};
  CHECK_THROWS_AS(request_text(request, "a"), std::logic_error);
}

TEST_CASE("fields that the client decides cannot be set from outside", "[net]") {
  auto const name =
      one_of<char const*>({"Host", "content-length", "Transfer-Encoding", "Connection", "Accept-Encoding", "Expect"});
  auto request = get("https://h/");
  request.headers = {{name, "x"}};
  CHECK_THROWS_AS(request_text(request, "a"), std::logic_error);
}

}  // namespace
}  // namespace request_text_test
