#include "report/release_record.hpp"

#include <algorithm>
#include <stdexcept>

namespace acr::report {

std::string to_text(Result result) {
  switch (result) {
    case Result::success:
      return "success";
    case Result::partial:
      return "partial";
    case Result::no_charts:
      return "no-charts";
    case Result::skipped:
      return "skipped";
    case Result::failed:
      return "failed";
  }
  throw std::logic_error("a result without a name");
}

std::string to_text(EntryStatus status) {
  switch (status) {
    case EntryStatus::verified:
      return "verified";
    case EntryStatus::verified_other_id:
      return "verified-other-id";
    case EntryStatus::unresolved:
      return "unresolved";
    case EntryStatus::failed:
      return "failed";
  }
  throw std::logic_error("an entry status without a name");
}

std::string to_text(ChartStatus status) {
  switch (status) {
    case ChartStatus::packaged:
      return "packaged";
    case ChartStatus::refused:
      return "refused";
    case ChartStatus::held_back:
      return "held-back";
  }
  throw std::logic_error("a chart status without a name");
}

std::string OciPlace::subject_name() const { return ref.substr(0, ref.rfind(':')); }

std::size_t ReleaseRecord::packaged_count() const {
  return static_cast<std::size_t>(std::ranges::count(charts, ChartStatus::packaged, &ChartRecord::status));
}

std::size_t ReleaseRecord::entry_count(EntryStatus status) const {
  std::size_t count = 0;
  for (auto const& chart : charts)
    count += static_cast<std::size_t>(std::ranges::count(chart.entries, status, &LineageEntry::status));
  return count;
}

}  // namespace acr::report
