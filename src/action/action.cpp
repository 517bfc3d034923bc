#include "action/action.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <ostream>
#include <utility>

#include "action/commands.hpp"
#include "action/gates.hpp"
#include "action/step.hpp"
#include "chart/package_command.hpp"
#include "event/path_rules.hpp"
#include "release/dependency_network.hpp"
#include "release/missing_tags.hpp"
#include "release/trusted_root_refresh.hpp"
#include "support/text.hpp"

namespace acr::action {
namespace {

using event::Command;

struct Row {
  Command command;
  CommandResult (*run)(Step const& step, Trigger const& trigger, RunClock& clock);
  Gate gate = Gate::none;
  bool starts_clock = true;
};

constexpr std::array rows{
    Row{.command = Command::run, .run = run_command, .gate = Gate::pull_request},
    Row{.command = Command::finalize, .run = finalize_command, .gate = Gate::pull_request},
    Row{.command = Command::verify_package, .run = verify_package_command, .gate = Gate::push},
    Row{.command = Command::annotate, .run = annotate_command},
    Row{.command = Command::digest, .run = digest_command},
    Row{.command = Command::changed, .run = changed_command},
    Row{.command = Command::package, .run = package_command},
    Row{.command = Command::tags, .run = tags_command},
    Row{.command = Command::ruleset, .run = ruleset_command, .starts_clock = false},
    Row{.command = Command::audit, .run = audit_command},
};

// In the order of the enumeration, so that the table is complete and is looked up by number.
consteval bool is_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].command != static_cast<Command>(i)) return false;
  return true;
}
static_assert(is_in_order());

CommandResult run_row(Row const& row, Step const& step) {
  auto passed = pass(row.gate, step);
  if (auto* const ended = std::get_if<CommandResult>(&passed)) return std::move(*ended);
  auto const& trigger = std::get<Trigger>(passed);
  if (row.starts_clock) return row.run(step, trigger, step.host.start_clock(step.inputs.timeout));
  RunClock unlimited;
  return row.run(step, trigger, unlimited);
}

// Whatever is thrown ends the step with its status; our own mistakes and a cancelled run pass.
ExitStatus guarded(Step const& step, std::function<ExitStatus()> const& command) {
  auto const end = [&](Code code, std::string what, ExitStatus status) {
    return finish(step, refused(step, {reject(code, "run", std::move(what))}, status));
  };
  try {
    return command();
  } catch (Cancelled const&) {
    throw;
  } catch (RunError const& error) {
    return end(error.code(), error.what(), error.status());
  } catch (std::logic_error const&) {
    throw;
  } catch (std::exception const& error) {
    return end("environment", error.what(), ExitStatus::bad_input);
  }
}

// GitHub's runner names the repository by its number, too. Others may not: then the event does.
bool complete_repository_id(event::RunnerEnvironment& environment) {
  if (!environment.in_actions || !environment.repository_id.empty()) return false;
  auto const payload = event::read_event_file(environment.event_path);
  if (payload) environment.repository_id = event::repository_id_of(*payload, environment.repository);
  return !environment.repository_id.empty();
}

// before anything else is printed.
void mask_secrets(event::InputLookup const& lookup, report::WorkflowLog& log) {
  if (auto const token = lookup("token")) log.mask_token(trimmed(*token));
  auto const credentials = lookup("registry-credentials");
  if (!credentials) return;
  std::vector<std::string> items;
  for (auto const line : lines(*credentials)) items.emplace_back(trimmed(line));
  for (auto const& secret : release::credential_secrets(items)) log.mask(secret);
}

// all at once, those of values with a grammar of their own among them (B-10). `reading`, `lists`: what reading them has
// refused.
std::vector<Rejection> mistakes_of(Step const& step, std::vector<Rejection> reading, std::vector<Rejection> lists,
                                   std::optional<Rejection> epoch) {
  auto mistakes = event::unknown_inputs(step.host.variable_names);
  auto const add = [&](std::vector<Rejection> more) { std::ranges::move(more, std::back_inserter(mistakes)); };
  add(std::move(reading));
  add(event::check_runner_environment(step.environment));
  add(std::move(lists));
  if (epoch) mistakes.push_back(std::move(*epoch));
  if (step.inputs.command == Command::tags) add(release::tag_mistakes(step.inputs, step.lists));
  add(release::dependency_mistakes(step.inputs));
  if (mistakes.empty()) add(event::check_paths(step.inputs, step.environment.workspace));
  return mistakes;
}

}  // namespace

ExitStatus run_action(ActionHost const& host) {
  auto environment = event::read_runner_environment(host.environment);
  bool const id_of_event = complete_repository_id(environment);
  report::WorkflowLog log(host.log,
                          environment.in_actions ? report::WorkflowLog::Style::actions : report::WorkflowLog::Style::terminal,
                          environment.debug);
  auto const lookup = release::with_tenant_issuer(event::from_environment(host.environment), environment.api_url);
  mask_secrets(lookup, log);

  auto reading = event::read_inputs(lookup, environment.workspace);
  auto lists =
      release::read_lists(reading.inputs, environment.server_url.empty() ? "https://github.com" : environment.server_url);
  auto const epoch = chart::source_date_epoch(host.environment("SOURCE_DATE_EPOCH").value_or(""));
  Step const step{host, environment, std::move(reading.inputs), std::move(lists.lists), epoch ? *epoch : std::nullopt, log};
  for (auto const& warning : reading.warnings) log.warning(warning);
  if (id_of_event)
    log.notice("GITHUB_REPOSITORY_ID is not set: the repository's id is the event's, " + environment.repository_id, {},
               report::Severity::low);
  auto const mistakes = mistakes_of(step, std::move(reading.mistakes), std::move(lists.mistakes),
                                    epoch ? std::nullopt : std::optional(epoch.error()));
  if (!mistakes.empty()) return finish(step, refused(step, mistakes, ExitStatus::bad_input));

  auto const& row = rows.at(static_cast<std::size_t>(step.inputs.command));
  return guarded(step, [&] { return finish(step, run_row(row, step)); });
}

}  // namespace acr::action
