#include "release/wait.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "support/errors.hpp"

namespace acr::release {
namespace {

constexpr std::chrono::seconds first_pause{5}, longest_pause{30};
// What is found in the run's last second could not be proved any more.
constexpr std::chrono::seconds last_second{1};

}  // namespace

Wait::Wait(std::chrono::seconds limit, RunClock& clock, WaitClock waits)
    : limit_(limit), clock_(clock), waits_(std::move(waits)), started_(now()), pause_(first_pause) {}

std::chrono::seconds Wait::passed() const {
  return limit_.count() == 0 ? limit_ : std::chrono::duration_cast<std::chrono::seconds>(passed_exactly());
}

void Wait::until_next_look() {
  Duration pause = std::max(Duration::zero(), std::min<Duration>(pause_, limit_ - passed_exactly()));
  pause_ = std::min<Duration>(pause_ * 2, longest_pause);
  auto const left = clock_.left();
  if (left <= last_second) throw Unreachable("timeout", "the time limit of the run is reached");
  pause = std::min(pause, left - last_second);
  if (waits_.sleep)
    waits_.sleep(pause);
  else
    clock_.sleep(pause);
}

void look_until_found(Wait& wait, std::chrono::seconds timeout, Awaited const& awaited) {
  try {
    for (;;) {
      awaited.look(wait.is_over());
      auto const missing = awaited.missing();
      if (missing.empty()) return;
      awaited.say("waiting for " + missing);
      wait.until_next_look();
    }
  } catch (Unreachable const& error) {
    auto const missing = awaited.missing();
    if (error.code() != "timeout" || missing.empty()) throw;
    throw Unreachable("timeout", "the time limit of the run (timeout: " + std::to_string(timeout.count()) +
                                     " seconds) is reached; it was waiting for " + missing);
  }
}

}  // namespace acr::release
