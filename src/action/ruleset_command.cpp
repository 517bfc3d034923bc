// `command: ruleset`: src/action/ruleset_command.cpp

#include <ostream>

#include "action/commands.hpp"
#include "report/ruleset.hpp"

namespace acr::action {

CommandResult ruleset_command(Step const& step, Trigger const&, RunClock&) {
  step.host.log << report::ruleset_payload(step.inputs.release_branch,
                                           step.inputs.check_name.empty() ? step.environment.job : step.inputs.check_name);
  return {};
}

}  // namespace acr::action
