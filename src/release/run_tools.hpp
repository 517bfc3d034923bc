#pragma once

// What a run works with: src/release/run_tools.hpp

#include <functional>
#include <vector>

#include "dependencies/registry_look.hpp"
#include "git/objects.hpp"
#include "github/attestations.hpp"
#include "release/dependency_build.hpp"
#include "release/findings.hpp"
#include "release/wait.hpp"
#include "report/release_record.hpp"
#include "report/workflow_log.hpp"
#include "sigstore/verifier.hpp"
#include "support/run_clock.hpp"

namespace acr::release {

/// All must outlive the run.
struct RunTools {
  git::ObjectSource& objects;
  github::Attestations* attestations = nullptr;  ///< null: a dry run without GitHub; entries then stay unresolved
  sigstore::Verifier const& verifier;
  RunClock& clock;
  report::WorkflowLog& log;  ///< progress, and each chart's group when the chart is done; the run's own verdict is log_run()'s
  DependencyBuild* dependencies = nullptr;  ///< null: `dependencies: off`
  std::function<void()> before_proofs{};    ///< charts are there to be proved: what is needed for them may be asked for (T-8)
  std::function<std::vector<report::TrustedRoot>()>
      trusted_roots{};                             ///< those that bundles were judged by (T-14); empty: the verifier's own
  std::function<void(Findings&)> before_charts{};  ///< checks of the run itself (A-80); may throw RunError
  WaitClock waits{};                               ///< empty: `clock`
  dependencies::AskRegistry registry{};            ///< what it has under a chart's tag (O-22); empty: `oci-check: off`
};

}  // namespace acr::release
