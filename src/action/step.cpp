#include "action/step.hpp"

#include <filesystem>
#include <fstream>
#include <utility>

#include "report/artifacts_list.hpp"
#include "report/job_summary.hpp"
#include "support/atomic_file.hpp"

namespace acr::action {
namespace {

void append(std::string const& file, std::string const& bytes) {
  if (file.empty() || bytes.empty()) return;
  std::ofstream stream(file, std::ios::app | std::ios::binary);
  stream << bytes << std::flush;
  if (!stream) throw BadEnvironment("command-file", "cannot append to " + file);
}

void write_outputs(Step const& step, report::Outputs const& outputs) {
  for (auto const& name : outputs.omitted())
    step.log.warning("the output " + name + " is too large and left out; read the file instead");
  if (!step.environment.output.empty() && !outputs.values().empty()) report::append_outputs(step.environment.output, outputs);
}

void declare_artifacts(Step const& step, std::vector<std::string> const& paths) {
  if (paths.empty()) return;
  auto const list = report::artifacts_list(paths);
  if (list)
    append(step.environment.artifacts, *list);
  else
    step.log.warning(list.error());
}

void write_summary(Step const& step, CommandResult const& result) {
  if (!step.inputs.summary) return;
  try {
    append(step.environment.step_summary, result.summary);
  } catch (BadEnvironment const& error) {
    if (result.summary_must_be_written) throw;
    step.log.warning(error.what());
  }
}

}  // namespace

ExitStatus finish(Step const& step, CommandResult const& result) {
  for (auto const& finding : result.findings)
    if (finding.kind == LoggedFinding::Kind::warning)
      step.log.warning(finding.what, {}, {}, {}, finding.severity);
    else
      step.log.refusal(finding.what, {}, {}, {}, finding.severity);
  write_outputs(step, result.outputs);
  declare_artifacts(step, result.artifacts);
  write_summary(step, result);
  step.log.finish();
  return result.status;
}

CommandResult ended_early(Step const& step, report::Result result, Code reason, ExitStatus status, std::vector<Rejection> why) {
  report::ReleaseRecord record;
  record.result = result;
  record.reason = reason;
  record.refusals = std::move(why);
  return {.status = status,
          .outputs = report::run_outputs(record, {}, event::clamped_retention(step.inputs.retention_days, step.environment)),
          .summary = report::job_summary(record, {}),
          .summary_must_be_written = false};
}

CommandResult refused(Step const& step, std::vector<Rejection> const& why, ExitStatus status) {
  auto result = ended_early(step, report::Result::failed, why.front().code, status, why);
  for (auto const& one : why) result.findings.push_back({.what = one, .severity = report::Severity::high});
  return result;
}

release::ServiceSettings service_settings(Step const& step, release::Repository const& repository) {
  return release::service_settings(step.inputs, repository, step.environment.workspace, step.host.environment);
}

void log_notices(Step const& step, release::Services const& services) {
  for (auto const& notice : services.notices()) step.log.notice(notice, {}, report::Severity::low);
}

void log_warnings(Step const& step, release::Services const& services) {
  for (auto const& notice : services.root_notices()) step.log.notice(notice, {}, report::Severity::low);
  for (auto const& warning : services.warnings()) step.log.warning(warning);
}

void log_requests(Step const& step, release::Services& services) {
  step.log.line("API requests: " + std::to_string(services.api().use().requests));
}

release::RunSettings run_settings(Step const& step, release::Repository const& repository) {
  release::RunSettings settings;
  settings.inputs = step.inputs;
  settings.lists = step.lists;
  settings.repository = repository;
  settings.workspace = step.environment.workspace;
  settings.runner_temp = step.environment.runner_temp;
  settings.source_date_epoch = step.epoch;
  settings.source_date_epoch_text = step.host.environment("SOURCE_DATE_EPOCH").value_or("");
  return settings;
}

git::Commit commit_of_run(Step const& step, git::ObjectSource& objects) {
  auto commit = objects.commit(step.environment.sha);
  if (!commit)
    throw BadEnvironment("object-missing", "the commit of the run, GITHUB_SHA " + step.environment.sha +
                                               ", is in no object source; add a checkout step, or set object-source: auto");
  return std::move(*commit);
}

void write_result(Step const& step, std::string const& path, std::string const& bytes, std::optional<std::int64_t> time) {
  std::filesystem::path const workspace = step.environment.workspace;
  auto const target = workspace / path;
  std::filesystem::create_directories(target.parent_path());
  write_file(target, bytes, time);  // O-14
  adopt_owner(target.parent_path(), workspace);
  adopt_owner(target, workspace);
}

}  // namespace acr::action
