// `command: package`: src/action/package_command.cpp (B-13)

#include <utility>

#include "action/commands.hpp"
#include "release/check_stage.hpp"
#include "release/dependency_network.hpp"
#include "release/git_source_tree.hpp"
#include "release/output_paths.hpp"

namespace acr::action {
namespace {

ExitStatus status_of(Rejection const& why) {
  return why.code == "no-chart" || why.code == "duplicate-name" ? ExitStatus::bad_input : ExitStatus::refused;
}

}  // namespace

CommandResult package_command(Step const& step, Trigger const&, RunClock& clock) {
  auto const& inputs = step.inputs;
  auto const repository = release::repository_of_runner(step.environment);
  release::Services services(service_settings(step, repository), clock);
  log_notices(step, services);
  auto const commit = commit_of_run(step, services.objects());
  release::GitSourceTree const tree(services.objects(), commit.tree);
  release::check_output_paths(inputs, step.environment.workspace, {&tree});

  dependencies::NetworkSource source(services.http(), release::host_settings(inputs, repository.api_url), inputs.max_parallel,
                                     step.environment.runner_temp);
  release::RebuildTools const tools{.source = source, .plan = release::plan_settings(inputs, source)};
  auto const time = step.epoch.value_or(commit.committer_time);
  auto const checked = release::package_to_check(tree, {inputs.charts_dirs, inputs.exclude_charts}, inputs.chart, time,
                                                 inputs.build_dependencies ? &tools : nullptr);
  if (!checked) return refused(step, {checked.error()}, status_of(checked.error()));

  std::string const path = inputs.output_dir + "/" + checked->package.file_name;
  write_result(step, path, checked->package.bytes, time);
  step.log.line("packaged " + path + "  " + checked->package.digest + "  of source " + checked->source.digest);
  log_requests(step, services);
  release::SourceDigests of_chart;
  of_chart.charts.push_back(checked->source);
  CommandResult result{.outputs = release::digest_outputs(of_chart)};
  result.outputs.set("package", path);
  result.outputs.set("digest", checked->package.digest);
  return result;
}

}  // namespace acr::action
