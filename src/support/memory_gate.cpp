#include "support/memory_gate.hpp"

#include <algorithm>

namespace acr {

MemoryGate::Pass MemoryGate::enter(std::uint64_t bytes) {
  bytes = std::min(bytes, bytes_);
  std::unique_lock lock(mutex_);
  auto const ticket = next_ticket_++;
  changed_.wait(lock, [&] { return served_ == ticket && held_ + bytes <= bytes_; });
  held_ += bytes;
  ++served_;
  changed_.notify_all();  // the next one may fit as well
  return {this, bytes};
}

void MemoryGate::leave(std::uint64_t bytes) {
  std::lock_guard const lock(mutex_);
  held_ -= bytes;
  changed_.notify_all();
}

}  // namespace acr
