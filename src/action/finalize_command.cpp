// `command: finalize`, after the attest steps: src/action/finalize_command.cpp (A-53, A-71 … A-90, B-15)

#include <chrono>

#include "action/commands.hpp"
#include "release/finalize.hpp"

namespace acr::action {
namespace {

// The step's part: inputs and the run.
release::FinalizeSettings settings_of_run(Step const& step) {
  auto const& environment = step.environment;
  auto const& inputs = step.inputs;
  release::FinalizeSettings settings;
  settings.workspace = environment.workspace;
  settings.runner_temp = environment.runner_temp;
  settings.manifest_path = inputs.manifest_path;
  settings.attestations = inputs.attestations;
  settings.attestation_ids_dir = inputs.attestation_ids_dir;
  settings.build_attestation_id = inputs.build_attestation_id;
  settings.verification_attestation_id = inputs.verification_attestation_id;
  settings.oci_attestation_id = inputs.oci_attestation_id;
  settings.overall_attestation_id = inputs.overall_attestation_id;
  settings.bundle_paths = inputs.bundle_paths;
  settings.update_pr = inputs.update_pr;
  settings.commit = environment.sha;
  settings.run_id = environment.run_id;
  settings.run_attempt = environment.run_attempt;
  settings.workflow_ref = environment.workflow_ref;
  settings.workflow_sha = environment.workflow_sha;
  settings.signer_workflows = step.lists.signer_workflows;
  settings.oidc_issuer = inputs.oidc_issuer;
  settings.deny_self_hosted = inputs.deny_self_hosted;
  return settings;
}

release::FinalizeSettings finalize_settings(Step const& step, release::Repository const& repository,
                                            event::PullRequestEvent const& event) {
  auto settings = settings_of_run(step);
  settings.repository = repository;
  settings.pr_number = event.number;
  settings.pr_state = event.state;
  settings.head_sha = event.head.sha;
  settings.base_ref = event.base.ref;
  settings.from_fork = event.head.repo && event.head.repo->id != event.repository.id;
  return settings;
}

}  // namespace

CommandResult finalize_command(Step const& step, Trigger const& trigger, RunClock& clock) {
  auto const& event = std::get<event::PullRequestEvent>(trigger);
  auto const repository = release::repository_of_event(event.repository, step.environment);
  release::Services services(service_settings(step, repository), clock);
  release::ApiPullRequests pulls(services.api());
  auto const done = release::finalize(finalize_settings(step, repository, event),
                                      {.pull_requests = pulls,
                                       .verifier = services.verifier(),
                                       .sleep = [&](std::chrono::milliseconds pause) { clock.sleep(pause); }});
  log_warnings(step, services);
  log_requests(step, services);
  log_finalize(done, step.log);
  return {.status = done.status, .outputs = done.outputs, .summary = done.summary};
}

}  // namespace acr::action
