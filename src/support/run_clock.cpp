#include "support/run_clock.hpp"

#include <algorithm>
#include <utility>

namespace acr {

RunClock::Clock::duration RunClock::left() const {
  if (deadline_ == Clock::time_point::max()) return Clock::duration::max();
  return std::max(Clock::duration::zero(), deadline_ - Clock::now());
}

void RunClock::check() const {
  if (int const status = status_.load()) throw Cancelled(static_cast<ExitStatus>(status));
  if (left() == Clock::duration::zero()) throw Unreachable("timeout", "the time limit of the run is reached");
}

void RunClock::sleep(Clock::duration pause) {
  check();
  if (pause > left()) throw Unreachable("timeout", "the time limit of the run does not allow a further wait");
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, pause, [this] { return cancelled(); });
  lock.unlock();
  check();
}

void RunClock::cancel(ExitStatus status) {
  {
    std::lock_guard const lock(mutex_);
    int none = 0;
    if (!status_.compare_exchange_strong(none, static_cast<int>(status))) return;
    // Called under the lock: OnCancel's destructor must not return while its function runs.
    for (auto& [key, wake] : wakers_) wake();
    wakers_.clear();
  }
  woken_.notify_all();
}

RunClock::OnCancel::OnCancel(RunClock& clock, std::function<void()> wake) : clock_(clock), key_(0) {
  std::lock_guard const lock(clock_.mutex_);
  if (clock_.cancelled()) {
    wake();
    return;
  }
  key_ = ++clock_.next_key_;
  clock_.wakers_.emplace(key_, std::move(wake));
}

RunClock::OnCancel::~OnCancel() {
  std::lock_guard const lock(clock_.mutex_);
  clock_.wakers_.erase(key_);
}

}  // namespace acr
