#pragma once

// A step of a workflow, as every command sees it: src/action/step.hpp (A-20 … A-45)
// Settings from the inputs → work in `release` → CommandResult → finish(), which alone writes what later steps and people see.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "action/action.hpp"
#include "event/event.hpp"
#include "event/inputs.hpp"
#include "event/push_event.hpp"
#include "release/input_lists.hpp"
#include "release/repository.hpp"
#include "release/services.hpp"
#include "release/settings.hpp"
#include "report/action_outputs.hpp"
#include "report/release_record.hpp"
#include "report/workflow_log.hpp"
#include "support/errors.hpp"
#include "support/run_clock.hpp"

namespace acr::action {

/// What all commands share: read and checked before the first of them begins.
struct Step {
  ActionHost const& host;
  event::RunnerEnvironment environment;
  event::ActionInputs inputs;
  release::InputLists lists;
  std::optional<std::int64_t> epoch;  ///< SOURCE_DATE_EPOCH, seconds
  report::WorkflowLog& log;
};

/// What the command's gate let through; nothing for a command without one.
using Trigger = std::variant<std::monostate, event::PullRequestEvent, event::PushEvent>;

/// A finding that is about the step as a whole.
struct LoggedFinding {
  enum class Kind { warning, refusal };
  Rejection what;
  Kind kind = Kind::refusal;
  report::Severity severity = report::Severity::normal;
};

/// What a command has come to. Progress, groups and verdict were logged as they happened.
struct CommandResult {
  ExitStatus status = ExitStatus::done;
  report::Outputs outputs;
  std::string summary{};                  ///< Markdown for the job's page
  std::vector<LoggedFinding> findings{};  ///< those that the log does not have yet
  std::vector<std::string> artifacts{};   ///< workspace-relative files for GITHUB_ARTIFACTS
  bool summary_must_be_written = true;    ///< false: the log and the outputs say it already
};

/// Logs the findings; writes outputs, artifacts and, with `summary: true`, the summary; ends the log. Returns the status.
/// Throws BadEnvironment("command-file").
ExitStatus finish(Step const& step, CommandResult const& result);

/// A step that ended before there was a record: the outputs result, reason and chart-count are set all the same, and the job's
/// page says why. `why` are in the log already, or are findings of the result.
CommandResult ended_early(Step const& step, report::Result result, Code reason, ExitStatus status,
                          std::vector<Rejection> why = {});
/// The same for refusals, at least one: the first one's code is the reason.
CommandResult refused(Step const& step, std::vector<Rejection> const& why, ExitStatus status);

/// The services of a command, by its inputs. Throws BadEnvironment.
release::ServiceSettings service_settings(Step const& step, release::Repository const& repository);
/// What was chosen when they were opened.
void log_notices(Step const& step, release::Services const& services);
/// What the work showed: of trusted roots and of the API.
void log_warnings(Step const& step, release::Services const& services);
/// What a stage costs of the hour's limit; downloads from storage do not count there.
void log_requests(Step const& step, release::Services& services);

/// For a command that proves charts as a release does: inputs, lists and times, without a change.
release::RunSettings run_settings(Step const& step, release::Repository const& repository);

/// The commit that the workflow runs on, whatever the event. Throws BadEnvironment("object-missing").
git::Commit commit_of_run(Step const& step, git::ObjectSource& objects);

/// Writes a file in output-dir for the steps that come after; `time`: seconds, of the file. Throws std::runtime_error.
void write_result(Step const& step, std::string const& path, std::string const& bytes, std::optional<std::int64_t> time = {});

}  // namespace acr::action
