#pragma once

// SIGINT and SIGTERM end a run within seconds: src/release/signals.hpp
// Process 1 of a container has no default action for signals, and a handler may do next to nothing: so both are blocked in
// every thread and one thread waits for them.

#include <atomic>
#include <thread>

#include "support/run_clock.hpp"

namespace acr::release {

/// To be called before any other thread exists; the signals then wait until a SignalWatch takes them. SIGPIPE is ignored.
void block_signals();

/// While alive, a signal cancels `clock` with the status that goes with it. A second one ends the process at once. Its end
/// costs no time: the destructor wakes the thread.
class SignalWatch {
 public:
  explicit SignalWatch(RunClock& clock);
  ~SignalWatch();
  SignalWatch(SignalWatch const&) = delete;
  SignalWatch& operator=(SignalWatch const&) = delete;

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace acr::release
