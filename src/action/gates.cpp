#include "action/gates.hpp"

#include <string>

#include "event/branch_gate.hpp"

namespace acr::action {
namespace {

using Passed = std::variant<Trigger, CommandResult>;

// A run whose repository has two numbers is not one that we understand.
Verdict<void> check_repository(event::RunnerEnvironment const& environment, event::Repository const& repository) {
  if (environment.repository_id.empty() || environment.repository_id == std::to_string(repository.id)) return {};
  return reject("repository-mismatch", "environment", "GITHUB_REPOSITORY_ID is not the repository of the event")
      .rule("A-50")
      .expected(std::to_string(repository.id))
      .found(environment.repository_id);
}

template <class Event>
Passed of_this_repository(Step const& step, Event event) {
  if (auto const same = check_repository(step.environment, event.repository); !same)
    return refused(step, {same.error()}, ExitStatus::refused);
  return Trigger(std::move(event));
}

Passed pass_pull_request(Step const& step) {
  auto const& environment = step.environment;
  auto decision = event::branch_gate({.event_name = environment.event_name,
                                      .payload = event::read_event_file(environment.event_path),
                                      .repository = environment.repository,
                                      .refs = {environment.head_ref, environment.base_ref},
                                      .source_branch = step.inputs.source_branch,
                                      .release_branch = step.inputs.release_branch});
  if (decision.outcome == event::GateOutcome::reject) return refused(step, {*decision.reason}, ExitStatus::refused);
  if (decision.outcome == event::GateOutcome::skip) {
    step.log.notice("pr-closed: the pull request is closed, nothing to do");
    return ended_early(step, report::Result::skipped, decision.reason->code, ExitStatus::done);
  }
  return of_this_repository(step, std::move(*decision.event));
}

// B-16: only a push to the release branch is followed by a publication.
Passed pass_push(Step const& step) {
  auto const& environment = step.environment;
  auto push = event::push_gate({.event_name = environment.event_name,
                                .payload = event::read_event_file(environment.event_path),
                                .repository = environment.repository,
                                .ref = environment.ref,
                                .sha = environment.sha,
                                .release_branch = step.inputs.release_branch});
  if (!push) return refused(step, {push.error()}, ExitStatus::refused);
  return of_this_repository(step, std::move(*push));
}

}  // namespace

Passed pass(Gate gate, Step const& step) {
  switch (gate) {
    case Gate::pull_request:
      return pass_pull_request(step);
    case Gate::push:
      return pass_push(step);
    case Gate::none:
      break;
  }
  return Trigger();
}

}  // namespace acr::action
