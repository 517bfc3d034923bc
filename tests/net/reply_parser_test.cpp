#include "net/reply_parser.hpp"

#include <optional>

#include "support/catch2.hpp"

namespace reply_parser_test {
namespace {

using acr::net::Failure;
using acr::net::NetworkError;
using acr::net::ReplyParser;

struct Outcome {
  std::optional<Failure> failure;
  int status = 0;
  std::string body;
  bool reusable = false;
};

/// Feeds `bytes` in pieces of `step`, then ends the connection unless the reply is done.
Outcome parse(std::string_view bytes, std::size_t step, std::size_t max_body = 1000, bool without_body = false) {
  ReplyParser parser("h", max_body, without_body);
  Outcome outcome;
  try {
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      parser.feed(bytes.substr(at, step));
      outcome.body += parser.take_body();
    }
    parser.end_of_connection();
    outcome.body += parser.take_body();
    outcome.status = parser.status();
    outcome.reusable = parser.reusable();
  } catch (NetworkError const& error) {
    outcome.failure = error.failure();
  }
  return outcome;
}

TEST_CASE("a reply is read the same in whatever pieces it arrives", "[net]") {
  struct Row {
    char const* bytes;
    int status;
    char const* body;
    bool reusable;
  };
  auto const row = one_of<Row>({
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc", true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", true},
      {"HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx", 200, "x", true},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
      {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", 200, "x", true},
      {"HTTP/1.1 200 OK\r\n\r\nto the end", 200, "to the end", false},
      {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
      {"HTTP/1.1 304 Not Modified\r\nETag: W/\"x\"\r\n\r\n", 304, "", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", 200, "abcde", true},
      {"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nX-Late: 1\r\n\r\n", 200, "a", true},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: <x>\r\n\r\nHTTP/1.1 200 "
       "OK\r\nContent-Length: 1\r\n\r\nz",
       200, "z", true},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b", 200, "\x1f\x8b", true},
      {"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>", 502, "<html>", true},
  });
  auto const step = one_of({std::size_t{1}, std::size_t{7}, std::size_t{100000}});
  CAPTURE(row.bytes, step);
  auto const outcome = parse(row.bytes, step);
  REQUIRE_FALSE(outcome.failure);
  CHECK(outcome.status == row.status);
  CHECK(outcome.body == row.body);
  CHECK(outcome.reusable == row.reusable);
}

TEST_CASE("what is not a whole and valid reply is an error of its own kind", "[net]") {
  struct Row {
    char const* bytes;
    Failure failure;
  };
  auto const row = one_of<Row>({
      {"", Failure::closed_early},
      {"H", Failure::truncated},
      {"HTTP/1.1 200 OK\r\nContent-Len", Failure::truncated},
      {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", Failure::truncated},
      {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", Failure::truncated},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", Failure::truncated},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Failure::truncated},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", Failure::truncated},
      {"HTTP/1.1 100 Continue\r\n\r\n", Failure::truncated},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", Failure::too_large},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", Failure::too_large},
      {"<html>no HTTP</html>\r\n\r\n", Failure::bad_framing},
      {"HTTP/2 200\r\n\r\n", Failure::bad_framing},
      {"220 mail.example.org", Failure::bad_framing},
      {"SSH-2.0-OpenSSH_9.2\r\n", Failure::bad_framing},
      {"HTTP/1.1 2OO OK\r\n\r\n", Failure::bad_framing},
      {"HTTP/1.1 000 OK\r\n\r\n", Failure::bad_framing},
      {"HTTP/1.1 700 OK\r\n\r\n", Failure::bad_framing},
      {"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", Failure::bad_framing},
      {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Failure::bad_framing},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", Failure::bad_framing},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Failure::bad_framing},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", Failure::bad_framing},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc", Failure::bad_framing},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", Failure::bad_framing},
      {"HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n", Failure::bad_framing},
  });
  auto const step = one_of({std::size_t{1}, std::size_t{100000}});
  CAPTURE(row.bytes, step);
  CHECK(parse(row.bytes, step).failure == row.failure);
}

TEST_CASE("a body that grows past the limit without announcing it is cut off", "[net]") {
  CHECK(parse("HTTP/1.1 200 OK\r\n\r\n" + std::string(1001, 'x'), 100).failure == Failure::too_large);
  std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 101; ++i) chunked += "a\r\n0123456789\r\n";
  CHECK(parse(chunked, 64).failure == Failure::too_large);
}

TEST_CASE("header sections, chunk headers and trailers have a limit", "[net]") {
  std::string const filler(70000, 'x');
  CHECK(parse("HTTP/1.1 200 OK\r\nX: " + filler, 4096).failure == Failure::too_large);
  CHECK(parse("HTTP/1.1 200 " + filler, 4096).failure == Failure::too_large);
  std::string const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(parse(chunked + "1;" + filler, 4096).failure.has_value());
  CHECK(parse(chunked + "0\r\nX: " + filler, 4096).failure.has_value());
  std::string interim;
  for (int i = 0; i < 100; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(parse(interim, 4096).failure == Failure::bad_framing);
}

TEST_CASE("a trailer cannot change the header fields", "[net]") {
  ReplyParser parser("h", 1000, false);
  parser.feed("HTTP/1.1 200 OK\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-A: 2\r\nX-B: 3\r\n\r\n");
  REQUIRE(parser.done());
  CHECK(parser.headers().joined("x-a") == "1");
  CHECK_FALSE(parser.headers().has("x-b"));
}

TEST_CASE("bytes behind a reply make the connection unfit for another request", "[net]") {
  ReplyParser parser("h", 1000, false);
  parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n");
  CHECK(parser.done());
  CHECK_FALSE(parser.reusable());
}

TEST_CASE("an answer to HEAD or CONNECT has no body, whatever its length says", "[net]") {
  auto const outcome = parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 100, 1000, true);
  REQUIRE_FALSE(outcome.failure);
  CHECK(outcome.reusable);
}

TEST_CASE("an answer that is too large says its status", "[net]") {
  for (int const status : {200, 404}) {
    ReplyParser parser("host", 1000, false);
    try {
      parser.feed("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 1001\r\n\r\n");
      FAIL_CHECK("accepted");
    } catch (NetworkError const& error) {
      CHECK(error.failure() == Failure::too_large);
      CHECK(error.http_status() == status);
    }
  }
}

}  // namespace
}  // namespace reply_parser_test
