#pragma once

// `command: verify-package`, for the stage that publishes: src/release/publish_check.hpp (mission.md stage 8; B-16b)
// The manifest of a release is attested; every package that it names is in output-dir, has its digest, equals what its tag gives, and is
// attested itself; whatever else the manifest says of it is compared with the package and its tag. What else lies in output-dir is refused: it
// would be published with them.

#include <optional>
#include <string>
#include <vector>

#include "release/dependency_build.hpp"
#include "release/package_proof.hpp"
#include "report/action_outputs.hpp"
#include "report/release_manifest.hpp"
#include "report/workflow_log.hpp"
#include "support/run_clock.hpp"

namespace acr::release {

struct PublishTools {
  git::ObjectSource& objects;
  github::Attestations& attestations;
  sigstore::Verifier const& verifier;
  RunClock& clock;
  RebuildTools const* dependencies = nullptr;  ///< null: `dependencies: off`
};

struct CheckedPackage {
  report::ManifestChart chart;
  std::string commit;             ///< of the tag; empty when it was not reached
  std::string signer;             ///< of the first attestation that verifies
  std::vector<Rejection> refusals;
};

struct PublishCheck {
  ExitStatus status = ExitStatus::refused;
  std::optional<report::ReleaseManifest> manifest;
  std::string manifest_digest, manifest_signer;
  std::vector<CheckedPackage> packages;  ///< in the manifest's order
  std::vector<Rejection> refusals;       ///< of the manifest and the directory
  std::vector<Rejection> warnings;
};

/// From `settings` count: workspace, repository and its ids, and the inputs about paths, policy and charts directories. Throws RunError for
/// services out of reach and Cancelled; everything else is a refusal in the result.
PublishCheck check_published(RunSettings const& settings, PublishTools const& tools);

report::Outputs publish_outputs(PublishCheck const& check, RunSettings const& settings);
std::string publish_summary(PublishCheck const& check);
void log_publish_check(PublishCheck const& check, report::WorkflowLog& log);

}  // namespace acr::release
