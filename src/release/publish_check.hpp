#pragma once

// `command: verify-package`, for the stage that publishes: src/release/publish_check.hpp (mission.md stage 8; B-16 … B-16b)
// What the gate proved is proved once more, by the same steps (pipeline.hpp) and under this job's own inputs: for each chart
// that the push has changed the tag, the content, every listed attestation, and the package, built again. The files that are
// about to be published must be these packages, and be built by a workflow that counts. Nothing that manifest or report say is
// believed; all of it is compared.

#include <optional>
#include <string>
#include <vector>

#include "release/package_proof.hpp"
#include "release/pipeline.hpp"
#include "report/action_outputs.hpp"
#include "report/release_manifest.hpp"
#include "report/workflow_log.hpp"

namespace acr::release {

/// A chart of the manifest, or one that it should have.
struct CheckedPackage {
  report::ManifestChart chart;
  std::string commit;               ///< of the tag; empty when it was not reached
  std::string signer;               ///< of the first attestation that verifies
  std::string push;                 ///< with `oci-repository`: the command of O-21, once all of it is proved
  std::vector<Rejection> unproved;  ///< by the run's own steps: tag, content, attestations; the log has them already
  std::vector<Rejection> refusals;
};

struct PublishCheck {
  ExitStatus status = ExitStatus::refused;
  report::ReleaseRecord record;  ///< of the charts that the push has changed, proved again
  std::optional<report::ReleaseManifest> manifest;
  std::string manifest_digest, manifest_signer;
  std::vector<CheckedPackage> packages;  ///< in the manifest's order, then those that it lacks
  std::vector<std::string> left_out;     ///< names of charts that `verify-policy: flag` leaves out
  std::vector<Rejection> refusals;       ///< of push, manifest and directory
  std::vector<Rejection> warnings;
};

/// From `settings` count: workspace, repository and its ids, the push (`change.base` is the release branch before it, empty
/// when the branch is new; `change.head` after it), and the inputs. Nothing is written; with `oci-repository` the packages get
/// their times (O-21). Throws RunError for services out of reach while builders are looked up, and Cancelled; everything else
/// is a refusal in the result.
PublishCheck check_published(RunSettings const& settings, RunTools const& tools);

/// All that counts against the publication, the most general first.
std::vector<Rejection> refusals_of(PublishCheck const& check);

report::Outputs publish_outputs(PublishCheck const& check, RunSettings const& settings);
std::string publish_summary(PublishCheck const& check);
void log_publish_check(PublishCheck const& check, report::WorkflowLog& log);

}  // namespace acr::release
