#include "net/http_client.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "net/connection_pool.hpp"
#include "net/redirects.hpp"
#include "net/reply_parser.hpp"
#include "net/request_text.hpp"
#include "net/resolver.hpp"
#include "net/transport.hpp"

namespace acr::net {
namespace {

using Clock = RunClock::Clock;

std::string seconds_of(std::chrono::milliseconds time) {
  auto const whole = std::chrono::duration_cast<std::chrono::seconds>(time);
  return whole == time ? std::to_string(whole.count()) + " s" : std::to_string(time.count()) + " ms";
}

}  // namespace

ClientSettings client_settings(std::function<std::string(char const*)> const& variable, std::string user_agent) {
  ClientSettings settings;
  settings.user_agent = std::move(user_agent);
  auto const either = [&](char const* upper, char const* lower) {
    auto const value = variable(upper);
    return value.empty() ? variable(lower) : value;
  };
  if (auto const ca_file = variable("SSL_CERT_FILE"); !ca_file.empty()) settings.ca_file = ca_file;
  if (auto const text = either("HTTPS_PROXY", "https_proxy"); !text.empty()) {
    auto const proxy = Proxy::parse(text);
    if (!proxy) throw BadEnvironment(proxy.error().code, proxy.error().sentence());
    settings.proxy.https = *proxy;
  }
  settings.proxy.exempted = no_proxy_entries(either("NO_PROXY", "no_proxy"));
  return settings;
}

class HttpClient::Impl {
 public:
  Impl(RunClock& clock, ClientSettings settings) : Impl(clock, settings, read_authorities(settings.ca_file)) {}
  Impl(RunClock& clock, Impl const& other) : Impl(clock, other.settings_, other.authorities_) {}

  Impl(RunClock& clock, ClientSettings settings, std::shared_ptr<Authorities> authorities)
      : clock_(clock),
        settings_(std::move(settings)),
        authorities_(std::move(authorities)),
        transport_(authorities_),
        resolver_(clock, settings_.resolver),
        pool_(clock, settings_.connections_per_origin),
        on_cancel_(clock, [this] { transport_.abort(); }) {}

  Reply exchange(Request const& request) {
    clock_.check();
    auto const started = Clock::now();
    auto const until = std::min(clock_.deadline(), started + request.timeouts.exchange);
    try {
      Reply reply = follow_redirects(request, [&](Request const& hop) { return exchange_once(hop, until); });
      reply.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started);
      return reply;
    } catch (NetworkError const&) {
      clock_.check();  // a cancelled or finished run is the true reason
      throw;
    }
  }

 private:
  Reply exchange_once(Request const& hop, TimePoint until) {
    auto const text = request_text(hop, settings_.user_agent);
    auto const proxy = settings_.proxy.proxy_for(hop.url);
    if (!hop.url.is_https() && !(hop.url.scheme == "http" && hop.url.is_loopback())) {
      throw NetworkError(Failure::address_refused, hop.url.host, "plain http is spoken to loopback addresses only");
    }
    if (auto const reason = proxy ? refusal_behind_proxy(hop.addresses, hop.url.host) : std::nullopt) {
      throw NetworkError(Failure::address_refused, hop.url.host, *reason);
    }
    Route const route{hop.url.origin(), proxy ? proxy->host + ":" + std::to_string(proxy->port) : std::string()};
    auto const lease = pool_.lease(route, until);

    if (auto kept = hop.idempotent ? lease->take_kept() : nullptr) {
      if (!proxy) check_address(hop, kept->peer());
      // The server may have closed it a moment ago: then once more, at once, on a fresh one (G-7).
      if (auto reply = talk(*lease, std::move(kept), hop, text, until, true)) return std::move(*reply);
    }
    return *talk(*lease, open(hop, proxy, until), hop, text, until, false);
  }

  /// G-1 and D-33. `address` is what the connection goes to.
  static void check_address(Request const& hop, Address const& address) {
    auto reason = refusal(hop.addresses, hop.url.host, address);
    if (!reason && !hop.url.is_https() && !address.is_loopback()) reason = "plain http is spoken to loopback addresses only";
    if (reason) throw NetworkError(Failure::address_refused, hop.url.host, *reason);
  }

  std::unique_ptr<Connection> open(Request const& hop, std::optional<Proxy> const& proxy, TimePoint until) {
    auto const& times = hop.timeouts;
    auto const connect_until = std::min(until, Clock::now() + times.connect);
    auto const addresses = resolver_.addresses(proxy ? proxy->host : hop.url.host, connect_until);
    if (!proxy) {
      for (auto const& address : addresses) check_address(hop, address);  // one refused refuses the host (D-33)
    }
    std::unique_ptr<Connection> connection;
    step(hop, until, "no connection within " + seconds_of(times.connect), [&] {
      connection = transport_.connect(addresses, proxy ? proxy->port : hop.url.port, connect_until);
      if (proxy) ask_proxy(*connection, hop.url, *proxy, connect_until);
    });
    if (hop.url.is_https()) {
      step(hop, until, "no TLS handshake within " + seconds_of(times.tls),
           [&] { connection->start_tls(hop.url.host, std::min(until, Clock::now() + times.tls)); });
    }
    return connection;
  }

  static void ask_proxy(Connection& connection, Url const& url, Proxy const& proxy, TimePoint until) {
    std::string const bracketed = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
    std::string const target = bracketed + ":" + std::to_string(url.port);
    std::string text = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!proxy.authorization.empty()) text += "Proxy-Authorization: " + proxy.authorization + "\r\n";
    connection.write(text + "\r\n", until);
    ReplyParser parser(proxy.host, 0, true);
    std::array<char, 4096> buffer;
    while (!parser.done()) {
      auto const count = connection.read(buffer, until);
      if (count == 0) parser.end_of_connection();
      parser.feed({buffer.data(), count});
    }
    if (parser.status() < 200 || parser.status() > 299) {
      throw NetworkError(Failure::proxy, url.host,
                         "the proxy " + proxy.host + " refused the connection (HTTP " + std::to_string(parser.status()) + ")",
                         parser.status());
    }
  }

  /// One request and its reply. Nothing when `reused` and the server closed before any byte.
  std::optional<Reply> talk(ConnectionPool::Lease& lease, std::unique_ptr<Connection> connection, Request const& hop,
                            std::string const& text, TimePoint until, bool reused) {
    auto const silent = hop.timeouts.silent;
    ReplyParser parser(hop.url.host, hop.max_body, hop.method == "HEAD");
    Reply reply;
    bool started = false;
    try {
      connection->write(text, std::min(until, Clock::now() + silent));
      std::array<char, limits::read_bytes> buffer;
      while (!parser.done() && !reply.cut_short) {
        auto const count = connection->read(buffer, std::min(until, Clock::now() + silent));
        if (count == 0) {
          parser.end_of_connection();
        } else {
          parser.feed({buffer.data(), count});
        }
        if (!parser.header_done()) continue;
        bool const streams = hop.sink != nullptr && parser.status() == 200;
        if (streams && !std::exchange(started, true)) hop.sink->start();
        auto const piece = parser.take_body();
        if (!streams) {
          reply.body += piece;
        } else if (!piece.empty()) {
          reply.cut_short = !hop.sink->take(piece);
        }
      }
    } catch (TransportError const& error) {
      if (error.failure == Failure::timeout) throw timed_out(hop, until, "no byte for " + seconds_of(silent));
      bool const early = !parser.any_byte();
      if (early && reused) return std::nullopt;
      if (early) throw NetworkError(Failure::closed_early, hop.url.host, "the connection was closed before an answer came");
      throw NetworkError(error.failure, hop.url.host, error.what());
    } catch (NetworkError const& error) {
      if (error.failure() == Failure::closed_early && reused) return std::nullopt;
      throw;
    }
    reply.status = parser.status();
    reply.headers = parser.headers();
    if (parser.reusable()) lease.keep(std::move(connection));
    return reply;
  }

  NetworkError timed_out(Request const& hop, TimePoint until, std::string const& step) const {
    clock_.check();
    bool const all = Clock::now() >= until;
    return {Failure::timeout, hop.url.host,
            all ? "the exchange was not done within " + seconds_of(hop.timeouts.exchange) : step};
  }

  /// Does one step of opening a connection and names it when it fails.
  void step(Request const& hop, TimePoint until, std::string const& when_late, std::function<void()> const& body) const {
    try {
      body();
    } catch (TransportError const& error) {
      if (error.failure == Failure::timeout) throw timed_out(hop, until, when_late);
      throw NetworkError(error.failure, hop.url.host, error.what());
    }
  }

  RunClock& clock_;
  ClientSettings settings_;
  std::shared_ptr<Authorities> authorities_;
  Transport transport_;  // before the pool: it outlives the kept connections
  Resolver resolver_;
  ConnectionPool pool_;
  RunClock::OnCancel on_cancel_;
};

HttpClient::HttpClient(RunClock& clock, ClientSettings settings) : impl_(std::make_unique<Impl>(clock, std::move(settings))) {}
HttpClient::HttpClient(RunClock& clock, HttpClient const& other) : impl_(std::make_unique<Impl>(clock, *other.impl_)) {}
HttpClient::~HttpClient() = default;
Reply HttpClient::exchange(Request const& request) { return impl_->exchange(request); }

}  // namespace acr::net
