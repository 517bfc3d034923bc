#pragma once

// A run as its log shows it: src/release/run_log.hpp
// One group per chart, written when the chart is done; the run's own warnings, refusals and its verdict last.

#include <string_view>

#include "release/pipeline.hpp"
#include "report/workflow_log.hpp"

namespace acr::release {

enum class RunKind {
  release,
  dry,                 ///< on a terminal: nothing is written
  dry_without_github,  ///< and nobody was asked for attestations
};

/// The same with the file and line of the chart that `where` names, for the annotation. `chart_path`: "charts/web", empty for
/// the repository's root.
Rejection pointing_at_file(Rejection finding, std::string_view chart_path);

/// The chart's group: tag, entries, dependencies, package, warnings, refusals; every refusal is one error line, too.
void log_chart(report::ChartRecord const& chart, report::WorkflowLog& log);

/// What is said of the run as a whole, behind the groups: what was held back, warnings, refusals (one error line each), the
/// verdict.
void log_run(RunOutcome const& outcome, report::WorkflowLog& log, RunKind kind = RunKind::release);

}  // namespace acr::release
