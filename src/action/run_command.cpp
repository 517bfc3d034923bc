// `command: run`, the release itself: src/action/run_command.cpp (mission 7.3 … 7.7)

#include <optional>
#include <utility>

#include "action/commands.hpp"
#include "action/release_tools.hpp"
#include "github/rules.hpp"
#include "release/audit_facts.hpp"
#include "release/required_check.hpp"
#include "release/run_log.hpp"
#include "report/audit_report.hpp"
#include "report/job_summary.hpp"

namespace acr::action {
namespace {

release::RunSettings settings_of(Step const& step, release::Repository const& repository,
                                 event::PullRequestEvent const& event) {
  auto settings = run_settings(step, repository);
  settings.change = {.pr_number = event.number,
                     .title = event.title,
                     .head = event.head.sha,
                     .base = event.base.sha,
                     .merge = step.environment.sha};
  return settings;
}

// What a reader should know of the job before anything is proved.
void log_configuration(Step const& step, release::RunSettings const& settings) {
  if (!step.environment.can_request_id_token)
    step.log.warning("the job has no id-token: write; the attest step that follows will fail without it", {},
                     report::Severity::low);
  if (step.lists.signer_workflows.empty())
    step.log.notice(
        "No signer is pinned: attestations signed by any workflow in this repository are accepted. Set signer-workflows "
        "(docs/policies.md).",
        {}, report::Severity::low);
  if (step.epoch) step.log.line("SOURCE_DATE_EPOCH " + settings.source_date_epoch_text + " is the time of all package entries");
}

void check_rules(Step const& step, release::Findings& run, release::Services& services) {
  auto const name = step.inputs.check_name.empty() ? step.environment.job : step.inputs.check_name;
  auto result = release::check_requirement(
      step.inputs.require_check, [&](std::string_view branch) { return github::required_checks(services.api(), branch); },
      step.inputs.release_branch, name);
  if (result.warning) run.warn(std::move(*result.warning));
  if (result.refusal) throw RunError(ExitStatus::refused, result.refusal->code, result.refusal->sentence());
}

// `audit: true`: whether the gate is binding, beside its own result, which a failure here does not change.
std::optional<report::AuditRecord> audit_of_run(Step const& step, release::Change const& change, release::Services& services) {
  if (!step.inputs.audit) return std::nullopt;
  try {
    return release::audit_repository(release::audit_settings(step.inputs, change.head, change.base), services.objects(),
                                     &services.api());
  } catch (Cancelled const&) {
    throw;
  } catch (RunError const& error) {
    step.log.warning("the audit could not be made: " + error.coded_sentence());
    return std::nullopt;
  }
}

CommandResult result_of(Step const& step, release::RunOutcome const& outcome, std::optional<report::AuditRecord> const& audit) {
  CommandResult result{.status = outcome.status,
                       .outputs = report::run_outputs(outcome.record, outcome.files,
                                                      event::clamped_retention(step.inputs.retention_days, step.environment)),
                       .summary = report::job_summary(outcome.record, outcome.files)};
  if (step.inputs.declare_artifacts)
    for (auto const& chart : outcome.record.charts)
      if (chart.status == report::ChartStatus::packaged)
        result.artifacts.push_back(outcome.files.packages_dir + "/" + chart.package);
  if (!audit) return result;
  for (auto const& row : audit->rows)
    result.findings.push_back({.what = row.finding, .kind = LoggedFinding::Kind::warning, .severity = report::Severity::low});
  result.outputs.set("audit", audit->answer);
  result.summary += report::audit_section(*audit);
  return result;
}

}  // namespace

CommandResult run_command(Step const& step, Trigger const& trigger, RunClock& clock) {
  auto const& event = std::get<event::PullRequestEvent>(trigger);
  auto const repository = release::repository_of_event(event.repository, step.environment);
  auto const settings = settings_of(step, repository, event);
  log_configuration(step, settings);
  release::Services services(service_settings(step, repository), clock);
  log_notices(step, services);

  ReleaseTools release_tools(step, repository, services, clock);
  auto tools = release_tools.tools();
  tools.before_charts = [&](release::Findings& run) { check_rules(step, run, services); };
  auto const outcome = release::run_release(settings, tools);
  log_warnings(step, services);
  for (auto const& line : services.debug_lines()) step.log.debug(line);

  auto const audit = audit_of_run(step, settings.change, services);
  log_requests(step, services);
  log_run(outcome, step.log);
  return result_of(step, outcome, audit);
}

}  // namespace acr::action
