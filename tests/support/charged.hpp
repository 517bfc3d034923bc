#pragma once

// Whether work is charged to the run (B-25), for tests of the loops that do it.

#include <chrono>
#include <string>

#include "support/run_clock.hpp"
#include "support/thrown.hpp"
#include "support/work_budget.hpp"

namespace acr::test {

/// True when `work`, which must cost at least a mebibyte and says whether it did what it should, goes on while there is time
/// and is ended by the run's clock when there is none. (A CHECK inside of it would catch what the clock throws.)
template <class Work>
bool is_charged(Work const& work) {
  auto const end = [&](std::chrono::seconds time) {
    RunClock const clock(time);
    WorkBudget budget(clock);
    WorkScope const scope(&budget);
    bool good = false;
    auto const code = thrown_code([&] { good = work(); });
    return good ? "good" : code;
  };
  return end(std::chrono::hours(1)) == "good" && end(std::chrono::seconds(0)) == "timeout";
}

}  // namespace acr::test
