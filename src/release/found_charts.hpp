#pragma once

// What a release of the change would publish: src/release/found_charts.hpp (A-45, A-55, A-57, A-67, B-18, B-19, O-11)

#include <memory>
#include <string>
#include <vector>

#include "git/objects.hpp"
#include "release/changed_chart.hpp"
#include "release/findings.hpp"
#include "release/git_source_tree.hpp"
#include "release/settings.hpp"
#include "report/workflow_log.hpp"

namespace acr::release {

struct ReleaseTrees {
  std::unique_ptr<GitSourceTree> head, base;
  std::unique_ptr<GitSourceTree> merge;  ///< null when the test merge is not at hand
};

/// Trees of head, base and test merge, from whichever source has them, side by side. The base is the merge base with
/// `diff-mode: merge-base`. Throws BadEnvironment("object-missing", "merge-base-unknown").
ReleaseTrees open_trees(RunSettings const& settings, git::ObjectSource& objects);

struct FoundChart {
  ChangedChart chart;
  Findings findings;
};

struct FoundCharts {
  std::vector<FoundChart> changed;   ///< by name; those that must not be released with their refusal
  std::vector<std::string> removed;  ///< names, sorted
  std::vector<std::string> skipped;  ///< directories that exclude-charts leaves alone, sorted
};

/// The charts that differ between base and head. What concerns no single chart goes to `run`. Throws BadEnvironment for a
/// configuration that cannot be meant (B-18).
FoundCharts find_changed_charts(RunSettings const& settings, ReleaseTrees const& trees, report::WorkflowLog& log,
                                Findings& run);

/// Limits on the pull request itself: `max-charts`, `title-check`.
void check_change(RunSettings const& settings, std::vector<FoundChart> const& charts, Findings& run);

/// With `oci-repository`: what each chart is called there. A chart that a registry would not take is refused (O-11).
void place_in_registry(RunSettings const& settings, std::vector<FoundChart>& charts, Findings& run);

}  // namespace acr::release
