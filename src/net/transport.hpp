#pragma once

// Byte streams over TCP and TLS with deadlines: src/net/transport.hpp
// The only part that knows Asio. Calls block; inside, each is a coroutine on the transport's one thread.

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.hpp"
#include "net/http.hpp"
#include "support/run_clock.hpp"

namespace acr::net {

/// What went wrong below HTTP. `failure` is connect, tls, certificate, timeout, closed_early (peer gone while
/// writing) or truncated (reset or TLS cut while reading).
class TransportError : public std::runtime_error {
 public:
  TransportError(Failure failure_, std::string const& reason) : std::runtime_error(reason), failure(failure_) {}
  Failure const failure;
};

using TimePoint = RunClock::Clock::time_point;

class Connection {
 public:
  virtual ~Connection() = default;
  /// TLS 1.2 or newer; chain and `host` (name or address) are verified.
  virtual void start_tls(std::string const& host, TimePoint until) = 0;
  virtual void write(std::string_view bytes, TimePoint until) = 0;
  /// At least one byte, or 0 at the orderly end of the stream.
  virtual std::size_t read(std::span<char> into, TimePoint until) = 0;
  /// Nothing has arrived and the peer has not closed: fit for reuse.
  [[nodiscard]] virtual bool is_quiet() const = 0;
  [[nodiscard]] virtual Address const& peer() const = 0;
};

/// The authorities that are believed. Reading them takes most of the time that a client needs to begin, so clients share them.
class Authorities;
/// `ca_file`: PEM; throws BadEnvironment("bad-ca-file").
std::shared_ptr<Authorities> read_authorities(std::filesystem::path const& ca_file);

/// Thread-safe. Connections must not outlive it.
class Transport {
 public:
  explicit Transport(std::shared_ptr<Authorities> authorities);
  ~Transport();
  Transport(Transport const&) = delete;
  Transport& operator=(Transport const&) = delete;

  /// Connects to the first address that answers; each gets its share of the time.
  std::unique_ptr<Connection> connect(std::vector<Address> const& addresses, std::uint16_t port, TimePoint until);

  /// Ends every call under way and every later one with TransportError. Returns at once.
  void abort();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace acr::net
