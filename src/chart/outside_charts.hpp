#pragma once

// Charts that change where no charts directory looks: src/chart/outside_charts.hpp (binding.md B-19)

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "chart/source_tree.hpp"

namespace acr::chart {

struct OutsideScope {
  std::vector<std::string> charts_dirs;  ///< of the head, free of links
  std::set<std::string, std::less<>>
      charts;  ///< directories of the charts in them, free of links: what is inside belongs to them
  std::set<std::string, std::less<>> sources;  ///< directories that those charts are made of as well: `file://`, links
  std::function<bool(std::string const& path)> excluded{};
};

struct OutsideCharts {
  std::vector<std::string> paths;  ///< sorted
  bool complete = true;            ///< false: there are more than anybody reads
};

/// Directories with a Chart.yaml in `head` that differ from `base` and that no charts directory has as a direct child. What
/// lies inside of such a one belongs to it. A directory above a charts directory has changed when something beside the charts
/// directories has.
OutsideCharts outside_charts(SourceTree const& base, SourceTree const& head, OutsideScope const& scope);

}  // namespace acr::chart
