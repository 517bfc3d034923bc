// `command: verify-package`, for the stage that publishes: src/action/verify_package_command.cpp (B-16)

#include "action/commands.hpp"
#include "action/release_tools.hpp"
#include "release/publish_check.hpp"

namespace acr::action {

CommandResult verify_package_command(Step const& step, Trigger const& trigger, RunClock& clock) {
  auto const& push = std::get<event::PushEvent>(trigger);
  auto const repository = release::repository_of_runner(step.environment);
  auto settings = run_settings(step, repository);
  settings.change.head = push.after;
  settings.change.base = push.before;
  release::Services services(service_settings(step, repository), clock);
  log_notices(step, services);

  ReleaseTools tools(step, repository, services, clock);
  auto const check = release::check_published(settings, tools.tools());
  log_warnings(step, services);
  log_requests(step, services);
  log_publish_check(check, step.log);
  return {.status = check.status, .outputs = publish_outputs(check, settings), .summary = publish_summary(check)};
}

}  // namespace acr::action
