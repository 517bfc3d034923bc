// The heavy file of the room: everything of Asio is used here, and only here (house style, section 5).
#define BOOST_ASIO_SEPARATE_COMPILATION
#ifdef __clang__  // clang 14 cannot emit coroutines that its function sanitizer marked (the fuzz preset)
#pragma clang attribute push(__attribute__((no_sanitize("function"))), apply_to = function)
#endif
#include "net/transport.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace acr::net {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using boost::system::error_code;
using tcp = asio::ip::tcp;

auto into(error_code& ec) { return asio::redirect_error(asio::use_awaitable, ec); }

tcp::endpoint endpoint_of(Address const& address, std::uint16_t port) {
  auto const& bytes = address.bytes();
  if (address.is_v4()) return {asio::ip::address_v4({bytes[0], bytes[1], bytes[2], bytes[3]}), port};
  asio::ip::address_v6::bytes_type v6{};
  std::copy(bytes.begin(), bytes.end(), v6.begin());
  return {asio::ip::address_v6(v6), port};
}

/// What lives on the transport's thread, and is touched there only.
struct Socket {
  explicit Socket(asio::io_context& io) : stream(io), watchdog(io) {}

  void close() {
    error_code ignored;
    stream.close(ignored);
  }

  tcp::socket stream;
  std::optional<ssl::stream<tcp::socket&>> tls;
  asio::steady_timer watchdog;
  unsigned armed = 0;  ///< number of the operation that the watchdog guards
  bool timed_out = false;
};
using SocketPointer = std::shared_ptr<Socket>;

/// While alive, closes the socket at `until`, which ends the operation under way.
class Deadline {
 public:
  Deadline(SocketPointer const& socket, TimePoint until) : socket_(*socket) {
    auto const number = ++socket_.armed;
    socket_.watchdog.expires_at(until);
    // Cancelling cannot recall a handler that is already queued; the number tells it that it comes too late.
    socket_.watchdog.async_wait([socket, number](error_code ec) {
      if (ec || socket->armed != number) return;
      socket->timed_out = true;
      socket->close();
    });
  }
  ~Deadline() {
    ++socket_.armed;
    socket_.watchdog.cancel();
  }
  Deadline(Deadline const&) = delete;
  Deadline& operator=(Deadline const&) = delete;

 private:
  Socket& socket_;
};

/// The first of OpenSSL's errors, without its file names; the queue is emptied.
std::string openssl_reason() {
  auto const code = ERR_get_error();
  ERR_clear_error();
  char const* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given" : reason;
}

bool is_orderly_end(error_code const& ec) { return ec == asio::error::eof; }

asio::awaitable<void> connect_one(SocketPointer socket, tcp::endpoint endpoint, TimePoint until) {
  Deadline const deadline(socket, until);
  error_code ec;
  co_await socket->stream.async_connect(endpoint, into(ec));
  if (socket->timed_out) throw TransportError(Failure::timeout, "no connection in time");
  if (ec) throw TransportError(Failure::connect, "no connection (" + ec.message() + ")");
  error_code ignored;
  socket->stream.set_option(tcp::no_delay(true), ignored);
}

void prepare_tls(ssl::stream<tcp::socket&>& stream, std::string const& host) {
  SSL* const handle = stream.native_handle();
  X509_VERIFY_PARAM* const rules = SSL_get0_param(handle);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  bool const is_address = Address::parse(host).has_value();
  bool const named = is_address ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1
                                : X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) == 1;
  // SNI holds names only (RFC 6066 section 3).
  bool const asked_for = is_address || SSL_set_tlsext_host_name(handle, host.c_str()) == 1;
  if (!named || !asked_for) throw TransportError(Failure::tls, "TLS cannot be set up for this host (" + openssl_reason() + ")");
}

asio::awaitable<void> handshake(SocketPointer socket, ssl::context* context, std::string host, TimePoint until) {
  Deadline const deadline(socket, until);
  socket->tls.emplace(socket->stream, *context);
  prepare_tls(*socket->tls, host);
  error_code ec;
  co_await socket->tls->async_handshake(ssl::stream_base::client, into(ec));
  if (!ec) co_return;
  if (socket->timed_out) throw TransportError(Failure::timeout, "no TLS handshake in time");
  auto const verified = SSL_get_verify_result(socket->tls->native_handle());
  if (verified != X509_V_OK) {
    throw TransportError(Failure::certificate, std::string("the certificate does not hold (") +
                                                   X509_verify_cert_error_string(verified) +
                                                   "); SSL_CERT_FILE names the authorities that are trusted");
  }
  if (ec.category() == asio::error::get_ssl_category()) {
    char const* const reason = ERR_reason_error_string(static_cast<unsigned long>(ec.value()));
    throw TransportError(Failure::tls, std::string("no TLS 1.2 or newer (") + (reason ? reason : "no reason given") + ")");
  }
  throw TransportError(Failure::connect, "the connection was closed in the TLS handshake (" + ec.message() + ")");
}

asio::awaitable<void> write_all(SocketPointer socket, std::string_view bytes, TimePoint until) {
  Deadline const deadline(socket, until);
  error_code ec;
  auto const buffer = asio::buffer(bytes.data(), bytes.size());
  if (socket->tls) {
    co_await asio::async_write(*socket->tls, buffer, into(ec));
  } else {
    co_await asio::async_write(socket->stream, buffer, into(ec));
  }
  if (socket->timed_out) throw TransportError(Failure::timeout, "the request could not be sent in time");
  if (ec) throw TransportError(Failure::closed_early, "the connection was closed before an answer came");
}

asio::awaitable<std::size_t> read_some(SocketPointer socket, std::span<char> target, TimePoint until) {
  Deadline const deadline(socket, until);
  error_code ec;
  std::size_t count = 0;
  auto const buffer = asio::buffer(target.data(), target.size());
  if (socket->tls) {
    count = co_await socket->tls->async_read_some(buffer, into(ec));
  } else {
    count = co_await socket->stream.async_read_some(buffer, into(ec));
  }
  if (count > 0 || is_orderly_end(ec)) co_return count;
  if (socket->timed_out) throw TransportError(Failure::timeout, "nothing more was received in time");
  throw TransportError(Failure::truncated, "the connection was cut (" + ec.message() + ")");
}

ssl::context tls_context(std::filesystem::path const& ca_file) {
  ssl::context context(ssl::context::tls_client);
  auto const complain = [&](std::string const& why) {
    return BadEnvironment("bad-ca-file", "the CA file " + ca_file.string() + " cannot be used: " + why);
  };
  ERR_clear_error();
  if (SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION) != 1) throw complain(openssl_reason());
  error_code ec;
  context.load_verify_file(ca_file.string(), ec);
  if (ec) throw complain(ec.message());
  context.set_verify_mode(ssl::verify_peer);
  return context;
}

}  // namespace

/// Used by many threads at once, as OpenSSL allows for a context that nobody changes any more.
class Authorities {
 public:
  explicit Authorities(std::filesystem::path const& ca_file) : tls(tls_context(ca_file)) {}
  ssl::context tls;
};

std::shared_ptr<Authorities> read_authorities(std::filesystem::path const& ca_file) {
  return std::make_shared<Authorities>(ca_file);
}

class Transport::Impl {
 public:
  explicit Impl(std::shared_ptr<Authorities> authorities_)
      : authorities(std::move(authorities_)), work(io.get_executor()), thread([this] { io.run(); }) {}

  ~Impl() {
    work.reset();
    abort();
    thread.join();
  }

  void abort() {
    asio::post(io, [this] {
      aborted = true;
      for (auto* const socket : sockets) socket->close();
    });
  }

  /// Runs one operation to its end on the transport's thread.
  template <class T>
  T run(asio::awaitable<T> operation) {
    return asio::co_spawn(io, guarded(std::move(operation)), asio::use_future).get();
  }

  asio::io_context io{1};
  std::shared_ptr<Authorities> authorities;
  std::set<Socket*> sockets;  ///< open ones; on the thread only
  bool aborted = false;       ///< on the thread only

 private:
  template <class T>
  asio::awaitable<T> guarded(asio::awaitable<T> operation) {
    if (aborted) throw TransportError(Failure::connect, "the run was cancelled");
    co_return co_await std::move(operation);
  }

  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::thread thread;
};

namespace {

template <class Impl>
class TcpConnection final : public Connection {
 public:
  explicit TcpConnection(Impl& impl) : impl_(impl), socket_(std::make_shared<Socket>(impl.io)) {}

  ~TcpConnection() override {
    asio::post(impl_.io, [&impl = impl_, socket = std::move(socket_)] {
      impl.sockets.erase(socket.get());
      socket->close();
    });
  }

  void connect(Address const& address, std::uint16_t port, TimePoint until) {
    peer_ = address;
    impl_.run(connect_registered(&impl_, socket_, endpoint_of(address, port), until));
    descriptor_ = socket_->stream.native_handle();
  }

  void start_tls(std::string const& host, TimePoint until) override {
    impl_.run(handshake(socket_, &impl_.authorities->tls, host, until));
  }
  void write(std::string_view bytes, TimePoint until) override { impl_.run(write_all(socket_, bytes, until)); }
  std::size_t read(std::span<char> target, TimePoint until) override { return impl_.run(read_some(socket_, target, until)); }
  [[nodiscard]] bool is_quiet() const override {
    char byte = 0;
    auto const count = recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
  [[nodiscard]] Address const& peer() const override { return peer_; }

 private:
  static asio::awaitable<void> connect_registered(Impl* impl, SocketPointer socket, tcp::endpoint endpoint, TimePoint until) {
    impl->sockets.insert(socket.get());
    co_await connect_one(std::move(socket), endpoint, until);
  }

  Impl& impl_;
  SocketPointer socket_;
  Address peer_;
  int descriptor_ = -1;
};

}  // namespace

Transport::Transport(std::shared_ptr<Authorities> authorities) : impl_(std::make_unique<Impl>(std::move(authorities))) {}
Transport::~Transport() = default;
void Transport::abort() { impl_->abort(); }

std::unique_ptr<Connection> Transport::connect(std::vector<Address> const& addresses, std::uint16_t port, TimePoint until) {
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    auto const now = RunClock::Clock::now();
    bool const last = i + 1 == addresses.size();
    auto const share = last ? until : now + (until - now) / static_cast<long>(addresses.size() - i);
    auto connection = std::make_unique<TcpConnection<Impl>>(*impl_);
    try {
      connection->connect(addresses[i], port, share);
      return connection;
    } catch (TransportError const&) {
      if (last) throw;
    }
  }
  throw TransportError(Failure::connect, "no address to connect to");
}

}  // namespace acr::net
#ifdef __clang__
#pragma clang attribute pop
#endif
