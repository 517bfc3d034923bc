#include "terminal/run_command.hpp"

#include <filesystem>
#include <ostream>
#include <string>
#include <utility>

#include "event/action_interface.hpp"
#include "release/dependency_build.hpp"
#include "release/pipeline.hpp"
#include "release/run_log.hpp"
#include "report/verification_report.hpp"
#include "support/text.hpp"
#include "terminal/dependency_network.hpp"
#include "terminal/local_clone.hpp"
#include "terminal/option_inputs.hpp"
#include "terminal/workspace.hpp"

namespace acr::terminal {
namespace {

// What is asked for. Without a repository GitHub cannot be asked: what can be seen here is shown, what cannot is said.
struct DryRun {
  release::RunSettings settings;
  [[nodiscard]] bool asks_github() const { return !settings.repository.full_name.empty(); }
};

DryRun read_dry_run(Arguments const& arguments, Terminal const& terminal) {
  DryRun run;
  auto& settings = run.settings;
  settings.workspace = workspace_of(arguments);
  auto options = read_options(arguments, terminal, settings.workspace);
  settings.inputs = std::move(options.inputs);
  settings.lists = std::move(options.lists);
  settings.repository = release::repository_named(arguments.value("repository"), arguments.value("repository-id"),
                                                  event::read_runner_environment(terminal.environment));
  settings.runner_temp = std::filesystem::temp_directory_path();
  settings.dry_run = true;
  if (!run.asks_github()) settings.inputs.object_source = event::ObjectSourceChoice::local;
  if (run.asks_github() && to_number(run.settings.repository.id, INT64_MAX).value_or(0) == 0)
    throw BadEnvironment("usage", "--repository needs --repository-id too: the numeric id is the identity (A-50)");
  return run;
}

void find_commits(release::RunSettings& settings, Arguments const& arguments, git::ObjectSource& objects) {
  auto const commit = [&](char const* option) {
    return commit_named(objects, settings.workspace, arguments.value(option), option);
  };
  settings.change.head = commit("head");
  settings.change.base = commit("base");
  if (arguments.has("merge")) settings.change.merge = commit("merge");
}

release::RunOutcome try_release(DryRun const& run, release::Services& services, Terminal const& terminal,
                                report::WorkflowLog& log) {
  auto const& inputs = run.settings.inputs;
  RegistryLogins logins(terminal);
  dependencies::NetworkSource source(services.http(), host_settings(inputs, run.settings.repository.api_url, logins),
                                     inputs.max_parallel, run.settings.runner_temp);
  release::DependencyBuild dependencies(source, release::plan_settings(inputs, source), inputs.max_parallel);
  return run_release(run.settings, {.objects = services.objects(),
                                    .attestations = run.asks_github() ? &services.attestations() : nullptr,
                                    .verifier = services.verifier(),
                                    .clock = terminal.clock,
                                    .log = log,
                                    .dependencies = inputs.build_dependencies ? &dependencies : nullptr,
                                    .before_proofs =
                                        [&] {
                                          if (run.asks_github()) services.begin_refresh();
                                        },  // T-12
                                    .trusted_roots = [&] { return services.trusted_roots(); }});
}

ExitStatus run_dry(Arguments const& arguments, Terminal const& terminal) {
  auto run = read_dry_run(arguments, terminal);
  // The report for programs, the words for people who look on.
  bool const as_json = arguments.has("json");
  report::WorkflowLog log(as_json ? terminal.err : terminal.out, report::WorkflowLog::Style::terminal);
  log.mask_token(run.settings.inputs.token);
  for (auto const& secret : release::credential_secrets(run.settings.inputs.registry_credentials)) log.mask(secret);
  release::Services services(clone_services(run.settings.inputs, run.settings.repository, run.settings.workspace, terminal),
                             terminal.clock);
  terminal.begin_step("comparing the commits, and proving the charts");
  find_commits(run.settings, arguments, services.objects());

  auto const outcome = try_release(run, services, terminal, log);
  log_run(outcome, log, run.asks_github() ? release::RunKind::dry : release::RunKind::dry_without_github);
  log.notice(
      run.asks_github()
          ? "dry run: nothing was written; not checked: the branch gate, rules of the branch"
          : "dry run: nothing was written; not checked without --repository: attestations, the branch gate, rules of the branch");
  log.finish();
  if (as_json) terminal.out << report::verification_report(outcome.record);
  return outcome.status;
}

std::vector<Option> all_inputs() {
  std::vector<Option> options;
  for (auto const& row : event::input_table()) options.push_back(input_option(row.name));
  return options;
}

}  // namespace

Command run_command() {
  return {.name = "run",
          .usage = "--base REF --head REF [--repository O/R] [--json] [inputs as options]",
          .meaning = "what a release of these commits would do; writes nothing",
          .options = joined({option("base", "REF", "The commit that the release branch is at."),
                             option("head", "REF", "The commit that would be merged into it."),
                             option("merge", "REF", "The test merge of the two, when there is one."), workspace_option(),
                             option("repository", "O/R", "The repository at GitHub whose attestations count."),
                             option("repository-id", "N", "Its numeric id, which is its identity."), json_flag()},
                            all_inputs()),
          .run = run_dry};
}

}  // namespace acr::terminal
