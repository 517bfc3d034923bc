#pragma once

// Work that needs much memory, not all of it at once: src/support/memory_gate.hpp (B-25)

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace acr {

/// Lets threads in as long as what they hold together fits. They come in the order in which they asked, so that who needs much
/// is not overtaken indefinitely. Thread-safe.
class MemoryGate {
 public:
  explicit MemoryGate(std::uint64_t bytes) : bytes_(bytes) {}
  MemoryGate(MemoryGate const&) = delete;
  MemoryGate& operator=(MemoryGate const&) = delete;

  /// What a thread holds, until this goes out of scope.
  class Pass {
   public:
    Pass() = default;
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), bytes_(other.bytes_) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->leave(bytes_);
    }

   private:
    friend class MemoryGate;
    Pass(MemoryGate* gate, std::uint64_t bytes) : gate_(gate), bytes_(bytes) {}
    MemoryGate* gate_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  /// Waits until there is room. Who asks for more than the gate has gets all of it, alone. A thread that has a pass must not
  /// ask for another.
  [[nodiscard]] Pass enter(std::uint64_t bytes);

 private:
  void leave(std::uint64_t bytes);

  std::uint64_t const bytes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t held_ = 0, next_ticket_ = 0, served_ = 0;
};

}  // namespace acr
