#pragma once

// A refusal as one short line of the job summary: src/report/short_refusal.hpp
// What is wrong and what to do, in words of our own; names from outside stand in it as plain words or code spans.

#include <string>
#include <vector>

#include "report/release_record.hpp"

namespace acr::report {

/// One refusal or warning, and the attestation entries of a chart that it is the same for.
struct FindingGroup {
  Finding const* first = nullptr;  ///< points into the record
  std::vector<std::string> keys;   ///< of the entries, in the annotation's order; empty: of the chart or the run itself
  bool same_where = true, same_expected = true, same_found = true, same_fix = true;  ///< as `first` has them, in all
};

/// The refusals of `chart`: its own one by one, those of its entries by code, reason and rule.
std::vector<FindingGroup> refusals_of(ChartRecord const& chart);
/// The same for warnings.
std::vector<FindingGroup> warnings_of(ChartRecord const& chart);

/// "tag web-v1.2.0 is missing. Push the tag, then re-run." as Markdown on a single line. `chart`: null for a refusal of the
/// run.
std::string short_refusal(ReleaseRecord const& record, ChartRecord const* chart, FindingGroup const& refusal);

}  // namespace acr::report
