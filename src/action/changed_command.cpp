// `command: changed`: src/action/changed_command.cpp (B-13)

#include "action/commands.hpp"
#include "action/source_digests_result.hpp"
#include "event/check_event.hpp"
#include "release/check_stage.hpp"
#include "release/git_source_tree.hpp"
#include "sigstore/signer_workflow.hpp"
#include "support/text.hpp"

namespace acr::action {
namespace {

// What the commit is compared with; nothing: every chart counts as changed, and the log says why.
std::optional<git::Commit> compared_commit(Step const& step, git::ObjectSource& objects, chart::SourceTree const& head) {
  auto const all = [&](std::string const& why) {
    step.log.notice("every chart counts as changed: " + why);
    return std::nullopt;
  };
  auto const before = event::compared_commit(step.environment.event_name, event::read_event_file(step.environment.event_path));
  if (!before) return all("the event has no commit to compare with");
  auto commit = objects.commit(*before);
  if (!commit) return all("the commit " + *before + " is in no object source");
  // What is older than the check itself was never checked, and is not tagged without it.
  auto const workflow = sigstore::workflow_place(step.environment.workflow_ref);
  if (workflow && equal_ignoring_ascii_case(workflow->repository, step.environment.repository) && head.node(workflow->path) &&
      !release::GitSourceTree(objects, commit->tree).node(workflow->path))
    return all(std::string(workflow->path) + " is new, so no chart was checked before");
  return commit;
}

}  // namespace

CommandResult changed_command(Step const& step, Trigger const&, RunClock& clock) {
  auto const& inputs = step.inputs;
  release::Services services(service_settings(step, release::repository_of_runner(step.environment)), clock);
  log_notices(step, services);
  auto const commit = commit_of_run(step, services.objects());
  release::GitSourceTree const head(services.objects(), commit.tree);
  auto const compared = compared_commit(step, services.objects(), head);
  std::optional<release::GitSourceTree> base;
  if (compared) base.emplace(services.objects(), compared->tree);

  auto const found = release::changed_source_digests(base ? &*base : nullptr, head, {inputs.charts_dirs, inputs.exclude_charts},
                                                     inputs.max_parallel);
  if (!found) return refused(step, {found.error()}, ExitStatus::bad_input);
  auto result = source_digests_result(step, *found, release::changed_outputs(*found));
  log_requests(step, services);
  return result;
}

}  // namespace acr::action
