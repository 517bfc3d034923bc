#pragma once

// Large charts one at a time, ordinary ones side by side: src/chart/memory_bounds.hpp (B-25)
// docs/decisions/0009-budgets.md says why there is no estimate.

#include <algorithm>
#include <cstdint>
#include <optional>

#include "chart/limits.hpp"
#include "support/memory_gate.hpp"
#include "support/work_budget.hpp"

namespace acr::chart {

/// Bounds that nearly all charts stay within.
inline constexpr std::uint64_t ordinary_chart_bytes = std::uint64_t{8} << 20;
inline constexpr std::uint64_t ordinary_file_bytes = std::uint64_t{1}
                                                     << 20;  ///< most of what a YAML reader makes of a file is its nodes
inline constexpr std::uint64_t ordinary_files = 1000;

/// What loading and packaging such a chart is taken to need: content, tar, gzip, an archive being unpacked, the values of a
/// YAML file.
inline constexpr std::uint64_t ordinary_memory = std::uint64_t{40} << 20;

/// Paths of all files of a package, or of a chart's archives. They are held up to six times, and names of subcharts stand in
/// them again and again: 100,000 files with paths of 160 bytes are enough for anybody.
inline constexpr std::uint64_t path_bytes_together = std::uint64_t{16} << 20;

/// Returns to the system what was freed and the allocator keeps, for each thread apart: a large chart of small files leaves 100
/// MiB.
void give_back_memory();

inline Limits ordinary(Limits limits) {
  limits.chart_bytes = std::min(limits.chart_bytes, ordinary_chart_bytes);
  limits.file_bytes = std::min(limits.file_bytes, ordinary_file_bytes);
  limits.files = std::min(limits.files, ordinary_files);
  return limits;
}

/// The verdict of `make(limits)`. What a chart's archives hold is known when they are unpacked, so `make` is called with the
/// bounds of an ordinary chart first, unless `is_large`; if that is refused, once more, alone, with the real bounds. `pass` is
/// what the result may go on to hold. `make` must do nothing that cannot be done twice.
template <class Make>
auto made_in_memory(Limits const& limits, bool is_large, std::optional<MemoryGate::Pass>& pass, Make const& make) {
  if (!is_large) {
    pass.emplace(hold_memory(ordinary_memory));
    if (auto made = make(ordinary(limits))) return made;
    pass.reset();
  }
  pass.emplace(hold_memory(max_memory_held));
  give_back_memory();
  return make(limits);
}

}  // namespace acr::chart
