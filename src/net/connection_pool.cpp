#include "net/connection_pool.hpp"

#include <utility>

namespace acr::net {

ConnectionPool::ConnectionPool(RunClock& clock, std::size_t per_origin)
    : clock_(clock), per_origin_(per_origin), on_cancel_(clock, [this] {
        std::lock_guard const lock(mutex_);
        changed_.notify_all();
      }) {}

std::unique_ptr<ConnectionPool::Lease> ConnectionPool::lease(Route const& route, TimePoint until) {
  {
    std::unique_lock lock(mutex_);
    bool const free = changed_.wait_until(lock, until, [&] { return clock_.cancelled() || leased_[route] < per_origin_; });
    if (!free || clock_.cancelled()) {
      lock.unlock();
      clock_.check();
      throw NetworkError(Failure::timeout, route.origin.host, "no connection became free in time");
    }
    ++leased_[route];
  }
  return std::make_unique<Lease>(*this, route);
}

ConnectionPool::Lease::~Lease() {
  std::lock_guard const lock(pool_.mutex_);
  if (--pool_.leased_[route_] == 0) pool_.leased_.erase(route_);
  pool_.changed_.notify_all();
}

std::unique_ptr<Connection> ConnectionPool::Lease::take_kept() {
  std::list<Kept> stale;  // closed outside the lock
  std::lock_guard const lock(pool_.mutex_);
  auto const oldest = RunClock::Clock::now() - limits::idle_time;
  for (auto at = pool_.kept_.end(); at != pool_.kept_.begin();) {
    auto const candidate = --at;
    if (candidate->since < oldest) {
      stale.splice(stale.end(), pool_.kept_, pool_.kept_.begin(), std::next(candidate));
      return nullptr;
    }
    if (candidate->route != route_) continue;
    bool const quiet = candidate->connection->is_quiet();
    auto connection = std::move(candidate->connection);
    at = pool_.kept_.erase(candidate);
    if (quiet) return connection;
  }
  return nullptr;
}

void ConnectionPool::Lease::keep(std::unique_ptr<Connection> connection) {
  std::list<Kept> surplus;
  std::lock_guard const lock(pool_.mutex_);
  pool_.kept_.push_back({route_, std::move(connection), RunClock::Clock::now()});
  if (pool_.kept_.size() > limits::idle_connections) {
    surplus.splice(surplus.end(), pool_.kept_, pool_.kept_.begin());
  }
}

}  // namespace acr::net
