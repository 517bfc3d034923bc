#pragma once

// The input exclude-charts: src/chart/excluded_charts.hpp (binding.md B-19)

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace acr::chart {

/// Charts that a release leaves alone: names, or repository paths when there is a `/` in an item; one that ends in `/` stands
/// for all below. `*` (any run) and `?` (one character) stay within a segment.
class ExcludedCharts {
 public:
  ExcludedCharts() = default;
  explicit ExcludedCharts(std::vector<std::string> items);

  /// The item that fits the chart, null when none does. An item of names is not asked when `name` is empty. Notes that it has
  /// fitted.
  std::string const* fitting(std::string_view path, std::string_view name);

  /// True when some item can be decided by a chart's name only.
  [[nodiscard]] bool asks_for_names() const;

  /// Items that have fitted nothing so far, in the order of the list.
  [[nodiscard]] std::vector<std::string> idle() const;

 private:
  std::vector<std::string> items_;
  std::vector<bool> used_;
};

/// `*` and `?` within one segment, `/` apart; linear in the text for each star.
bool segment_match(std::string_view pattern, std::string_view text);

}  // namespace acr::chart
