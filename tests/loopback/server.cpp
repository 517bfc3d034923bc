#define BOOST_ASIO_SEPARATE_COMPILATION  // as in src/net
#include "loopback/server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "loopback/stream.hpp"
#include "support/text.hpp"

namespace acr::loopback {
namespace {

namespace http = boost::beast::http;
using RequestParser = http::request_parser<http::string_body>;

/// Reads one request; false at the end of the connection or for what is not a request. `pending` keeps what came
/// behind it.
bool read_request(Stream& stream, std::string& pending, Seen& seen) {
  RequestParser parser;
  parser.body_limit(std::uint64_t{64} << 20);
  std::array<char, 16384> buffer;
  for (;;) {
    while (!pending.empty() && !parser.is_done()) {
      boost::system::error_code ec;
      auto const taken = parser.put(boost::asio::buffer(pending), ec);
      pending.erase(0, taken);
      if (ec && ec != http::error::need_more) return false;
      if (ec || taken == 0) break;
    }
    if (parser.is_done()) break;
    auto const count = stream.read(buffer);
    if (count == 0) return false;
    pending.append(buffer.data(), count);
  }
  auto const& message = parser.get();
  seen.method = std::string(message.method_string().data(), message.method_string().size());
  seen.target = std::string(message.target().data(), message.target().size());
  for (auto const& field : message) {
    seen.headers.emplace_back(std::string(field.name_string().data(), field.name_string().size()),
                              std::string(field.value().data(), field.value().size()));
  }
  seen.body = message.body();
  return true;
}

std::string status_line(int status) {
  auto const reason = http::obsolete_reason(static_cast<http::status>(status));
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason.data(), reason.size()) + "\r\n";
}

std::string head_of(Answer const& answer, bool has_length) {
  std::string head = status_line(answer.status);
  for (auto const& [name, value] : answer.headers) head += name + ": " + value + "\r\n";
  bool const no_body = answer.status == 204 || answer.status == 304;
  if (answer.delivery == Delivery::chunked) {
    head += "Transfer-Encoding: chunked\r\nTrailer: X-Late\r\n";
  } else if (has_length && !no_body) {
    head += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
  }
  if (answer.delivery == Delivery::close_after) head += "Connection: close\r\n";
  return head + "\r\n";
}

std::string chunked_body(Answer const& answer) {
  std::string body;
  for (std::size_t at = 0; at < answer.body.size(); at += answer.piece_bytes) {
    auto const piece = std::string_view(answer.body).substr(at, answer.piece_bytes);
    char size[24];
    std::snprintf(size, sizeof size, "%zx", piece.size());
    body.append(size).append(";note=x\r\n").append(piece).append("\r\n");
  }
  return body + "0\r\nX-Late: 1\r\n\r\n";
}

}  // namespace

std::string Seen::header(std::string_view name) const {
  for (auto const& [field, value] : headers) {
    if (equal_ignoring_ascii_case(field, name)) return value;
  }
  return {};
}
bool Seen::has(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(),
                     [&](auto const& field) { return equal_ignoring_ascii_case(field.first, name); });
}
std::string Seen::path() const { return target.substr(0, target.find('?')); }
std::string Seen::query() const {
  auto const mark = target.find('?');
  return mark == std::string::npos ? std::string() : target.substr(mark + 1);
}

Answer json_answer(std::string body, int status) {
  return {.status = status, .headers = {{"Content-Type", "application/json; charset=utf-8"}}, .body = std::move(body)};
}
Answer redirect_answer(int status, std::string location) {
  return {.status = status, .headers = {{"Location", std::move(location)}}, .body = "moved"};
}

std::vector<Fault> const& survivable_faults() {
  static std::vector<Fault> const all{
      Fault::status_500,          Fault::html_502, Fault::status_503, Fault::status_408,       Fault::limited_with_retry_after,
      Fault::limited_until_reset, Fault::closed,   Fault::reset,      Fault::reset_in_headers, Fault::truncated,
      Fault::reset_in_body};
  return all;
}

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::status_500:
      return "HTTP 500";
    case Fault::html_502:
      return "HTTP 502 with HTML";
    case Fault::status_503:
      return "HTTP 503";
    case Fault::status_408:
      return "HTTP 408";
    case Fault::limited_with_retry_after:
      return "HTTP 429 with retry-after";
    case Fault::limited_until_reset:
      return "HTTP 403 with a spent rate limit";
    case Fault::closed:
      return "closed before the answer";
    case Fault::reset:
      return "reset before the answer";
    case Fault::reset_in_headers:
      return "reset in the headers";
    case Fault::truncated:
      return "closed inside the body";
    case Fault::reset_in_body:
      return "reset inside the body";
  }
  return "unknown";
}

Answer answer_of(Fault fault) {
  Answer answer = json_answer(R"({"message":"a fault on purpose"})");
  switch (fault) {
    case Fault::status_500:
      answer.status = 500;
      break;
    case Fault::html_502:
      answer = {.status = 502, .headers = {{"Content-Type", "text/html"}}, .body = "<html><body>Bad Gateway</body></html>"};
      break;
    case Fault::status_503:
      answer.status = 503;
      break;
    case Fault::status_408:
      answer.status = 408;
      break;
    case Fault::limited_with_retry_after:
      answer.status = 429;
      answer.headers.emplace_back("Retry-After", "0");
      break;
    case Fault::limited_until_reset:
      answer.status = 403;
      answer.headers.emplace_back("X-RateLimit-Remaining", "0");
      answer.headers.emplace_back("X-RateLimit-Reset", "1700000000");
      break;
    case Fault::closed:
      answer.delivery = Delivery::close_before;
      break;
    case Fault::reset:
      answer.delivery = Delivery::reset_before;
      break;
    case Fault::reset_in_headers:
      answer.delivery = Delivery::reset_in_headers;
      break;
    case Fault::truncated:
      answer.delivery = Delivery::close_in_body;
      break;
    case Fault::reset_in_body:
      answer.delivery = Delivery::reset_in_body;
      break;
  }
  return answer;
}

Handler once_each(Fault fault, Handler handler) {
  struct Memory {
    std::mutex mutex;
    std::set<std::string> met;
  };
  return [fault, handler = std::move(handler), memory = std::make_shared<Memory>()](Seen const& seen) {
    {
      std::lock_guard const lock(memory->mutex);
      if (memory->met.insert(seen.method + " " + seen.target + "\n" + seen.body).second) return answer_of(fault);
    }
    return handler(seen);
  };
}

struct LoopbackServer::State {
  Handler handler;
  Options options;
  mutable std::mutex mutex;
  std::condition_variable stopped;
  bool stopping = false;
  std::vector<Seen> seen;
  std::size_t connections = 0, at_once = 0, most = 0;
  std::set<Stream*> waiting;  ///< for a request
  std::condition_variable began_to_wait;
  std::unique_ptr<Listener> listener;

  /// False: the server stops.
  bool pause(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex);
    return !stopped.wait_for(lock, time, [this] { return stopping; });
  }

  bool wait_for_request(Stream& stream, std::string& pending, Seen& next) {
    {
      std::lock_guard const lock(mutex);
      waiting.insert(&stream);
    }
    began_to_wait.notify_all();
    bool const came = read_request(stream, pending, next);
    std::lock_guard const lock(mutex);
    waiting.erase(&stream);
    if (!came) return false;
    seen.push_back(next);
    most = std::max(most, ++at_once);
    return true;
  }

  void serve(Stream& stream) {
    std::size_t number = 0;
    {
      std::lock_guard const lock(mutex);
      number = ++connections;
    }
    if (options.tls && !stream.start_tls(*options.tls)) return;
    std::string pending;
    for (std::size_t count = 1;; ++count) {
      Seen request;
      request.connection = number;
      request.on_connection = count;
      if (!wait_for_request(stream, pending, request)) return;
      Answer answer;
      try {
        answer = handler(request);
      } catch (std::exception const& error) {
        answer = json_answer(std::string("the handler threw: ") + error.what(), 599);
      }
      bool const on = pause(options.latency + answer.delay);
      {
        // Before the answer leaves: afterwards the client may already ask the next.
        std::lock_guard const lock(mutex);
        --at_once;
      }
      if (!on || !deliver(stream, request, answer)) return;
    }
  }

  bool write_slowly(Stream& stream, std::string_view bytes, Answer const& answer) {
    for (std::size_t at = 0; at < bytes.size(); at += answer.piece_bytes) {
      if (at > 0 && !pause(answer.pause)) return false;
      if (!stream.write(bytes.substr(at, answer.piece_bytes))) return false;
    }
    return true;
  }

  /// True: the connection is kept.
  bool deliver(Stream& stream, Seen const& request, Answer const& answer) {
    bool const has_length = answer.delivery != Delivery::until_close && answer.delivery != Delivery::until_cut;
    auto const head = head_of(answer, has_length);
    auto const body = request.method == "HEAD" ? std::string_view() : std::string_view(answer.body);
    auto const half = body.substr(0, body.size() / 2);
    switch (answer.delivery) {
      case Delivery::whole:
        return stream.write(head + std::string(body));
      case Delivery::chunked:
        return stream.write(head + (body.empty() ? std::string() : chunked_body(answer)));
      case Delivery::until_close:
      case Delivery::close_after:
      case Delivery::vanish_after:
        stream.write(head + std::string(body));
        stream.end_tls();
        return false;
      case Delivery::until_cut:
        stream.write(head + std::string(body));
        return false;
      case Delivery::close_before:
        return false;
      case Delivery::reset_before:
        stream.reset_on_close();
        return false;
      case Delivery::reset_in_headers:
        stream.write(head.substr(0, head.size() / 2));
        stream.reset_on_close();
        return false;
      case Delivery::close_in_body:
        stream.write(head + std::string(half));
        stream.end_tls();
        return false;
      case Delivery::reset_in_body:
        stream.write(head + std::string(half));
        stream.reset_on_close();
        return false;
      case Delivery::slow_headers:
        return write_slowly(stream, head, answer) && stream.write(body);
      case Delivery::slow_body:
        return stream.write(head) && write_slowly(stream, body, answer);
      case Delivery::stall_before:
        stream.wait_until_client_leaves();
        return false;
      case Delivery::stall_in_body:
        stream.write(head + std::string(half));
        stream.wait_until_client_leaves();
        return false;
      case Delivery::raw:
        stream.write(body);
        stream.end_tls();
        return false;
    }
    return false;
  }
};

LoopbackServer::LoopbackServer(Handler handler) : LoopbackServer(std::move(handler), Options{}) {}
LoopbackServer::LoopbackServer(Handler handler, Options options) : state_(std::make_unique<State>()) {
  state_->handler = std::move(handler);
  state_->options = std::move(options);
  state_->listener = std::make_unique<Listener>(state_->options.port, [s = state_.get()](Stream& stream) { s->serve(stream); });
}

LoopbackServer::~LoopbackServer() {
  {
    std::lock_guard const lock(state_->mutex);
    state_->stopping = true;
  }
  state_->stopped.notify_all();
  state_->listener.reset();
}

std::uint16_t LoopbackServer::port() const { return state_->listener->port(); }
std::string LoopbackServer::base() const {
  return (state_->options.tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port());
}

std::vector<Seen> LoopbackServer::seen() const {
  std::lock_guard const lock(state_->mutex);
  return state_->seen;
}
std::size_t LoopbackServer::request_count() const {
  std::lock_guard const lock(state_->mutex);
  return state_->seen.size();
}
std::size_t LoopbackServer::connection_count() const {
  std::lock_guard const lock(state_->mutex);
  return state_->connections;
}
std::size_t LoopbackServer::most_at_once() const {
  std::lock_guard const lock(state_->mutex);
  return state_->most;
}
void LoopbackServer::forget() {
  std::lock_guard const lock(state_->mutex);
  state_->seen.clear();
  state_->connections = state_->most = 0;
}
void LoopbackServer::close_idle() {
  std::unique_lock lock(state_->mutex);
  // Its client has the answer a moment before the connection waits again.
  if (!state_->began_to_wait.wait_for(lock, std::chrono::seconds(10), [this] { return !state_->waiting.empty(); }))
    throw std::logic_error("no connection is idle");
  for (auto const* const stream : state_->waiting) stream->interrupt();
}

struct LoopbackProxy::State {
  std::function<std::uint16_t(std::string const&)> route;
  mutable std::mutex mutex;
  std::vector<LoopbackProxy::Seen> seen;
  std::unique_ptr<Listener> listener;

  static void copy(int from, int to) {
    std::array<char, 16384> buffer;
    for (;;) {
      auto const count = recv(from, buffer.data(), buffer.size(), 0);
      if (count <= 0) break;
      for (ssize_t sent = 0; sent < count;) {
        auto const step = send(to, buffer.data() + sent, static_cast<std::size_t>(count - sent), MSG_NOSIGNAL);
        if (step <= 0) return;
        sent += step;
      }
    }
    shutdown(to, SHUT_WR);
  }

  void serve(Stream& client) {
    std::string pending;
    loopback::Seen request;
    if (!read_request(client, pending, request)) return;
    {
      std::lock_guard const lock(mutex);
      seen.push_back({request.target, request.header("proxy-authorization")});
    }
    std::uint16_t const port = request.method == "CONNECT" ? route(request.target) : std::uint16_t{0};
    int const onward = port == 0 ? -1 : connect_to(port);
    if (onward < 0) {
      client.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
      return;
    }
    Stream server(onward);
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    std::thread back([&] {
      copy(server.descriptor(), client.descriptor());
      client.interrupt();
    });
    copy(client.descriptor(), server.descriptor());
    server.interrupt();
    back.join();
  }
};

LoopbackProxy::LoopbackProxy(std::function<std::uint16_t(std::string const& target)> route)
    : state_(std::make_unique<State>()) {
  state_->route = std::move(route);
  state_->listener = std::make_unique<Listener>(0, [s = state_.get()](Stream& stream) { s->serve(stream); });
}
LoopbackProxy::~LoopbackProxy() { state_->listener.reset(); }
std::uint16_t LoopbackProxy::port() const { return state_->listener->port(); }
std::string LoopbackProxy::url() const { return "http://127.0.0.1:" + std::to_string(port()); }
std::vector<LoopbackProxy::Seen> LoopbackProxy::seen() const {
  std::lock_guard const lock(state_->mutex);
  return state_->seen;
}

}  // namespace acr::loopback
