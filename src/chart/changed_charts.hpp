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
  std::string name;                        ///< from Chart.yaml; equals the directory's name
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

/// All lists are sorted by path.
struct ChangedCharts {
  std::vector<ChangedChart> changed;  ///< without the refused ones
  std::vector<RefusedChart> refused;
  std::vector<MissingChart> removed;  ///< a notice each; nothing is packaged
  std::vector<MovedChart> moved;      ///< a notice each; also in `changed` if the content differs
  struct Notice {
    std::string path;
    Warning warning;
  };
  std::vector<Notice> warnings;  ///< `version-not-increased` (P-107), `nested-charts-directory` (P-109)
};

/// Compares the direct children of `charts_dirs` ("" is the repository root) in both trees. A child without
/// Chart.yaml is no chart. Equal tree ids decide at once where no link leaves the chart and no `file://`
/// dependency is declared. Refusals: `version-not-bumped`, `name-mismatch`, `name-unusable`, `duplicate-name`
/// (both charts), and whatever the chart's files, links or metadata are refused for.
ChangedCharts changed_charts(SourceTree const& base, SourceTree const& head,
                             std::vector<std::string> const& charts_dirs, Limits const& limits = {});

/// True for `[A-Za-z0-9_][A-Za-z0-9._-]*`: fits a tag and an output name.
bool is_usable_name(std::string_view name);

}  // namespace acr::chart
