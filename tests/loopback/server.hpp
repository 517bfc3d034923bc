#pragma once

// A server on 127.0.0.1 that answers as told and misbehaves as told: tests/loopback/server.hpp (G-35)
// One thread per connection, HTTP/1.1 with keep-alive, plain or TLS. Used in-process by the tests and by the
// *_main.cpp programs of this folder.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loopback/authority.hpp"

namespace acr::loopback {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// A request as it came in.
struct Seen {
  std::string method;
  std::string target;  ///< path and query, as sent
  Fields headers{};    ///< names as sent
  std::string body{};
  std::size_t connection = 0;     ///< 1 for the server's first connection
  std::size_t on_connection = 0;  ///< 1 for the first request of that connection
  /// First value of that name (without case); empty when absent.
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::string path() const;   ///< target up to "?"
  [[nodiscard]] std::string query() const;  ///< behind "?", empty without one
};

/// How an answer travels. "Half" is half the body, at least one byte less than all of it.
enum class Delivery {
  whole,             ///< Content-Length, connection kept
  chunked,           ///< in chunks of `piece_bytes`, with an extension and a trailer
  until_close,       ///< no length: the end of the connection ends the body (TLS: with close_notify)
  until_cut,         ///< the same, but TLS is cut without close_notify
  close_after,       ///< whole, with `Connection: close`
  vanish_after,      ///< whole, as if kept, and then the connection is closed: the keep-alive race
  close_before,      ///< closed instead of an answer
  reset_before,      ///< reset instead of an answer
  reset_in_headers,  ///< half of the header section, then a reset
  close_in_body,     ///< half of the body, then closed
  reset_in_body,     ///< half of the body, then a reset
  slow_headers,      ///< `piece_bytes` at a time with `pause` between
  slow_body,         ///< the body so
  stall_before,      ///< nothing, until the client goes away
  stall_in_body,     ///< half of the body, then nothing until the client goes away
  raw                ///< `body` is sent as it is, without status line and headers; then closed
};

struct Answer {
  int status = 200;
  Fields headers{};  ///< beside Content-Length, Transfer-Encoding, Connection
  std::string body{};
  Delivery delivery = Delivery::whole;
  std::chrono::milliseconds delay{0};  ///< before the first byte
  std::chrono::milliseconds pause{20};
  std::size_t piece_bytes = 1000;
};

/// An answer with `Content-Type: application/json`.
Answer json_answer(std::string body, int status = 200);
/// A redirect.
Answer redirect_answer(int status, std::string location);

using Handler = std::function<Answer(Seen const&)>;

/// Faults that a client survives by trying again (G-28, G-29).
enum class Fault {
  status_500,
  html_502,
  status_503,
  status_408,
  limited_with_retry_after,  ///< 429, `retry-after: 0`
  limited_until_reset,       ///< 403, remaining 0, reset in the past
  closed,
  reset,
  reset_in_headers,
  truncated,
  reset_in_body,
};
/// Every Fault, for table tests.
std::vector<Fault> const& survivable_faults();
std::string_view name_of(Fault fault);
Answer answer_of(Fault fault);

/// `handler`, but the first request for each method, target and body meets `fault`.
Handler once_each(Fault fault, Handler handler);

class LoopbackServer {
 public:
  struct Options {
    std::optional<Identity> tls{};         ///< nothing: plain http
    std::chrono::milliseconds latency{0};  ///< before every answer (benchmarks: 50 ms)
    std::uint16_t port = 0;                ///< 0: any free one
  };

  /// Listens at once; `handler` is called from many threads.
  explicit LoopbackServer(Handler handler);
  LoopbackServer(Handler handler, Options options);
  /// Closes all connections and waits for its threads.
  ~LoopbackServer();
  LoopbackServer(LoopbackServer const&) = delete;
  LoopbackServer& operator=(LoopbackServer const&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// "http://127.0.0.1:PORT" or "https://127.0.0.1:PORT", without a slash at the end.
  [[nodiscard]] std::string base() const;

  /// In order of arrival.
  [[nodiscard]] std::vector<Seen> seen() const;
  [[nodiscard]] std::size_t request_count() const;
  [[nodiscard]] std::size_t connection_count() const;  ///< accepted so far
  /// Most requests that were being answered at one time.
  [[nodiscard]] std::size_t most_at_once() const;
  /// Forgets what was seen and counted.
  void forget();
  /// Closes the connections that wait for a request, of which there must be one or soon will be; those being answered go on.
  void close_idle();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A CONNECT proxy on 127.0.0.1: it takes each target to the loopback port that `route` names.
class LoopbackProxy {
 public:
  struct Seen {
    std::string target;         ///< "host:port"
    std::string authorization;  ///< `Proxy-Authorization`
  };
  /// `route("charts.example.org:443")` is a port of this machine; 0: refused with 403.
  explicit LoopbackProxy(std::function<std::uint16_t(std::string const& target)> route);
  ~LoopbackProxy();
  LoopbackProxy(LoopbackProxy const&) = delete;
  LoopbackProxy& operator=(LoopbackProxy const&) = delete;
  [[nodiscard]] std::uint16_t port() const;
  /// "http://127.0.0.1:PORT"
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<Seen> seen() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acr::loopback
