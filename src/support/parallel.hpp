#pragma once

// The same work over many items on a bounded number of threads: src/support/parallel.hpp

#include <cstddef>
#include <functional>
#include <semaphore>

namespace acr {

/// Calls `work(i)` once for each i in [0, count), on at most `workers` threads (the caller's is one of them). Results
/// belong into slots that `work` picks by `i`, so that order never depends on timing. After the first exception no new
/// item is begun; when all threads are done, the exception of the lowest index is thrown. Work is charged to the
/// caller's budget (work_budget.hpp).
void for_each_index(std::size_t count, std::size_t workers, std::function<void(std::size_t)> const& work);

/// Processors of this machine, at least 1.
std::size_t processors();

/// One of the places of a semaphore, until the end of the scope; waits for it.
class Turn {
 public:
  explicit Turn(std::counting_semaphore<>& places) : places_(places) { places_.acquire(); }
  ~Turn() { places_.release(); }
  Turn(Turn const&) = delete;
  Turn& operator=(Turn const&) = delete;

 private:
  std::counting_semaphore<>& places_;
};

}  // namespace acr
