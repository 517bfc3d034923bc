#pragma once

// Kept connections, and how many there may be: src/net/connection_pool.hpp (G-7)

#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "net/transport.hpp"
#include "support/run_clock.hpp"

namespace acr::net {

/// What two requests must share to share a connection.
struct Route {
  Origin origin;
  std::string proxy;  ///< "host:port", empty without one
  friend auto operator<=>(Route const&, Route const&) = default;
};

/// Thread-safe.
class ConnectionPool {
 public:
  ConnectionPool(RunClock& clock, std::size_t per_origin);
  ConnectionPool(ConnectionPool const&) = delete;
  ConnectionPool& operator=(ConnectionPool const&) = delete;

  /// The right to one connection of a route; returned by the destructor.
  class Lease {
   public:
    Lease(ConnectionPool& pool, Route route) : pool_(pool), route_(std::move(route)) {}
    ~Lease();
    Lease(Lease const&) = delete;
    Lease& operator=(Lease const&) = delete;

    /// The newest kept connection that is still quiet; null: open one.
    std::unique_ptr<Connection> take_kept();
    /// For the next request.
    void keep(std::unique_ptr<Connection> connection);

   private:
    ConnectionPool& pool_;
    Route route_;
  };

  /// Waits for one of the `per_origin` places. Throws NetworkError timeout at `until`, Cancelled.
  std::unique_ptr<Lease> lease(Route const& route, TimePoint until);

 private:
  struct Kept {
    Route route;
    std::unique_ptr<Connection> connection;
    TimePoint since;
  };
  RunClock& clock_;
  std::size_t const per_origin_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Route, std::size_t> leased_;
  std::list<Kept> kept_;          ///< newest last
  RunClock::OnCancel on_cancel_;  ///< last: may call back at once
};

}  // namespace acr::net
