#pragma once

// What a run may cost: src/support/work_budget.hpp (B-25)
// Work on foreign input is charged where it is done. The budget is ambient: a scope on one thread, handed on by
// for_each_index(). docs/decisions/0009-budgets.md says why it is not an argument.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "support/memory_gate.hpp"
#include "support/run_clock.hpp"

namespace acr {

inline constexpr std::uint64_t max_tree_entries_walked = 2'000'000;               ///< of all trees of a run (B-25)
inline constexpr std::uint64_t max_path_bytes_walked = std::uint64_t{128} << 20;  ///< of these entries' whole paths
inline constexpr std::uint64_t max_memory_held = std::uint64_t{256}
                                                 << 20;  ///< by all threads, as far as they ask (hold_memory())

/// Shared by all threads of a run. Thread-safe.
class WorkBudget {
 public:
  /// `clock` must live longer.
  explicit WorkBudget(RunClock const& clock, std::uint64_t tree_entries = max_tree_entries_walked,
                      std::uint64_t path_bytes = max_path_bytes_walked)
      : clock_(clock), max_entries_(tree_entries), max_path_bytes_(path_bytes) {}
  WorkBudget(WorkBudget const&) = delete;
  WorkBudget& operator=(WorkBudget const&) = delete;

  [[nodiscard]] RunClock const& clock() const { return clock_; }
  void charge_entries(std::string_view directory, std::uint64_t count, std::uint64_t path_bytes);
  [[nodiscard]] MemoryGate& memory() { return memory_; }

 private:
  RunClock const& clock_;
  std::uint64_t const max_entries_, max_path_bytes_;
  std::atomic<std::uint64_t> entries_{0}, path_bytes_{0};
  MemoryGate memory_{max_memory_held};
};

/// While alive, work on this thread is charged to `budget`; null: to nobody. The scope before it comes back afterwards.
class WorkScope {
 public:
  explicit WorkScope(WorkBudget* budget);
  ~WorkScope();
  WorkScope(WorkScope const&) = delete;
  WorkScope& operator=(WorkScope const&) = delete;

 private:
  WorkBudget* before_;
};

/// The budget of this thread's scope; null outside of any.
[[nodiscard]] WorkBudget* current_work();

/// To be called by every loop over input: `units` are bytes, or steps that cost about as much as some bytes. Once in a mebibyte
/// the run's clock is asked, which throws Cancelled or Unreachable("timeout"). Free of charge outside of a scope.
void charge_work(std::size_t units);

/// Asks the clock at once: between two pieces of work, and behind code that must swallow exceptions.
void check_work();

/// Waits until `bytes` may be held beside what other threads hold, and asks the clock; see MemoryGate::enter(). Free of charge
/// outside of a scope.
[[nodiscard]] MemoryGate::Pass hold_memory(std::uint64_t bytes);

/// `count` entries of a directory were read, whose paths have `path_bytes` bytes in all. Throws RunError("too-much-work",
/// status 1) when the run has walked more than it may, and as charge_work().
void charge_tree_entries(std::string_view directory, std::size_t count, std::size_t path_bytes);

}  // namespace acr
