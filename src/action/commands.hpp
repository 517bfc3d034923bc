#pragma once

// The commands of the action, one file each: src/action/commands.hpp
// Each takes its settings from the step, has the work done in `release`, and returns what it has come to. They throw RunError;
// what is thrown ends the step with its status.

#include "action/step.hpp"

namespace acr::action {

/// The release itself: proves and packages the charts of a pull request. `trigger`: a pull request.
CommandResult run_command(Step const& step, Trigger const& trigger, RunClock& clock);

/// Records the ids of the attest steps. `trigger`: a pull request.
CommandResult finalize_command(Step const& step, Trigger const& trigger, RunClock& clock);

/// Proves a merged release and its packages again before they are published (B-16). `trigger`: a push.
CommandResult verify_package_command(Step const& step, Trigger const& trigger, RunClock& clock);

/// Writes the annotation of a chart's tag (A-91 … A-98).
CommandResult annotate_command(Step const& step, Trigger const& trigger, RunClock& clock);

/// Source digests of the commit's charts (B-3). No token is needed where the checkout has everything.
CommandResult digest_command(Step const& step, Trigger const& trigger, RunClock& clock);

/// The charts that a push or a pull request changes (B-13).
CommandResult changed_command(Step const& step, Trigger const& trigger, RunClock& clock);

/// Packages one chart for a check (B-13).
CommandResult package_command(Step const& step, Trigger const& trigger, RunClock& clock);

/// The tags that are missing (B-13, B-14).
CommandResult tags_command(Step const& step, Trigger const& trigger, RunClock& clock);

/// Is the gate binding, by the branches as the server has them now, whatever the event (U-22)?
CommandResult audit_command(Step const& step, Trigger const& trigger, RunClock& clock);

/// Prints the ruleset that makes this job a required check; sends nothing.
CommandResult ruleset_command(Step const& step, Trigger const& trigger, RunClock& clock);

}  // namespace acr::action
