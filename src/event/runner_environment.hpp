#pragma once

// What the runner says about the run: src/event/runner_environment.hpp

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "support/verdict.hpp"

namespace acr::event {

/// Value of an environment variable; nothing when it is not set. The program passes std::getenv.
using EnvironmentLookup = std::function<std::optional<std::string>(std::string const& variable)>;

/// GITHUB_… and RUNNER_… values; empty when not set.
struct RunnerEnvironment {
  bool in_actions = false;  ///< GITHUB_ACTIONS is "true"
  bool debug = false;       ///< RUNNER_DEBUG is "1"
  /// ACTIONS_ID_TOKEN_REQUEST_URL is set: the job has `id-token: write`. The value is a secret and not kept.
  bool can_request_id_token = false;

  std::string api_url, server_url;
  std::string event_name, event_path;
  std::string head_ref, base_ref;
  std::string repository;  ///< "owner/repo"
  std::string repository_id, repository_owner, repository_owner_id;
  std::string sha;  ///< the test merge (A-54)
  std::string ref, job, workflow_ref, workflow_sha;
  std::string run_id, run_attempt;
  std::string workspace, runner_temp;
  std::string output, step_summary, artifacts;  ///< command files
  std::optional<std::uint64_t> retention_days;  ///< GITHUB_RETENTION_DAYS
};

RunnerEnvironment read_runner_environment(EnvironmentLookup const& environment);

/// What a run inside Actions cannot do without, all at once: code "bad-environment", `where` = the variable.
std::vector<Rejection> check_runner_environment(RunnerEnvironment const& environment);

/// The retention to offer: `wanted` clamped to 1 … 90 and to the repository's own limit.
std::uint64_t clamped_retention(std::uint64_t wanted, RunnerEnvironment const& environment);

}  // namespace acr::event
