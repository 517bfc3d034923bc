#include "event/runner_environment.hpp"

#include <algorithm>

#include "event/limits.hpp"
#include "support/text.hpp"

namespace acr::event {
namespace {

Rejection bad_variable(std::string variable, std::string why) {
  return reject("bad-environment", std::move(variable), std::move(why)).rule("A-8");
}

bool is_full_name(std::string_view text) {
  auto const slash = text.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < text.size() &&
         text.find('/', slash + 1) == std::string_view::npos;
}

bool is_base_url(std::string_view text) { return text.starts_with("https://") || text.starts_with("http://"); }

}  // namespace

RunnerEnvironment read_runner_environment(EnvironmentLookup const& environment) {
  auto const value = [&](char const* variable) { return environment(variable).value_or(std::string()); };
  RunnerEnvironment found;
  found.in_actions = value("GITHUB_ACTIONS") == "true";
  found.debug = value("RUNNER_DEBUG") == "1";
  found.can_request_id_token = !value("ACTIONS_ID_TOKEN_REQUEST_URL").empty();
  found.api_url = value("GITHUB_API_URL");
  found.server_url = value("GITHUB_SERVER_URL");
  found.event_name = value("GITHUB_EVENT_NAME");
  found.event_path = value("GITHUB_EVENT_PATH");
  found.head_ref = value("GITHUB_HEAD_REF");
  found.base_ref = value("GITHUB_BASE_REF");
  found.repository = value("GITHUB_REPOSITORY");
  found.repository_id = value("GITHUB_REPOSITORY_ID");
  found.repository_owner = value("GITHUB_REPOSITORY_OWNER");
  found.repository_owner_id = value("GITHUB_REPOSITORY_OWNER_ID");
  found.sha = value("GITHUB_SHA");
  found.ref = value("GITHUB_REF");
  found.job = value("GITHUB_JOB");
  found.workflow_ref = value("GITHUB_WORKFLOW_REF");
  found.workflow_sha = value("GITHUB_WORKFLOW_SHA");
  found.run_id = value("GITHUB_RUN_ID");
  found.run_attempt = value("GITHUB_RUN_ATTEMPT");
  found.workspace = value("GITHUB_WORKSPACE");
  found.runner_temp = value("RUNNER_TEMP");
  found.output = value("GITHUB_OUTPUT");
  found.step_summary = value("GITHUB_STEP_SUMMARY");
  found.artifacts = value("GITHUB_ARTIFACTS");
  found.retention_days = to_number(value("GITHUB_RETENTION_DAYS"), max_retention_input);
  return found;
}

std::vector<Rejection> check_runner_environment(RunnerEnvironment const& environment) {
  std::vector<Rejection> mistakes;
  auto const needed = [&](char const* variable, std::string const& value) {
    if (value.empty()) mistakes.push_back(bad_variable(variable, "the variable is not set; the runner sets it for every step"));
    return !value.empty();
  };
  auto const must_hold = [&](char const* variable, std::string const& value, bool holds, char const* expected) {
    if (!value.empty() && !holds)
      mistakes.push_back(bad_variable(variable, "the variable has an unexpected value").expected(expected).found(value));
  };
  needed("GITHUB_EVENT_NAME", environment.event_name);
  needed("GITHUB_EVENT_PATH", environment.event_path);
  needed("GITHUB_REPOSITORY", environment.repository);
  must_hold("GITHUB_REPOSITORY", environment.repository, is_full_name(environment.repository), "owner/repository");
  needed("GITHUB_REPOSITORY_ID", environment.repository_id);
  must_hold("GITHUB_REPOSITORY_ID", environment.repository_id, to_number(environment.repository_id).has_value(), "a number");
  must_hold("GITHUB_REPOSITORY_OWNER_ID", environment.repository_owner_id,
            to_number(environment.repository_owner_id).has_value(), "a number");
  needed("GITHUB_API_URL", environment.api_url);
  must_hold("GITHUB_API_URL", environment.api_url, is_base_url(environment.api_url), "https://…");
  needed("GITHUB_SERVER_URL", environment.server_url);
  must_hold("GITHUB_SERVER_URL", environment.server_url, is_base_url(environment.server_url), "https://…");
  needed("GITHUB_WORKSPACE", environment.workspace);
  must_hold("GITHUB_WORKSPACE", environment.workspace, environment.workspace.starts_with('/'), "an absolute path");
  needed("RUNNER_TEMP", environment.runner_temp);
  must_hold("RUNNER_TEMP", environment.runner_temp, environment.runner_temp.starts_with('/'), "an absolute path");
  return mistakes;
}

std::uint64_t clamped_retention(std::uint64_t wanted, RunnerEnvironment const& environment) {
  auto const days = std::clamp(wanted, min_retention_days, max_retention_days);
  if (!environment.retention_days || *environment.retention_days == 0) return days;
  return std::min(days, *environment.retention_days);
}

}  // namespace acr::event
