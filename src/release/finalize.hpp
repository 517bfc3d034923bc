#pragma once

// `command: finalize`, after the attest steps: src/release/finalize.hpp (A-53, A-71 to, B-15)
// ids and bundles in → bundles verified → manifest completed → description updated. Nothing is recorded before every
// bundle has been verified, and no id without a bundle that proves it; a second call with the same input changes nothing.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "github/pull_requests.hpp"
#include "release/repository.hpp"
#include "report/action_outputs.hpp"
#include "report/attestation_map.hpp"
#include "report/release_manifest.hpp"
#include "report/workflow_log.hpp"
#include "sigstore/verifier.hpp"
#include "support/errors.hpp"

namespace acr::release {

/// What the inputs, the environment and the event say. Empty: not given.
struct FinalizeSettings {
  std::filesystem::path workspace;                                  ///< GITHUB_WORKSPACE
  std::filesystem::path runner_temp;                                ///< RUNNER_TEMP
  std::string manifest_path = "release-attestation-manifest.json";  ///< workspace-relative, already checked (A-6)

  std::string attestations;         ///< input `attestations`: JSON object key → id
  std::string attestation_ids_dir;  ///< directory of `<chart>.id` files and `<chart>.json` bundles, workspace-relative
  std::string build_attestation_id;
  std::string verification_attestation_id;
  std::string oci_attestation_id;  ///< of the charts' OCI digests (O-19)
  std::string overall_attestation_id;
  std::vector<std::string> bundle_paths;
  bool update_pr = true;

  Repository repository;
  std::string commit;               ///< GITHUB_SHA: what the bundles' certificates must name (A-74)
  std::string run_id, run_attempt;  ///< GITHUB_RUN_ID and GITHUB_RUN_ATTEMPT: the run that the bundles must come from (B-15)
  std::string workflow_ref,
      workflow_sha;  ///< GITHUB_WORKFLOW_REF and GITHUB_WORKFLOW_SHA: who may sign when `signer_workflows` is empty
  std::vector<sigstore::SignerWorkflow> signer_workflows;
  std::string oidc_issuer{sigstore::github_actions_issuer};
  bool deny_self_hosted = false;

  // The event's pull request, frozen at its time.
  std::uint64_t pr_number = 0;
  std::string pr_state = "open";
  std::string head_sha;
  std::string base_ref;
  bool from_fork = false;  ///< the head lives in another repository: its token cannot write (A-90)
};

/// The pull request as `finalize` needs it; over github/pull_requests.hpp in the program, in memory in tests.
class PullRequests {
 public:
  virtual ~PullRequests() = default;
  virtual github::PullRequest read(std::uint64_t number) = 0;
  virtual github::BodyWriteResult write_body(std::uint64_t number, std::string const& body) = 0;
};

/// The real one.
class ApiPullRequests : public PullRequests {
 public:
  explicit ApiPullRequests(github::Api& api) : api_(api) {}
  github::PullRequest read(std::uint64_t number) override { return github::pull_request(api_, number); }
  github::BodyWriteResult write_body(std::uint64_t number, std::string const& body) override {
    return github::write_pull_request_body(api_, number, body);
  }

 private:
  github::Api& api_;
};

struct FinalizeTools {
  PullRequests& pull_requests;
  sigstore::Verifier const& verifier;
  /// Waits between two rounds; throws Cancelled or Unreachable as RunClock::sleep does.
  std::function<void(std::chrono::milliseconds)> sleep;
};

/// A bundle that verified.
struct FinalizedBundle {
  std::string path;  ///< as given
  std::string signer;
  std::vector<std::string> subjects;  ///< names
};

struct FinalizeResult {
  ExitStatus status = ExitStatus::done;
  std::optional<Rejection> refusal;  ///< there unless done; also for an unreachable service
  std::vector<Rejection> notices;    ///< `stale-event`, `description-skipped`
  std::vector<Rejection> warnings;   ///< `multiple-maps`, `attestation-missing`
  std::vector<FinalizedBundle> bundles;
  std::optional<report::ReleaseManifest> manifest;  ///< as it is on disk now
  std::string manifest_digest;                      ///< "sha256:…"
  bool manifest_written = false;                    ///< false: it was like this already
  /// The description holds our ids and section, whether or not a write was needed.
  bool pr_updated = false;
  bool pr_written = false;
  std::optional<report::AttestationMap> map;  ///< as it stands in the description, when pr_updated
  std::string undelivered;                    ///< our section, when it could not be written (A-90)
  report::Outputs outputs;
  std::string summary;  ///< Markdown; empty when refused
};

/// Runs the command. Refusals, unreachable services and a failing disk come back as a result, so that outputs can be
/// written in any case; only Cancelled and std::logic_error are thrown.
FinalizeResult finalize(FinalizeSettings const& settings, FinalizeTools const& tools);

/// Prints a result.
void log_finalize(FinalizeResult const& result, report::WorkflowLog& log);

}  // namespace acr::release
