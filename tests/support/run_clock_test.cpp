#include "support/run_clock.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "support/catch2.hpp"
#include "support/parallel.hpp"

namespace run_clock_test {
namespace {

TEST_CASE("cancelling ends a sleep at once with its status", "[support]") {
  acr::RunClock clock;
  std::jthread const canceller([&] { clock.cancel(acr::ExitStatus::terminated); });
  try {
    clock.sleep(std::chrono::hours(1));
    FAIL("the sleep went on");
  } catch (acr::Cancelled const& cancelled) {
    CHECK(cancelled.status() == acr::ExitStatus::terminated);
    CHECK(cancelled.code() == "cancelled");
  }
}

TEST_CASE("a wait that does not fit the time left is refused at once", "[support]") {
  acr::RunClock clock(std::chrono::seconds(5));
  CHECK_THROWS_AS(clock.sleep(std::chrono::hours(1)), acr::Unreachable);
}

TEST_CASE("past the deadline every look at the clock throws", "[support]") {
  acr::RunClock const over(std::chrono::seconds(0));
  try {
    over.check();
    FAIL("the time went on");
  } catch (acr::Unreachable const& error) {
    CHECK(error.code() == "timeout");
    CHECK(error.status() == acr::ExitStatus::unreachable);
  }
  CHECK_NOTHROW(acr::RunClock(std::chrono::hours(1)).check());
  CHECK_NOTHROW(acr::RunClock().check());
}

TEST_CASE("cancelling wakes what registered, also too late", "[support]") {
  acr::RunClock clock;
  int woken = 0;
  acr::RunClock::OnCancel const early(clock, [&] { ++woken; });
  clock.cancel(acr::ExitStatus::interrupted);
  acr::RunClock::OnCancel const late(clock, [&] { ++woken; });
  CHECK(woken == 2);
}

TEST_CASE("work over indices runs each once and throws the lowest failure", "[support]") {
  std::vector<std::atomic<int>> calls(100);
  acr::for_each_index(100, 8, [&](std::size_t i) { ++calls[i]; });
  for (auto const& count : calls) CHECK(count == 1);
  CHECK_THROWS_WITH(acr::for_each_index(1, 4, [](std::size_t i) { throw std::runtime_error(std::to_string(i)); }), "0");
  acr::for_each_index(0, 4, [](std::size_t) { FAIL("nothing to do"); });
}

}  // namespace
}  // namespace run_clock_test
