#pragma once

// A run told to people, after it: src/release/run_log.hpp
// One group per chart in name order, so the log is the same for any number of threads; verdict last.

#include "release/pipeline.hpp"
#include "report/workflow_log.hpp"

namespace acr::release {

enum class RunKind {
  release,
  dry,                 ///< on a terminal: nothing is written
  dry_without_github,  ///< and nobody was asked for attestations
};

/// Prints charts, entries, warnings and refusals; every refusal is one error line.
void log_run(RunOutcome const& outcome, report::WorkflowLog& log, RunKind kind = RunKind::release);

}  // namespace acr::release
