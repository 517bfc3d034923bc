#include "support/memory_gate.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "support/catch2.hpp"
#include "support/parallel.hpp"
#include "support/work_budget.hpp"

namespace memory_gate_test {
namespace {

using namespace acr;
using namespace std::chrono_literals;

// Waits for what another thread does; false when it does not come.
template <class Done>
bool soon(Done const& done) {
  for (int i = 0; i < 1000 && !done(); ++i) std::this_thread::sleep_for(5ms);
  return done();
}

TEST_CASE("threads never hold more than the gate has, and who wants more goes alone (B-25)", "[support]") {
  MemoryGate gate(10);
  std::atomic<int> held{0}, most{0};
  std::vector<int> const wanted{1, 10, 3, 3, 3, 25, 1, 9, 2, 10, 4, 4};
  std::atomic<int> served{0};
  for_each_index(wanted.size(), 6, [&](std::size_t i) {
    auto const pass = gate.enter(static_cast<std::uint64_t>(wanted[i]));
    int const counted = std::min(wanted[i], 10);
    int const now = held += counted;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(1ms);
    held -= counted;
    ++served;
  });
  CHECK(served == static_cast<int>(wanted.size()));
  CHECK(most <= 10);
}

TEST_CASE("what fits together goes together", "[support]") {
  MemoryGate gate(10);
  auto const first = gate.enter(5);
  bool entered = false;
  std::jthread([&] {
    auto const second = gate.enter(5);
    entered = true;
  }).join();
  CHECK(entered);
}

TEST_CASE("who needs much is not overtaken", "[support]") {
  MemoryGate gate(10);
  std::optional<MemoryGate::Pass> first(gate.enter(1));
  std::atomic<int> order{0}, large{0}, small{0};
  std::atomic<bool> asked{false};
  std::jthread const heavy([&] {
    asked = true;
    auto const pass = gate.enter(10);
    large = ++order;
  });
  REQUIRE(soon([&] { return asked.load(); }));
  std::this_thread::sleep_for(20ms);  // it waits by now
  std::jthread const light([&] {
    auto const pass = gate.enter(1);
    small = ++order;
  });
  std::this_thread::sleep_for(20ms);
  CHECK(order == 0);
  first.reset();
  REQUIRE(soon([&] { return order == 2; }));
  CHECK(large == 1);
  CHECK(small == 2);
}

TEST_CASE("who waits for memory when the run is cancelled does not begin (A-21)", "[support]") {
  RunClock clock;
  WorkBudget budget(clock);
  WorkScope const scope(&budget);
  { auto const pass = hold_memory(max_memory_held + 1); }
  clock.cancel(ExitStatus::terminated);
  bool cancelled = false;
  try {
    auto const pass = hold_memory(1);
  } catch (Cancelled const&) {
    cancelled = true;
  }
  CHECK(cancelled);
  auto const whole = budget.memory().enter(max_memory_held);  // it gave its place back
}

TEST_CASE("memory that nobody accounts for is free", "[support]") {
  auto const one = hold_memory(max_memory_held), other = hold_memory(max_memory_held);
  CHECK(current_work() == nullptr);
}

}  // namespace
}  // namespace memory_gate_test
