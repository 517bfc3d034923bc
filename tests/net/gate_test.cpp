#include "net/gate.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "support/catch2.hpp"
#include "support/parallel.hpp"

namespace gate_test {
namespace {

using acr::net::Gate;

TEST_CASE("no more are inside a gate than it has places (G-7)", "[net]") {
  acr::RunClock clock;
  Gate gate(clock, 3);
  std::atomic<int> inside = 0, most = 0;
  acr::for_each_index(200, 12, [&](std::size_t) {
    auto const place = gate.enter();
    int const now = ++inside;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::yield();
    --inside;
  });
  CHECK(most <= 3);
  CHECK(inside == 0);
}

TEST_CASE("a gate that is narrowed lets half as many in, and one at least (G-40)", "[net]") {
  acr::RunClock clock;
  Gate gate(clock, 5);
  std::atomic<int> inside = 0, most = 0;
  auto const crowd = [&] {
    most = 0;
    acr::for_each_index(60, 12, [&](std::size_t) {
      auto const place = gate.enter();
      int const now = ++inside;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      std::this_thread::yield();
      --inside;
    });
    return most.load();
  };
  gate.narrow();
  CHECK(crowd() <= 2);
  for (int i = 0; i < 3; ++i) gate.narrow();
  CHECK(crowd() == 1);
}

TEST_CASE("who waits at a gate is woken when the run is cancelled", "[net]") {
  acr::RunClock clock;
  Gate gate(clock, 1);
  auto const place = gate.enter();
  std::jthread const canceller([&] { clock.cancel(acr::ExitStatus::interrupted); });
  CHECK_THROWS_AS(gate.enter(), acr::Cancelled);
}

TEST_CASE("who waits at a gate is sent away when the run's time is over", "[net]") {
  acr::RunClock clock(std::chrono::seconds(1));
  Gate gate(clock, 1);
  auto const place = gate.enter();
  CHECK_THROWS_AS(gate.enter(), acr::Unreachable);
}

TEST_CASE("a gate without places is our own mistake", "[net]") {
  acr::RunClock clock;
  CHECK_THROWS_AS(Gate(clock, 0), std::logic_error);
}

}  // namespace
}  // namespace gate_test
