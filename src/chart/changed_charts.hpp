#pragma once

// Which charts a commit changes: src/chart/changed_charts.hpp (A-45, A-57, P-105 … P-109)
// A chart has changed when its package would, times aside: files it ignores do not count, targets of its
// links and of its `file://` dependencies do.

#include <optional>
#include <string>
#include <vector>

#include "chart/limits.hpp"
#include "chart/source_tree.hpp"
#include "chart/warning.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

struct ChangedChart {
  std::string path;                        ///< directory in the head tree, e.g. "charts/web"
  std::string name;                        ///< from Chart.yaml; the directory may be called otherwise (B-22)
  std::string version;                     ///< from Chart.yaml, as written there
  std::optional<std::string> old_version;  ///< in the base tree; nothing for a new chart
  std::optional<std::string> old_path;     ///< in the base tree, when the chart has moved
};

struct MissingChart {
  std::string path;  ///< directory in the base tree
  std::string name;  ///< from its Chart.yaml there; its directory's name when that cannot be read
};

struct MovedChart {
  std::string from, to;
  std::string name;
};

/// A changed chart that must not be released. `why.where` is the chart's directory.
struct RefusedChart {
  std::string path;
  Rejection why;
};

/// A chart that `exclude-charts` leaves alone.
struct SkippedChart {
  std::string path, name;
  std::string item;  ///< of the list, as written
};

/// All lists are sorted by path.
struct ChangedCharts {
  std::vector<ChangedChart> changed;  ///< without the refused ones
  std::vector<RefusedChart> refused;
  std::vector<MissingChart> removed;  ///< a notice each; nothing is packaged
  std::vector<MovedChart> moved;      ///< a notice each; also in `changed` if the content differs
  std::vector<SkippedChart> skipped;
  /// Directories with a Chart.yaml that changed where no charts directory looks (B-19).
  std::vector<std::string> outside;
  bool outside_complete = true;  ///< false: there are more than are listed
  struct Notice {
    std::string path;
    Warning warning;
  };
  /// `version-not-increased` (P-107), `exclude-unused` (B-19), and of charts that the base has just so:
  /// `chart-unreadable`, and the codes of broken ones (B-20).
  std::vector<Notice> warnings;
};

/// What the configuration says about charts.
struct ChartsScope {
  std::vector<std::string> charts_dirs;  ///< "" is the repository's root
  std::vector<std::string> exclude_charts{};
};

/// Compares the direct children of the charts directories in both trees. A child without Chart.yaml is not a chart. Equal tree
/// ids decide at once where no link is below and no `file://` dependency is declared. Refusals: `version-not-bumped`,
/// `name-unusable`, `duplicate-name` (both charts), broken children (B-20), and whatever the chart's files, links or metadata
/// are refused for. A configuration that cannot be meant (charts_directories()) is a rejection of the whole.
Verdict<ChangedCharts> changed_charts(SourceTree const& base, SourceTree const& head, ChartsScope const& scope,
                                      Limits const& limits = {});

/// True for `[A-Za-z0-9_][A-Za-z0-9._-]*`: fits a tag and an output name.
bool is_usable_name(std::string_view name);

}  // namespace acr::chart
