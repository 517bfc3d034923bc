// `command: annotate`, for the stage that tags: src/action/annotate_command.cpp (A-91 … A-98)

#include "action/commands.hpp"
#include "release/chart_annotation.hpp"
#include "release/git_source_tree.hpp"
#include "release/output_paths.hpp"

namespace acr::action {

CommandResult annotate_command(Step const& step, Trigger const&, RunClock& clock) {
  release::Services services(service_settings(step, release::repository_of_runner(step.environment)), clock);
  log_notices(step, services);
  auto& objects = services.objects();
  if (auto const commit = objects.commit(step.environment.sha)) {
    release::GitSourceTree const tree(objects, commit->tree);
    release::check_output_paths(step.inputs, step.environment.workspace, {&tree});
  }
  auto const annotation = release::annotation_of(objects, step.environment.sha, step.inputs);
  if (!annotation) return refused(step, {annotation.error()}, ExitStatus::refused);

  std::string const path = step.inputs.output_dir + "/annotation.txt";
  write_result(step, path, annotation->text);
  step.log.dump("Annotation of " + annotation->tag, annotation->text);
  CommandResult result;
  result.outputs.set("result", "success");
  result.outputs.set("reason", "");
  result.outputs.set("chart-count", std::uint64_t{1});
  result.outputs.set("tag", annotation->tag);
  result.outputs.set("annotation-path", path);
  return result;
}

}  // namespace acr::action
