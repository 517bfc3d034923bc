// `command: tags`: src/action/tags_command.cpp (B-13, B-14)

#include <optional>

#include "action/commands.hpp"
#include "release/missing_tags.hpp"
#include "release/tags_report.hpp"

namespace acr::action {
namespace {

// A tag anywhere else would be refused at the release, and stand in the way of the right one.
Verdict<void> check_branch(Step const& step) {
  std::string const branch = "refs/heads/" + step.inputs.source_branch;
  if (!step.inputs.push || step.environment.ref == branch) return {};
  return reject("wrong-branch", "environment", "tags are made for commits of the source branch only")
      .rule("B-13")
      .expected(branch)
      .found(step.environment.ref);
}

release::Repository repository_of(event::RunnerEnvironment const& environment) {
  auto repository = release::repository_of_runner(environment);
  if (auto const payload = event::read_event_file(environment.event_path))
    repository.owner_type = event::owner_type_of(*payload);
  return repository;
}

}  // namespace

CommandResult tags_command(Step const& step, Trigger const&, RunClock& clock) {
  if (auto const made_here = check_branch(step); !made_here) return refused(step, {made_here.error()}, ExitStatus::refused);
  auto const repository = repository_of(step.environment);
  auto const settings = run_settings(step, repository);
  release::Services services(service_settings(step, repository), clock);
  log_notices(step, services);
  services.begin_refresh();

  auto found = release::missing_tags(step.environment.sha, settings,
                                     {services.objects(), services.attestations(), services.verifier(), clock,
                                      [&](std::string const& line) { step.log.line(line); }});
  if (!found) return refused(step, {found.error()}, ExitStatus::bad_input);
  auto const ended = step.inputs.push ? release::create_missing_tags(*found, services.api(), clock) : std::nullopt;
  log_warnings(step, services);
  for (auto const& line : services.debug_lines()) step.log.debug(line);
  log_tags(*found, step.log);
  log_requests(step, services);

  CommandResult result{.status = tags_status(*found, step.inputs.verify_policy),
                       .outputs = tags_outputs(*found),
                       .summary = tags_summary(*found)};
  if (ended) {
    result.status = ended->status();
    result.findings.push_back({.what = reject(ended->code(), "run", ended->what()), .severity = report::Severity::high});
    result.outputs.set("result", report::to_text(report::Result::failed));
    result.outputs.set("reason", ended->code());
  }
  return result;
}

}  // namespace acr::action
