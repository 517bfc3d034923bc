// `command: digest`: src/action/digest_command.cpp (B-3)

#include "action/commands.hpp"
#include "action/source_digests_result.hpp"
#include "release/git_source_tree.hpp"

namespace acr::action {

CommandResult digest_command(Step const& step, Trigger const&, RunClock& clock) {
  auto const& inputs = step.inputs;
  release::Services services(service_settings(step, release::repository_of_runner(step.environment)), clock);
  log_notices(step, services);
  auto& objects = services.objects();
  auto const commit = commit_of_run(step, objects);
  objects.prefetch_trees(commit.tree);
  release::GitSourceTree const tree(objects, commit.tree);

  auto const wanted = inputs.chart.empty() ? std::vector<std::string>() : std::vector{inputs.chart};
  auto const found = release::source_digests(tree, {inputs.charts_dirs, inputs.exclude_charts}, wanted, inputs.max_parallel);
  if (!found) return refused(step, {found.error()}, ExitStatus::bad_input);
  auto result = source_digests_result(step, *found, release::digest_outputs(*found));
  log_requests(step, services);
  return result;
}

}  // namespace acr::action
