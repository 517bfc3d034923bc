#include "support/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "support/work_budget.hpp"

namespace acr {

void for_each_index(std::size_t count, std::size_t workers, std::function<void(std::size_t)> const& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::size_t failed = count;
  std::exception_ptr failure;

  auto* const budget = current_work();
  auto const run = [&] {
    WorkScope const scope(budget);  // what helpers do is the caller's work (B-25)
    while (!stop) {
      std::size_t const i = next++;
      if (i >= count) return;
      try {
        check_work();
        work(i);
      } catch (...) {
        std::lock_guard const lock(mutex);
        stop = true;
        if (i < failed) {
          failed = i;
          failure = std::current_exception();
        }
      }
    }
  };

  {
    std::vector<std::jthread> threads;
    std::size_t const helpers = std::min(std::max<std::size_t>(workers, 1), count);
    for (std::size_t i = 1; i < helpers; ++i) threads.emplace_back(run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

std::size_t processors() { return std::max<std::size_t>(1, std::thread::hardware_concurrency()); }

}  // namespace acr
