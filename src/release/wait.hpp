#pragma once

// Waiting for what somebody else makes: src/release/wait.hpp (action contract, section 11, "tag not pushed yet")
// Knows nothing of tags, listings and charts: it says when to look again, and when for the last time.

#include <chrono>
#include <functional>
#include <string>

#include "support/run_clock.hpp"

namespace acr::release {

/// Time as waits see it; tests bring their own.
struct WaitClock {
  std::function<RunClock::Clock::time_point()> now{};
  std::function<void(RunClock::Clock::duration)> sleep{};  ///< throws as RunClock::sleep()
};

/// Looks at 0, 5, 15, 35 … seconds, the last one when `limit` is over.
class Wait {
 public:
  /// `clock` must live longer. An empty `waits` is `clock`'s own time.
  Wait(std::chrono::seconds limit, RunClock& clock, WaitClock waits);

  /// The next look is the last one.
  [[nodiscard]] bool is_over() const { return passed_exactly() >= limit_; }
  /// Whole seconds since the first look; 0 when the limit is.
  [[nodiscard]] std::chrono::seconds passed() const;
  /// Throws Unreachable("timeout") when the run has no time left to do something with what would be found, Cancelled on a
  /// signal.
  void until_next_look();

 private:
  using Duration = RunClock::Clock::duration;
  [[nodiscard]] RunClock::Clock::time_point now() const { return waits_.now ? waits_.now() : RunClock::Clock::now(); }
  [[nodiscard]] Duration passed_exactly() const { return now() - started_; }

  std::chrono::seconds limit_;
  RunClock& clock_;
  WaitClock waits_;
  RunClock::Clock::time_point started_;
  Duration pause_;
};

/// One thing or many that somebody else makes.
struct Awaited {
  std::function<void(bool last)> look{};          ///< looks for what is still missing; `last`: it will not be looked for again
  std::function<std::string()> missing{};         ///< "the tag web-v1.2.0 of chart web"; empty: nothing is missing
  std::function<void(std::string const&)> say{};  ///< takes a line before each pause
};

/// Looks until nothing is missing, at the times of `wait`. Throws as `look` and Wait::until_next_look(); when `timeout`, the
/// run's whole time, is over, with what was waited for.
void look_until_found(Wait& wait, std::chrono::seconds timeout, Awaited const& awaited);

}  // namespace acr::release
