#pragma once

// At most n at once: src/net/gate.hpp (G-7, G-40: API requests and downloads are counted apart)

#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "support/run_clock.hpp"

namespace acr::net {

/// A counting gate whose waits end with the run. Thread-safe.
class Gate {
 public:
  /// `clock` must live longer; `places` ≥ 1.
  Gate(RunClock& clock, std::size_t places);

  /// A place inside; given back by the destructor.
  class Place {
   public:
    explicit Place(Gate& gate) : gate_(gate) {}
    ~Place() { gate_.leave(); }
    Place(Place const&) = delete;
    Place& operator=(Place const&) = delete;

   private:
    Gate& gate_;
  };

  /// Waits for a free place. Throws Cancelled or Unreachable("timeout") as RunClock::check().
  [[nodiscard]] Place enter();

  /// From now on half as many places, at least one (G-40). Who is inside stays.
  void narrow();

 private:
  void leave();
  RunClock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t places_;
  std::size_t taken_ = 0;
  RunClock::OnCancel on_cancel_;  ///< last: may call back at once
};

}  // namespace acr::net
