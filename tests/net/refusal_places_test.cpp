// Each refusal of the readers of this room at its own place: the sentence tells which check refused.

#include <thread>

#include "loopback/stream.hpp"
#include "net/http_client.hpp"
#include "net/link_header.hpp"
#include "net/proxy.hpp"
#include "net/reply_parser.hpp"
#include "net/url.hpp"
#include "support/catch2.hpp"

namespace refusal_places_test {
namespace {

using acr::net::Failure;
using acr::net::NetworkError;
using acr::net::Url;

template <class T>
std::string why(acr::Verdict<T> const& verdict) {
  return verdict ? std::string("taken") : verdict.error().why;
}

TEST_CASE("each part of a URL is refused for what is wrong with it", "[net]") {
  struct Row {
    std::string text;
    char const* why;
  };
  auto const row = one_of<Row>({
      {"https://h/x?y#z", "taken"},
      {"x", "the scheme is missing"},
      {"https:x", "the scheme is not followed by // and a host"},
      {"ftp://h/", "the scheme is not https"},
      {"https://u@h/", "a user name or password stands before the host"},
      {"https://h:0/", "the port is not a number from 1 to 65535"},
      {"https://h:x/", "the port is not a number from 1 to 65535"},
      {"https:///x", "the host is missing"},
      {"https://[::1/", "the bracket around the address is not closed"},
      {"https://[::1]x/", "the bracket around the address is not closed"},
      {"https://[1.2.3.4]/", "the host in brackets is not an IPv6 address"},
      {"https://[x]/", "the host in brackets is not an IPv6 address"},
      {"https://" + std::string(50, 'a') + "." + std::string(50, 'a') + "." + std::string(50, 'a') + "." +
           std::string(50, 'a') + "." + std::string(50, 'a') + "/",
       "the host name is too long"},
      {"https://a..b/", "the host is neither a host name nor an address"},
      {"https://127.1/", "the host is neither a host name nor an address"},
      {"https://h/a b", "the path holds a character that must be escaped"},
      {"https://h/?a b", "the query holds a character that must be escaped"},
      {"https://h/#a b", "the fragment holds a character that must be escaped"},
      {"https://h/" + std::string(8192, 'a'), "the URL is longer than 8192 bytes"},
  });
  CAPTURE(row.text);
  CHECK(why(Url::parse(row.text)) == row.why);
}

TEST_CASE("each reference is refused for what is wrong with it", "[net]") {
  struct Row {
    std::string text;
    char const* why;
  };
  auto const row = one_of<Row>({
      {"x", "taken"},
      {"https://i/x", "taken"},
      {"my%20charts:x", "the first path segment holds a colon"},
      {"g:h", "the scheme is not followed by // and a host"},
      {"//u@i/x", "a user name or password stands before the host"},
      {"ftp://i/x", "the scheme is not https"},
      {std::string(8193, 'a'), "the URL is longer than 8192 bytes"},
  });
  CAPTURE(row.text);
  CHECK(why(Url::parse("https://h/s/")->resolve(row.text)) == row.why);
}

TEST_CASE("each text that cannot be escaped is refused for what is wrong with it", "[net]") {
  CHECK(why(acr::net::escaped_reference("x y")) == "taken");
  CHECK(why(acr::net::escaped_reference("x\ny")) == "the URL holds a control character");
  CHECK(why(acr::net::escaped_reference("x\xff")) == "the URL is not UTF-8 text");
  CHECK(why(acr::net::escaped_reference("x%z y")) == "the path holds a broken escape");
  CHECK(why(acr::net::escaped_reference(std::string(8193, 'a'))) == "the URL is longer than 8192 bytes");
}

TEST_CASE("each part of a Link header is refused for what is wrong with it", "[net]") {
  CHECK(why(acr::net::parse_link_header("<x>; rel=next, <y>;;a;b=c")) == "taken");
  CHECK(why(acr::net::parse_link_header("x")) == "a link does not start with <");
  CHECK(why(acr::net::parse_link_header("<x")) == "the < of a link is not closed");
  CHECK(why(acr::net::parse_link_header("<x>; =y")) == "a parameter has no name");
  CHECK(why(acr::net::parse_link_header("<x>; rel=\"next")) == "a quoted value is not closed");
  CHECK(why(acr::net::parse_link_header("<x> <y>")) == "two links are not separated by a comma");
  CHECK(why(acr::net::parse_link_header(std::string(16385, ','))) == "the header is too long");
  CHECK(why(acr::net::parse_link_header(std::string(16384, ','))) == "taken");
  CHECK(why(acr::net::next_link("x")) == "a link does not start with <");
}

TEST_CASE("each value of HTTPS_PROXY is refused for what is wrong with it", "[net]") {
  CHECK(why(acr::net::Proxy::parse("http://u:p%41@p:1")) == "taken");
  CHECK(why(acr::net::Proxy::parse("socks5://p:1")) == "only plain http proxies can be used");
  CHECK(why(acr::net::Proxy::parse("u%4@p:1")) == "the user name or password holds a broken escape");
  CHECK(why(acr::net::Proxy::parse("p:1/x")) == "the value names no host and port");
  CHECK(why(acr::net::Proxy::parse("p:1?x")) == "the value names no host and port");
  CHECK(why(acr::net::Proxy::parse("p:1#x")) == "the value names no host and port");
  CHECK(why(acr::net::Proxy::parse("")) == "the value names no host and port");
}

/// What a parser says of these bytes.
std::string said_of(std::string const& bytes, bool ends = true) {
  acr::net::ReplyParser parser("h", 10, false);
  try {
    parser.feed(bytes);
    if (ends) parser.end_of_connection();
    return parser.done() ? "done" : "more";
  } catch (NetworkError const& error) {
    return error.reason();
  }
}

TEST_CASE("each fault of an answer is refused for what it is", "[net]") {
  CHECK(said_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx") == "done");
  CHECK(said_of("") == "the connection was closed before an answer came");
  CHECK(said_of("HTTP/1.1 200") == "the connection was closed inside the answer");
  CHECK(said_of("SSH-2.0", false) == "the answer is not HTTP/1.1");
  CHECK(said_of("HTTP/1.1 700 x\r\n\r\n") == "the answer's status is not an HTTP status");
  CHECK(said_of("HTTP/1.1 101 x\r\n\r\n") == "the answer switches to another protocol");
  CHECK(said_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc") == "the answer has an unknown transfer coding");
  CHECK(said_of("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n") == "the answer is larger than 10 bytes");
  std::string interim;
  for (int i = 0; i < 8; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(said_of(interim + "HTTP/1.1 204 x\r\n\r\n") == "done");
  CHECK(said_of(interim + "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 x\r\n\r\n") == "too many interim answers");
  CHECK(said_of("HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x'), false) == "the answer's header section is too large");
}

TEST_CASE("each kind of failure has its code", "[net]") {
  struct Row {
    Failure failure;
    char const* code;
  };
  auto const row = one_of<Row>({{Failure::tls, "tls-failed"},
                                {Failure::certificate, "bad-certificate"},
                                {Failure::too_large, "response-too-large"},
                                {Failure::bad_framing, "bad-response"},
                                {Failure::redirect_refused, "redirect-refused"},
                                {Failure::address_refused, "address-refused"},
                                {Failure::rate_limited, "rate-limited"},
                                {Failure::resolve, "unreachable"},
                                {Failure::connect, "unreachable"},
                                {Failure::proxy, "unreachable"},
                                {Failure::timeout, "unreachable"},
                                {Failure::closed_early, "unreachable"},
                                {Failure::truncated, "unreachable"},
                                {Failure::server_error, "unreachable"}});
  CHECK(NetworkError(row.failure, "h", "why").code() == row.code);
}

TEST_CASE("an unfinished chunk header has an end", "[net]") {
  acr::net::ReplyParser parser("h", 10, false);
  parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;");
  bool refused = false;
  try {
    for (int i = 0; i < 40; ++i) parser.feed(std::string(2000, 'x'));
  } catch (NetworkError const&) {
    refused = true;
  }
  CHECK(refused);
}

TEST_CASE("a request that nobody takes ends by the time of silence (G-6)", "[net]") {
  acr::loopback::Listener listener(0, [](acr::loopback::Stream&) { std::this_thread::sleep_for(std::chrono::seconds(1)); });
  acr::RunClock clock;
  acr::net::ClientSettings settings;
  settings.user_agent = "a";
  acr::net::HttpClient http(clock, settings);
  acr::net::Request request{.method = "POST", .url = *Url::parse("http://127.0.0.1:" + std::to_string(listener.port()) + "/")};
  request.body.assign(std::size_t{32} << 20, 'x');  // more than the buffers of both sides hold
  request.timeouts.silent = std::chrono::milliseconds(200);
  try {
    http.exchange(request);
    FAIL("answered in time");
  } catch (NetworkError const& error) {
    CHECK(error.failure() == Failure::timeout);
    CHECK(error.reason() == "no byte for 200 ms");
  }
}

}  // namespace
}  // namespace refusal_places_test
