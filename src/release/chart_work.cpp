#include "release/chart_work.hpp"

#include <algorithm>

namespace acr::release {

bool ChartWork::refused() const {
  return !record.refusals.empty() ||
         std::ranges::any_of(record.entries, [](report::LineageEntry const& entry) { return entry.refusal.has_value(); });
}

}  // namespace acr::release
