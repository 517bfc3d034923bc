#include "action/action.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

#include "chart/package_command.hpp"
#include "event/branch_gate.hpp"
#include "event/check_event.hpp"
#include "event/inputs.hpp"
#include "event/path_rules.hpp"
#include "event/push_event.hpp"
#include "release/audit_facts.hpp"
#include "release/chart_annotation.hpp"
#include "release/check_stage.hpp"
#include "release/dependency_build.hpp"
#include "release/dependency_network.hpp"
#include "release/finalize.hpp"
#include "release/git_source_tree.hpp"
#include "release/input_lists.hpp"
#include "release/output_paths.hpp"
#include "release/pipeline.hpp"
#include "release/publish_check.hpp"
#include "release/required_check.hpp"
#include "release/run_log.hpp"
#include "release/services.hpp"
#include "release/source_digests.hpp"
#include "release/tags_report.hpp"
#include "report/action_outputs.hpp"
#include "report/artifacts_list.hpp"
#include "report/audit_report.hpp"
#include "report/job_summary.hpp"
#include "support/atomic_file.hpp"
#include "support/text.hpp"

namespace acr::action {
namespace {

using event::ActionInputs;
using event::RunnerEnvironment;

// What all commands share.
struct Step {
  ActionHost const& host;
  RunnerEnvironment environment;
  ActionInputs inputs;
  release::InputLists lists;
  std::optional<std::int64_t> epoch;  // SOURCE_DATE_EPOCH
  report::WorkflowLog& log;
};

void append(std::string const& file, std::string const& bytes) {
  if (file.empty() || bytes.empty()) return;
  std::ofstream stream(file, std::ios::app | std::ios::binary);
  stream << bytes << std::flush;
  if (!stream) throw BadEnvironment("command-file", "cannot append to " + file);
}

void write_outputs(Step const& step, report::Outputs const& outputs) {
  for (auto const& name : outputs.omitted())
    step.log.warning("the output " + name + " is too large and left out; read the file instead");
  if (!step.environment.output.empty()) report::append_outputs(step.environment.output, outputs);
}

// A step that ended before there was a record: the outputs result, reason and chart-count are always set, and the job's page
// says why.
ExitStatus end_early(Step const& step, report::Result result, std::string reason, ExitStatus status,
                     std::vector<Rejection> why = {}) {
  report::ReleaseRecord record;
  record.result = result;
  record.reason = std::move(reason);
  record.refusals = std::move(why);
  write_outputs(step, report::run_outputs(record, {}, event::clamped_retention(step.inputs.retention_days, step.environment)));
  try {
    if (step.inputs.summary) append(step.environment.step_summary, report::job_summary(record, {}));
  } catch (BadEnvironment const& error) {  // the log and the outputs have the reason already
    step.log.warning(error.what());
  }
  step.log.finish();
  return status;
}

ExitStatus refuse(Step const& step, std::vector<Rejection> const& why, ExitStatus status) {
  for (auto const& one : why) step.log.refusal(one, {}, {}, {}, report::Severity::high);
  return end_early(step, report::Result::failed, why.front().code, status, why);
}

event::GateDecision gate(Step const& step) {
  auto const& environment = step.environment;
  return event::branch_gate({.event_name = environment.event_name,
                             .payload = event::read_event_file(environment.event_path),
                             .repository = environment.repository,
                             .refs = {environment.head_ref, environment.base_ref},
                             .source_branch = step.inputs.source_branch,
                             .release_branch = step.inputs.release_branch});
}

// A run that GitHub tells about a repository by two numbers is not one that we understand.
std::optional<Rejection> repository_disagrees(RunnerEnvironment const& environment, event::Repository const& repository) {
  if (environment.repository_id.empty() || environment.repository_id == std::to_string(repository.id)) return std::nullopt;
  return reject("repository-mismatch", "environment", "GITHUB_REPOSITORY_ID is not the repository of the event")
      .rule("A-50")
      .expected(std::to_string(repository.id))
      .found(environment.repository_id);
}

// What a stage costs of the hour's limit; downloads from storage do not count there.
void tell_requests(Step const& step, release::Services& services) {
  step.log.line("API requests: " + std::to_string(services.api().use().requests));
}

release::RunSettings run_settings(Step const& step, event::PullRequestEvent const& event) {
  release::RunSettings settings;
  settings.inputs = step.inputs;
  settings.lists = step.lists;
  settings.change = {.pr_number = event.number,
                     .title = event.title,
                     .head = event.head.sha,
                     .base = event.base.sha,
                     .merge = step.environment.sha};
  settings.server_url = release::server_url(step.environment);
  settings.repository = event.repository.full_name;
  settings.repository_id = std::to_string(event.repository.id);
  settings.owner_id = step.environment.repository_owner_id;
  settings.workspace = step.environment.workspace;
  settings.runner_temp = step.environment.runner_temp;
  settings.source_date_epoch = step.epoch;
  settings.source_date_epoch_text = step.host.environment("SOURCE_DATE_EPOCH").value_or("");
  return settings;
}

void declare_artifacts(Step const& step, release::RunOutcome const& outcome) {
  if (!step.inputs.declare_artifacts || outcome.record.packaged_count() == 0) return;
  std::vector<std::string> paths;
  for (auto const& chart : outcome.record.charts)
    if (chart.status == report::ChartStatus::packaged) paths.push_back(outcome.files.packages_dir + "/" + chart.package);
  auto const list = report::artifacts_list(paths);
  if (!list)
    step.log.warning(list.error());
  else
    append(step.environment.artifacts, *list);
}

void check_rules(Step const& step, release::Findings& run, release::Services& services) {
  auto const name = step.inputs.check_name.empty() ? step.environment.job : step.inputs.check_name;
  auto result = release::check_requirement(
      step.inputs.require_check, [&](std::string_view branch) { return github::required_checks(services.api(), branch); },
      step.inputs.release_branch, name);
  if (result.warning) run.warn(std::move(*result.warning));
  if (result.refusal) throw RunError(ExitStatus::refused, result.refusal->code, result.refusal->sentence());
}

dependencies::AskRegistry registry_of(Step const& step, release::Services& services, RunClock& clock) {
  return release::registry_look(step.inputs.oci_check, services.http(),
                                release::host_settings(step.inputs, step.environment.api_url), clock);
}

release::AuditSettings audit_settings(Step const& step, std::string source_commit, std::string release_commit) {
  return {.source_branch = step.inputs.source_branch,
          .release_branch = step.inputs.release_branch,
          .tag_format = step.inputs.tag_format,
          .check_name = step.inputs.check_name,
          .source_commit = std::move(source_commit),
          .release_commit = std::move(release_commit)};
}

// `audit: true`: whether the gate is binding, beside its own result, which a failure here does not change.
std::optional<report::AuditRecord> audit_of_run(Step const& step, release::RunSettings const& settings,
                                                release::Services& services) {
  if (!step.inputs.audit) return std::nullopt;
  try {
    return release::audit_repository(audit_settings(step, settings.change.head, settings.change.base), services.objects(),
                                     &services.api());
  } catch (Cancelled const&) {
    throw;
  } catch (RunError const& error) {
    step.log.warning("the audit could not be made: " + error.code() + ": " + error.what());
    return std::nullopt;
  }
}

ExitStatus run_command(Step const& step, event::PullRequestEvent const& event, RunClock& clock) {
  auto const settings = run_settings(step, event);

  if (!step.environment.can_request_id_token)
    step.log.warning("the job has no id-token: write; the attest step that follows will fail without it", {},
                     report::Severity::low);
  if (step.lists.signer_workflows.empty())
    step.log.notice(
        "No signer is pinned: attestations signed by any workflow in this repository are accepted. Set signer-workflows "
        "(docs/policies.md).",
        {}, report::Severity::low);
  if (step.epoch) step.log.line("SOURCE_DATE_EPOCH " + settings.source_date_epoch_text + " is the time of all package entries");

  release::Services services(release::service_settings(settings, event, step.environment, step.host.environment), clock);
  for (auto const& notice : services.notices()) step.log.notice(notice, {}, report::Severity::low);

  dependencies::NetworkSource source(services.http(), release::host_settings(step.inputs, step.environment.api_url),
                                     step.inputs.max_parallel, step.environment.runner_temp);
  release::DependencyBuild dependencies(source, release::plan_settings(step.inputs, source), step.inputs.max_parallel);
  release::RunTools const tools{.objects = services.objects(),
                                .attestations = &services.attestations(),
                                .verifier = services.verifier(),
                                .clock = clock,
                                .log = step.log,
                                .dependencies = step.inputs.build_dependencies ? &dependencies : nullptr,
                                .before_proofs = [&] { services.begin_refresh(); },
                                .trusted_roots = [&] { return services.trusted_roots(); },
                                .before_charts = [&](release::Findings& run) { check_rules(step, run, services); },
                                .registry = registry_of(step, services, clock)};
  auto outcome = release::run_release(settings, tools);
  for (auto const& notice : services.root_notices()) step.log.notice(notice, {}, report::Severity::low);
  for (auto const& warning : services.warnings()) step.log.warning(warning);
  for (auto const& line : services.debug_lines()) step.log.debug(line);

  auto const audit = audit_of_run(step, settings, services);
  tell_requests(step, services);
  release::log_run(outcome, step.log);
  if (audit)
    for (auto const& row : audit->rows) step.log.warning(row.finding, {}, {}, {}, report::Severity::low);
  auto outputs = report::run_outputs(outcome.record, outcome.files,
                                     event::clamped_retention(step.inputs.retention_days, step.environment));
  if (audit) outputs.set("audit", audit->answer);
  write_outputs(step, outputs);
  declare_artifacts(step, outcome);
  if (step.inputs.summary) {
    append(step.environment.step_summary, report::job_summary(outcome.record, outcome.files));
    if (audit) append(step.environment.step_summary, report::audit_section(*audit));
  }
  step.log.finish();
  return outcome.status;
}

ExitStatus finalize_command(Step const& step, event::PullRequestEvent const& event, RunClock& clock) {
  auto const& environment = step.environment;
  release::FinalizeSettings settings;
  settings.workspace = environment.workspace;
  settings.runner_temp = environment.runner_temp;
  settings.manifest_path = step.inputs.manifest_path;
  settings.attestations = step.inputs.attestations;
  settings.attestation_ids_dir = step.inputs.attestation_ids_dir;
  settings.build_attestation_id = step.inputs.build_attestation_id;
  settings.verification_attestation_id = step.inputs.verification_attestation_id;
  settings.oci_attestation_id = step.inputs.oci_attestation_id;
  settings.overall_attestation_id = step.inputs.overall_attestation_id;
  settings.bundle_paths = step.inputs.bundle_paths;
  settings.update_pr = step.inputs.update_pr;
  settings.server_url = release::server_url(environment);
  settings.repository = event.repository.full_name;
  settings.repository_id = std::to_string(event.repository.id);
  settings.repository_owner_id = environment.repository_owner_id;
  settings.commit = environment.sha;
  settings.run_id = environment.run_id;
  settings.run_attempt = environment.run_attempt;
  settings.workflow_ref = environment.workflow_ref;
  settings.workflow_sha = environment.workflow_sha;
  settings.signer_workflows = step.lists.signer_workflows;
  settings.oidc_issuer = step.inputs.oidc_issuer;
  settings.deny_self_hosted = step.inputs.deny_self_hosted;
  settings.pr_number = event.number;
  settings.pr_state = event.state;
  settings.head_sha = event.head.sha;
  settings.base_ref = event.base.ref;
  settings.from_fork = event.head.repo && event.head.repo->id != event.repository.id;

  release::RunSettings const shared = run_settings(step, event);
  release::Services services(release::service_settings(shared, event, environment, step.host.environment), clock);
  release::ApiPullRequests pulls(services.api());
  release::FinalizeTools const tools{.pull_requests = pulls,
                                     .verifier = services.verifier(),
                                     .sleep = [&](std::chrono::milliseconds pause) { clock.sleep(pause); }};
  auto const result = release::finalize(settings, tools);
  for (auto const& notice : services.root_notices()) step.log.notice(notice, {}, report::Severity::low);
  for (auto const& warning : services.warnings()) step.log.warning(warning);
  tell_requests(step, services);
  release::log_finalize(result, step.log);
  write_outputs(step, result.outputs);
  if (step.inputs.summary) append(environment.step_summary, result.summary);
  step.log.finish();
  return result.status;
}

// Stages before and after the release have no pull request: the repository is the one that the runner names.
event::PullRequestEvent repository_alone(RunnerEnvironment const& environment) {
  auto const id = to_number(environment.repository_id, INT64_MAX);
  if (environment.repository.empty() || !id || *id == 0)
    throw BadEnvironment("bad-input", "GITHUB_REPOSITORY and GITHUB_REPOSITORY_ID do not name a repository");
  event::PullRequestEvent event;
  event.repository.full_name = environment.repository;
  event.repository.id = static_cast<std::int64_t>(*id);
  return event;
}

// What a stage without a pull request works with.
struct Stage {
  release::RunSettings const settings;
  release::Services services;

  Stage(Step const& step, event::PullRequestEvent const& event, RunClock& clock)
      : settings(run_settings(step, event)),
        services(release::service_settings(settings, event, step.environment, step.host.environment), clock) {
    for (auto const& notice : services.notices()) step.log.notice(notice, {}, report::Severity::low);
  }

  void tell_roots(Step const& step) const {
    for (auto const& notice : services.root_notices()) step.log.notice(notice, {}, report::Severity::low);
    for (auto const& warning : services.warnings()) step.log.warning(warning);
  }
};

// A file in output-dir, for the steps that come after.
void write_result(release::RunSettings const& settings, std::string const& path, std::string const& bytes,
                  std::optional<std::int64_t> time = {}) {
  auto const target = settings.workspace / path;
  std::filesystem::create_directories(target.parent_path());
  write_file(target, bytes, time);  // O-14
  adopt_owner(target.parent_path(), settings.workspace);
  adopt_owner(target, settings.workspace);
}

// What `digest` and `changed` found, and the step's status.
ExitStatus tell_digests(Step const& step, release::SourceDigests const& found, report::Outputs const& outputs,
                        release::Services& services) {
  for (auto const& skipped : found.skipped)
    step.log.notice("chart " + skipped.name + " (" + skipped.path + ") is skipped: exclude-charts has " + skipped.item);
  for (auto const& chart : found.charts) step.log.line(chart.digest + "  " + chart.path);
  for (auto const& why : found.refusals) step.log.refusal(why);
  tell_requests(step, services);
  write_outputs(step, outputs);
  step.log.finish();
  return found.refusals.empty() ? ExitStatus::done : ExitStatus::refused;
}

// The commit that the workflow runs on, whatever the event.
git::Commit commit_of_run(git::ObjectSource& objects, std::string const& sha) {
  auto commit = objects.commit(sha);
  if (!commit)
    throw BadEnvironment("object-missing", "the commit of the run, GITHUB_SHA " + sha +
                                               ", is in no object source; add a checkout step, or set object-source: auto");
  return std::move(*commit);
}

ExitStatus publish_command(Step const& step, event::PushEvent const& push, RunClock& clock) {
  auto event = repository_alone(step.environment);
  event.head.sha = push.after;
  event.base.sha = push.before;
  Stage stage(step, event, clock);
  auto const& settings = stage.settings;
  auto& services = stage.services;

  dependencies::NetworkSource source(services.http(), release::host_settings(step.inputs, step.environment.api_url),
                                     step.inputs.max_parallel, step.environment.runner_temp);
  release::DependencyBuild dependencies(source, release::plan_settings(step.inputs, source), step.inputs.max_parallel);
  auto const check =
      release::check_published(settings, {.objects = services.objects(),
                                          .attestations = &services.attestations(),
                                          .verifier = services.verifier(),
                                          .clock = clock,
                                          .log = step.log,
                                          .dependencies = step.inputs.build_dependencies ? &dependencies : nullptr,
                                          .before_proofs = [&] { services.begin_refresh(); },
                                          .trusted_roots = [&] { return services.trusted_roots(); },
                                          .registry = registry_of(step, services, clock)});
  stage.tell_roots(step);
  tell_requests(step, services);
  release::log_publish_check(check, step.log);
  write_outputs(step, release::publish_outputs(check, settings));
  if (step.inputs.summary) append(step.environment.step_summary, release::publish_summary(check));
  step.log.finish();
  return check.status;
}

// B-16: only a push to the release branch is followed by a publication.
ExitStatus publish_step(Step const& step) {
  auto const& environment = step.environment;
  auto const push = event::push_gate({.event_name = environment.event_name,
                                      .payload = event::read_event_file(environment.event_path),
                                      .repository = environment.repository,
                                      .ref = environment.ref,
                                      .sha = environment.sha,
                                      .release_branch = step.inputs.release_branch});
  if (!push) return refuse(step, {push.error()}, ExitStatus::refused);
  if (auto const mismatch = repository_disagrees(environment, push->repository))
    return refuse(step, {*mismatch}, ExitStatus::refused);
  return publish_command(step, *push, step.host.start_clock(step.inputs.timeout));
}

ExitStatus annotate_command(Step const& step, RunClock& clock) {
  Stage stage(step, repository_alone(step.environment), clock);
  auto const& settings = stage.settings;
  auto& services = stage.services;
  if (auto const commit = services.objects().commit(step.environment.sha)) {
    release::GitSourceTree const tree(services.objects(), commit->tree);
    release::check_output_paths(step.inputs, settings.workspace, {&tree});
  }
  auto const annotation = release::annotation_of(services.objects(), step.environment.sha, step.inputs);
  if (!annotation) return refuse(step, {annotation.error()}, ExitStatus::refused);

  std::string const path = step.inputs.output_dir + "/annotation.txt";
  write_result(settings, path, annotation->text);
  step.log.dump("Annotation of " + annotation->tag, annotation->text);
  report::Outputs outputs;
  outputs.set("result", "success");
  outputs.set("reason", "");
  outputs.set("chart-count", std::uint64_t{1});
  outputs.set("tag", annotation->tag);
  outputs.set("annotation-path", path);
  write_outputs(step, outputs);
  step.log.finish();
  return ExitStatus::done;
}

// B-3. No token is needed where the checkout has everything.
ExitStatus digest_command(Step const& step, RunClock& clock) {
  Stage stage(step, repository_alone(step.environment), clock);
  auto& services = stage.services;
  auto const commit = commit_of_run(services.objects(), step.environment.sha);
  services.objects().prefetch_trees(commit.tree);
  release::GitSourceTree const tree(services.objects(), commit.tree);
  auto const wanted = step.inputs.chart.empty() ? std::vector<std::string>() : std::vector{step.inputs.chart};
  auto const found =
      release::source_digests(tree, {step.inputs.charts_dirs, step.inputs.exclude_charts}, wanted, step.inputs.max_parallel);
  if (!found) return refuse(step, {found.error()}, ExitStatus::bad_input);
  return tell_digests(step, *found, release::digest_outputs(*found), services);
}

// B-13.
ExitStatus changed_command(Step const& step, RunClock& clock) {
  Stage stage(step, repository_alone(step.environment), clock);
  auto& services = stage.services;
  auto const commit = commit_of_run(services.objects(), step.environment.sha);
  release::GitSourceTree const head(services.objects(), commit.tree);
  auto const before = event::compared_commit(step.environment.event_name, event::read_event_file(step.environment.event_path));
  auto const compared = before ? services.objects().commit(*before) : std::nullopt;
  std::optional<release::GitSourceTree> base;
  if (compared)
    base.emplace(services.objects(), compared->tree);
  else
    step.log.notice("every chart counts as changed: " + (before ? "the commit " + *before + " is in no object source"
                                                                : std::string("the event has no commit to compare with")));
  auto const found = release::changed_source_digests(
      base ? &*base : nullptr, head, {step.inputs.charts_dirs, step.inputs.exclude_charts}, step.inputs.max_parallel);
  if (!found) return refuse(step, {found.error()}, ExitStatus::bad_input);
  return tell_digests(step, *found, release::changed_outputs(*found), services);
}

// B-13.
ExitStatus package_step(Step const& step, RunClock& clock) {
  auto const& inputs = step.inputs;
  Stage stage(step, repository_alone(step.environment), clock);
  auto const& settings = stage.settings;
  auto& services = stage.services;
  auto const commit = commit_of_run(services.objects(), step.environment.sha);
  release::GitSourceTree const tree(services.objects(), commit.tree);
  release::check_output_paths(inputs, settings.workspace, {&tree});
  dependencies::NetworkSource source(services.http(), release::host_settings(inputs, step.environment.api_url),
                                     inputs.max_parallel, step.environment.runner_temp);
  release::RebuildTools const tools{.source = source, .plan = release::plan_settings(inputs, source)};
  auto const time = settings.source_date_epoch.value_or(commit.committer_time);
  auto const checked = release::package_to_check(tree, {inputs.charts_dirs, inputs.exclude_charts}, inputs.chart, time,
                                                 inputs.build_dependencies ? &tools : nullptr);
  if (!checked)
    return refuse(step, {checked.error()},
                  checked.error().code == "no-chart" || checked.error().code == "duplicate-name" ? ExitStatus::bad_input
                                                                                                 : ExitStatus::refused);
  std::string const path = inputs.output_dir + "/" + checked->package.file_name;
  write_result(settings, path, checked->package.bytes, time);
  step.log.line("packaged " + path + "  " + checked->package.digest + "  of source " + checked->source.digest);
  tell_requests(step, services);
  release::SourceDigests of_chart;
  of_chart.charts.push_back(checked->source);
  auto outputs = release::digest_outputs(of_chart);
  outputs.set("package", path);
  outputs.set("digest", checked->package.digest);
  write_outputs(step, outputs);
  step.log.finish();
  return ExitStatus::done;
}

// B-13, B-14.
ExitStatus tags_command(Step const& step, RunClock& clock) {
  auto const& environment = step.environment;
  // A tag anywhere else would be refused at the release, and stand in the way of the right one.
  if (std::string const branch = "refs/heads/" + step.inputs.source_branch; step.inputs.push && environment.ref != branch)
    return refuse(step,
                  {reject("wrong-branch", "environment", "tags are made for commits of the source branch only")
                       .rule("B-13")
                       .expected(branch)
                       .found(environment.ref)},
                  ExitStatus::refused);
  auto event = repository_alone(environment);
  if (auto const payload = event::read_event_file(environment.event_path))
    event.repository.owner_type = event::owner_type_of(*payload);
  Stage stage(step, event, clock);
  auto const& settings = stage.settings;
  auto& services = stage.services;
  services.begin_refresh();
  auto found = release::missing_tags(environment.sha, settings,
                                     {services.objects(), services.attestations(), services.verifier(), clock,
                                      [&](std::string const& line) { step.log.line(line); }});
  if (!found) return refuse(step, {found.error()}, ExitStatus::bad_input);
  auto const ended = step.inputs.push ? release::create_missing_tags(*found, services.api(), clock) : std::nullopt;
  stage.tell_roots(step);
  for (auto const& line : services.debug_lines()) step.log.debug(line);
  release::log_tags(*found, step.log);
  tell_requests(step, services);
  if (ended) step.log.refusal(reject(ended->code(), "run", ended->what()), {}, {}, {}, report::Severity::high);
  auto outputs = release::tags_outputs(*found);
  if (ended) outputs.set("result", report::to_text(report::Result::failed)), outputs.set("reason", ended->code());
  write_outputs(step, outputs);
  if (step.inputs.summary) append(environment.step_summary, release::tags_summary(*found));
  step.log.finish();
  return ended ? ended->status() : release::tags_status(*found, step.inputs.verify_policy);
}

// U-22: of the branches as the server has them now, whatever the event.
ExitStatus audit_step(Step const& step, RunClock& clock) {
  Stage stage(step, repository_alone(step.environment), clock);
  auto& services = stage.services;
  auto const& inputs = step.inputs;
  auto const settings = audit_settings(step, release::branch_on_server(services.api(), inputs.source_branch),
                                       release::branch_on_server(services.api(), inputs.release_branch));
  auto const record = release::audit_repository(settings, services.objects(), &services.api());
  auto const status = release::audit_status(record);
  step.log.line(report::audit_verdict(record));
  for (auto const& row : record.rows) {
    if (row.severity == "warning")
      step.log.warning(row.finding);
    else
      step.log.refusal(row.finding);
  }
  tell_requests(step, services);
  report::Outputs outputs;
  outputs.set("result", report::to_text(status == ExitStatus::done ? report::Result::success : report::Result::failed));
  outputs.set("reason", status == ExitStatus::done ? std::string() : record.rows.front().finding.code);
  outputs.set("chart-count", std::uint64_t{0});
  outputs.set("audit", record.answer);
  write_outputs(step, outputs);
  if (inputs.summary) append(step.environment.step_summary, report::audit_section(record));
  step.log.finish();
  return status;
}

// Whatever a command throws is reported and ends the step with its status; our own mistakes and a cancelled run pass.
ExitStatus guarded(Step const& step, std::function<ExitStatus()> const& command) {
  try {
    return command();
  } catch (Cancelled const&) {
    throw;
  } catch (RunError const& error) {
    return refuse(step, {reject(error.code(), "run", error.what())}, error.status());
  } catch (std::logic_error const&) {
    throw;
  } catch (std::exception const& error) {
    return refuse(step, {reject("environment", "run", error.what())}, ExitStatus::bad_input);
  }
}

// GitHub's runner names the repository by its number, too. Others may not: then the event does.
bool complete_repository_id(RunnerEnvironment& environment) {
  if (!environment.in_actions || !environment.repository_id.empty()) return false;
  auto const payload = event::read_event_file(environment.event_path);
  if (payload) environment.repository_id = event::repository_id_of(*payload, environment.repository);
  return !environment.repository_id.empty();
}

}  // namespace

ExitStatus run_action(ActionHost const& host) {
  auto environment = event::read_runner_environment(host.environment);
  bool const id_of_event = complete_repository_id(environment);
  report::WorkflowLog log(host.log,
                          environment.in_actions ? report::WorkflowLog::Style::actions : report::WorkflowLog::Style::terminal,
                          environment.debug);
  auto const lookup = release::with_tenant_issuer(event::from_environment(host.environment), environment.api_url);
  if (auto const token = lookup("token")) log.mask_token(trimmed(*token));
  if (auto const credentials = lookup("registry-credentials")) {
    std::vector<std::string> items;
    for (auto const line : lines(*credentials)) items.emplace_back(trimmed(line));
    for (auto const& secret : release::credential_secrets(items)) log.mask(secret);
  }

  auto reading = event::read_inputs(lookup, environment.workspace);
  auto lists =
      release::read_lists(reading.inputs, environment.server_url.empty() ? "https://github.com" : environment.server_url);
  auto const epoch = chart::source_date_epoch(host.environment("SOURCE_DATE_EPOCH").value_or(""));
  Step const step{host, environment, std::move(reading.inputs), std::move(lists.lists), epoch ? *epoch : std::nullopt, log};
  for (auto const& warning : reading.warnings) log.warning(warning);
  if (id_of_event)
    log.notice("GITHUB_REPOSITORY_ID is not set: the repository's id is the event's, " + environment.repository_id, {},
               report::Severity::low);
  // all mistakes at once, those of values with a grammar of their own among them (B-10).
  auto mistakes = event::unknown_inputs(host.variable_names);
  std::ranges::move(reading.mistakes, std::back_inserter(mistakes));
  std::ranges::move(event::check_runner_environment(environment), std::back_inserter(mistakes));
  std::ranges::move(lists.mistakes, std::back_inserter(mistakes));
  if (!epoch) mistakes.push_back(epoch.error());
  if (step.inputs.command == event::Command::tags)
    std::ranges::move(release::tag_mistakes(step.inputs, step.lists), std::back_inserter(mistakes));
  std::ranges::move(release::dependency_mistakes(step.inputs), std::back_inserter(mistakes));
  if (mistakes.empty()) std::ranges::move(event::check_paths(step.inputs, environment.workspace), std::back_inserter(mistakes));
  if (!mistakes.empty()) return refuse(step, mistakes, ExitStatus::bad_input);

  if (step.inputs.command == event::Command::ruleset) {
    release::print_ruleset(host.log, step.inputs.release_branch,
                           step.inputs.check_name.empty() ? environment.job : step.inputs.check_name);
    return ExitStatus::done;
  }

  return guarded(step, [&] {
    if (step.inputs.command == event::Command::verify_package) return publish_step(step);
    if (step.inputs.command == event::Command::annotate) return annotate_command(step, host.start_clock(step.inputs.timeout));
    if (step.inputs.command == event::Command::audit) return audit_step(step, host.start_clock(step.inputs.timeout));
    if (step.inputs.command == event::Command::tags) return tags_command(step, host.start_clock(step.inputs.timeout));
    if (step.inputs.command == event::Command::digest) return digest_command(step, host.start_clock(step.inputs.timeout));
    if (step.inputs.command == event::Command::changed) return changed_command(step, host.start_clock(step.inputs.timeout));
    if (step.inputs.command == event::Command::package) return package_step(step, host.start_clock(step.inputs.timeout));
    auto const decision = gate(step);
    if (decision.outcome == event::GateOutcome::reject) return refuse(step, {*decision.reason}, ExitStatus::refused);
    if (decision.outcome == event::GateOutcome::skip) {
      log.notice("pr-closed: the pull request is closed, nothing to do");
      return end_early(step, report::Result::skipped, decision.reason->code, ExitStatus::done);
    }
    if (auto const mismatch = repository_disagrees(environment, decision.event->repository))
      return refuse(step, {*mismatch}, ExitStatus::refused);

    auto& clock = host.start_clock(step.inputs.timeout);
    return step.inputs.command == event::Command::finalize ? finalize_command(step, *decision.event, clock)
                                                           : run_command(step, *decision.event, clock);
  });
}

}  // namespace acr::action
