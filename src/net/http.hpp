#pragma once

// What the rest of the program knows of HTTP: src/net/http.hpp
// Request in, reply out, over std types. HttpClient (http_client.hpp) speaks to the network; RetryingHttp
// (retrying_http.hpp) tries again; tests use ScriptedHttp (tests/loopback/scripted_http.hpp).

#include <chrono>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/address.hpp"
#include "net/limits.hpp"
#include "net/url.hpp"
#include "support/errors.hpp"

namespace acr::net {

/// Header fields in order; names compare without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// First value, or null.
  [[nodiscard]] std::string const* find(std::string_view name) const;
  /// All values joined with ", "; empty when there is none.
  [[nodiscard]] std::string joined(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }

  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }
  [[nodiscard]] std::size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

/// Takes a large body piece by piece, on the thread that called exchange(). Only the body of a 200 goes here;
/// every other status' body arrives in Reply::body.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// A 200 begins. Called again when the request is tried again: forget what came before.
  virtual void start() = 0;
  /// False: enough; the exchange ends successfully, the rest is not read. May throw: the exchange ends with
  /// that.
  virtual bool take(std::string_view piece) = 0;
};

struct Timeouts {
  std::chrono::milliseconds connect = limits::connect_time;  ///< resolution, connection, proxy's answer
  std::chrono::milliseconds tls = limits::tls_time;
  std::chrono::milliseconds silent = limits::silent_time;      ///< without a byte
  std::chrono::milliseconds exchange = limits::exchange_time;  ///< all of it, redirects included
};

enum class Redirects {
  follow,    ///< G-9: GET and HEAD follow 301, 302, 303, 307, 308; others repeat 307, 308 at the same origin, and
             ///< 301, 302, 303 are refused
  hand_over  ///< a 3xx is an answer like any other
};

/// Which answers are worth another try; RetryingHttp reads it, HttpClient does not.
enum class RetryRules {
  none,        ///< one try
  github_api,  ///< G-28, G-29, 202 as G-33
  storage      ///< G-14, D-18: 403 waits only with `retry-after`, 429 always; G-29
};

struct Request {
  std::string method = "GET";
  Url url;
  Headers headers{};            ///< sent on every hop; credentials in here are our own mistake (std::logic_error)
  Headers origin_headers{};     ///< `Authorization` …: sent only until a hop leaves the origin of `url`, never
                                ///< restored (G-8)
  std::string origin_prefix{};  ///< `origin_headers` are sent below this path only, see is_below_prefix(); empty: any path
                                ///< of the origin (B-28)
  std::string body{};           ///< sent with Content-Length for POST, PUT, PATCH
  std::size_t max_body = limits::body_bytes;  ///< of the answer's body, whatever its status
  BodySink* sink = nullptr;
  Redirects redirects = Redirects::follow;
  RetryRules retry = RetryRules::none;
  bool idempotent = true;  ///< false (PATCH): never repeated after it may have been received, and sent on a
                           ///< fresh connection
  Timeouts timeouts{};
  AddressPolicy addresses{};
  /// The server has asked to be asked less (G-28); called before the wait, from the thread of the exchange.
  std::function<void()> on_limited{};
  /// Told each URL before it is asked, redirects' included, also of exchanges that fail (D-32: all hosts asked).
  std::function<void(Url const&)> on_hop{};
};

struct Reply {
  int status = 0;  ///< 200 … 599
  Headers headers{};
  std::string body{};       ///< raw: no content coding is undone
  bool cut_short = false;   ///< the sink said enough
  Url url{};                ///< that answered, after redirects
  std::vector<Url> hops{};  ///< URLs that redirected, in order; empty without redirects
  std::chrono::milliseconds elapsed{};
};

enum class Failure {
  resolve,           ///< the name has no address
  connect,           ///< refused, unreachable, reset while connecting or in the handshake
  proxy,             ///< the proxy said no
  tls,               ///< no common version, protocol error
  certificate,       ///< chain or host name do not hold
  timeout,           ///< one of Timeouts
  closed_early,      ///< closed or reset before any byte of the answer
  truncated,         ///< closed or reset inside the answer
  too_large,         ///< body above max_body; header section above its limit
  bad_framing,       ///< not HTTP/1, contradicting lengths, …
  redirect_refused,  ///< G-9, D-34
  address_refused,   ///< D-33, or plain http to anything but loopback
  server_error,      ///< RetryingHttp: 5xx or 408 to the last try
  rate_limited,      ///< RetryingHttp: G-28
};

/// No usable answer. code(): "unreachable", or "tls-failed", "bad-certificate", "response-too-large",
/// "bad-response", "redirect-refused", "address-refused", "rate-limited". what(): one sentence that starts
/// with the host; it holds neither query nor header values.
class NetworkError : public Unreachable {
 public:
  NetworkError(Failure failure, std::string host, std::string const& reason, int http_status = 0);
  [[nodiscard]] Failure failure() const noexcept { return failure_; }
  [[nodiscard]] std::string const& host() const noexcept { return host_; }
  /// The sentence without the host.
  [[nodiscard]] std::string const& reason() const noexcept { return reason_; }
  /// Of server_error, rate_limited, proxy, and a body that is too_large; else 0.
  [[nodiscard]] int http_status() const noexcept { return http_status_; }

 private:
  Failure failure_;
  std::string host_;
  std::string reason_;
  int http_status_;
};

/// Thread-safe; calls block.
class Http {
 public:
  virtual ~Http() = default;
  /// Throws NetworkError, Unreachable("timeout") past the run's deadline, Cancelled, and std::logic_error for
  /// a request that nobody may send (CR or LF in a field, credentials in `headers`, a scheme other than http
  /// and https).
  virtual Reply exchange(Request const& request) = 0;
};

}  // namespace acr::net
