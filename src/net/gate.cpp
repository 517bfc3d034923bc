#include "net/gate.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace acr::net {

Gate::Gate(RunClock& clock, std::size_t places)
    : clock_(clock), places_(places), on_cancel_(clock, [this] {
        std::lock_guard const lock(mutex_);
        changed_.notify_all();
      }) {
  if (places == 0) throw std::logic_error("a gate without places");
}

Gate::Place Gate::enter() {
  clock_.check();
  std::unique_lock lock(mutex_);
  auto const open = [this] { return taken_ < places_ || clock_.cancelled(); };
  if (clock_.deadline() == RunClock::Clock::time_point::max()) {
    changed_.wait(lock, open);
  } else {
    changed_.wait_until(lock, clock_.deadline(), open);
  }
  if (taken_ >= places_ || clock_.cancelled()) {
    lock.unlock();
    clock_.check();
    throw Unreachable("timeout", "the time limit of the run is reached");
  }
  ++taken_;
  return Place(*this);
}

void Gate::narrow() {
  std::lock_guard const lock(mutex_);
  places_ = std::max<std::size_t>(1, places_ / 2);
}

void Gate::leave() {
  {
    std::lock_guard const lock(mutex_);
    --taken_;
  }
  changed_.notify_one();
}

}  // namespace acr::net
