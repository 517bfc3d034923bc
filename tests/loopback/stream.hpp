#pragma once

// A blocking byte stream over a socket, with or without TLS: tests/loopback/stream.hpp

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "loopback/authority.hpp"

namespace acr::loopback {

/// The server's side of one connection. Owns the descriptor. SIGPIPE must be blocked on the calling thread.
class Stream {
 public:
  explicit Stream(int descriptor);
  ~Stream();
  Stream(Stream const&) = delete;
  Stream& operator=(Stream const&) = delete;

  /// False: the client did not like us.
  bool start_tls(Identity const& identity);
  /// 0: the end, in whatever way.
  std::size_t read(std::span<char> into);
  /// False: the client has gone.
  bool write(std::string_view bytes);
  void end_tls();                   ///< close_notify
  void reset_on_close();            ///< the destructor will send a reset
  void wait_until_client_leaves();  ///< or until interrupt()
  void interrupt() const;           ///< from another thread: ends every call
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  struct Tls;
  int descriptor_;
  std::unique_ptr<Tls> tls_;
};

/// Listens on 127.0.0.1; `serve` runs on a thread of its own for each connection. The destructor interrupts
/// all and waits.
class Listener {
 public:
  Listener(std::uint16_t port, std::function<void(Stream&)> serve);
  ~Listener();
  Listener(Listener const&) = delete;
  Listener& operator=(Listener const&) = delete;
  [[nodiscard]] std::uint16_t port() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A connection to a port of this machine; -1 when nobody listens.
int connect_to(std::uint16_t port);

}  // namespace acr::loopback
