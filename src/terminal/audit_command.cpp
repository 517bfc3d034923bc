#include "terminal/audit_command.hpp"

#include <array>
#include <filesystem>
#include <ostream>
#include <utility>

#include "release/audit_facts.hpp"
#include "release/services.hpp"
#include "report/audit_report.hpp"
#include "support/text.hpp"
#include "terminal/local_clone.hpp"
#include "terminal/option_inputs.hpp"
#include "terminal/workspace.hpp"

namespace acr::terminal {
namespace {

constexpr std::array<std::string_view, 8> audit_inputs{"token",      "source-branch", "release-branch", "tag-format",
                                                       "check-name", "object-source", "max-parallel",   "api-version"};

bool is_full_name(std::string_view text) {
  return split(text, '/').size() == 2 && !text.starts_with('/') && !text.ends_with('/');
}

ExitStatus run_audit(Arguments const& arguments, Terminal const& terminal) {
  auto const workspace = workspace_of(arguments);
  auto inputs = inputs_of_options(arguments, terminal, workspace);
  auto const repository = release::repository_named(arguments.value("repository"), arguments.value("repository-id"),
                                                    event::read_runner_environment(terminal.environment));
  bool const ask_github = !repository.full_name.empty();
  if (ask_github && !is_full_name(repository.full_name))
    throw BadEnvironment("usage", "--repository needs OWNER/REPOSITORY, not " + printable(repository.full_name, 100));
  if (!ask_github) inputs.object_source = event::ObjectSourceChoice::local;
  release::Services services(clone_services(inputs, repository, workspace, terminal), terminal.clock);
  auto& objects = services.objects();

  terminal.begin_step("reading workflows and rules");
  auto settings = release::audit_settings(inputs, {}, {});
  // U-19: what a clone says of the release branch may be old.
  settings.release_commit = ask_github ? release::branch_on_server(services.api(), inputs.release_branch)
                                       : commit_named(objects, workspace, inputs.release_branch, "release-branch");
  if (arguments.has("ref"))
    settings.source_commit = commit_named(objects, workspace, arguments.value("ref"), "ref");
  else
    settings.source_commit =
        ask_github ? release::branch_on_server(services.api(), inputs.source_branch) : head_of(objects, workspace);
  if (settings.source_commit.empty()) throw BadEnvironment("unknown-commit", "HEAD of this clone has no commit yet");
  auto const record = release::audit_repository(settings, objects, ask_github ? &services.api() : nullptr);
  terminal.out << (arguments.has("json") ? report::audit_json(record) : report::audit_text(record));
  return release::audit_status(record);
}

}  // namespace

Command audit_command() {
  return {
      .name = "audit",
      .usage =
          "[--ref REF] [--repository O/R] [--source-branch B] [--release-branch B] [--tag-format F] [--check-name N] "
          "[--json]",
      .meaning = "is the gate binding? workflow files, rules and code owners, each finding with its fix",
      .options = joined({option("ref", "REF",
                                "The commit of the source branch to look at. Without it: HEAD, and with "
                                "--repository the branch as the server has it."),
                         workspace_option(), option("repository", "O/R", "Ask GitHub for the rules of this repository, too."),
                         option("repository-id", "N", "The repository's numeric id."), json_flag()},
                        input_options(audit_inputs)),
      .run = run_audit};
}

}  // namespace acr::terminal
