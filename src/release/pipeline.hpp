#pragma once

// The whole run: src/release/pipeline.hpp (mission 7.3 … 7.7; docs/architecture.md "Follow one run")
// changed charts → tags → attestations → packages → verdict → files. Refuses whatever it cannot prove.

#include <chrono>
#include <functional>
#include <vector>

#include "dependencies/registry_look.hpp"
#include "git/objects.hpp"
#include "github/attestations.hpp"
#include "release/chart_work.hpp"
#include "release/dependency_build.hpp"
#include "release/settings.hpp"
#include "release/wait.hpp"
#include "report/release_record.hpp"
#include "report/workflow_log.hpp"
#include "sigstore/verifier.hpp"
#include "support/errors.hpp"
#include "support/run_clock.hpp"

namespace acr::release {

/// What a run works with. All must outlive it.
struct RunTools {
  git::ObjectSource& objects;
  github::Attestations* attestations = nullptr;  ///< null: a dry run without GitHub; entries then stay unresolved
  sigstore::Verifier const& verifier;
  RunClock& clock;
  report::WorkflowLog& log;  ///< progress, and each chart's group when the chart is done; the run's own verdict is log_run()'s
  DependencyBuild* dependencies = nullptr;  ///< null: `dependencies: off`
  std::function<void()> before_proofs{};    ///< charts are there to be proved: what is needed for them may be asked for (T-8)
  std::function<std::vector<report::TrustedRoot>()>
      trusted_roots{};  ///< those that bundles were judged by (T-14); empty: the verifier's own
  std::function<void(report::ReleaseRecord&)> before_charts{};  ///< checks of the run itself (A-80); may throw RunError
  WaitClock waits{};                                            ///< empty: `clock`
  dependencies::AskRegistry registry{};  ///< what it has under a chart's tag (O-22); empty: `oci-check: off`
};

struct RunOutcome {
  report::ReleaseRecord record;
  report::ReleaseFiles files;
  ExitStatus status = ExitStatus::refused;
};

/// Runs all steps. Refusals, unreachable services and spent time come back in the outcome (A-20: outputs are written in any
/// case); only Cancelled and our own mistakes are thrown. Files are published unless the run is refused; the report is written
/// all the same.
RunOutcome run_release(RunSettings const& settings, RunTools const& tools);

}  // namespace acr::release
