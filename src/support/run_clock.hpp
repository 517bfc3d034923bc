#pragma once

// The run's one deadline and its cancellation: src/support/run_clock.hpp
// Everything that waits, waits through this, so that `timeout` and the signals of A-21 end every wait at once.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>

#include "support/errors.hpp"

namespace acr {

/// Shared by all threads of a run. Thread-safe.
class RunClock {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RunClock(std::chrono::seconds budget) : deadline_(Clock::now() + budget) {}
  /// No deadline: for commands on a terminal.
  RunClock() : deadline_(Clock::time_point::max()) {}
  RunClock(RunClock const&) = delete;
  RunClock& operator=(RunClock const&) = delete;

  [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
  /// Time left, never negative; Clock::duration::max() without a deadline.
  [[nodiscard]] Clock::duration left() const;

  /// Throws Cancelled after cancel(), Unreachable("timeout") past the deadline; else returns.
  void check() const;

  /// Sleeps for `pause`, cut short by cancel(); then as check(). Throws at once when `pause` ends past the deadline.
  void sleep(Clock::duration pause);

  /// Ends every wait with Cancelled{status}. Callable from any thread (not from a signal handler).
  void cancel(ExitStatus status);
  [[nodiscard]] bool cancelled() const { return status_.load() != 0; }

  /// While alive, `wake` is called once on cancel() (at once when already cancelled), from the cancelling thread.
  class OnCancel {
   public:
    OnCancel(RunClock& clock, std::function<void()> wake);
    ~OnCancel();
    OnCancel(OnCancel const&) = delete;
    OnCancel& operator=(OnCancel const&) = delete;

   private:
    RunClock& clock_;
    unsigned key_;
  };

 private:
  Clock::time_point deadline_;
  std::atomic<int> status_{0};
  std::mutex mutex_;
  std::condition_variable woken_;
  std::map<unsigned, std::function<void()>> wakers_;
  unsigned next_key_ = 0;
};

}  // namespace acr
