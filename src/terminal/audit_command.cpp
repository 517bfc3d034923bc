#include "terminal/audit_command.hpp"

#include <filesystem>
#include <ostream>
#include <utility>

#include "release/audit_facts.hpp"
#include "release/services.hpp"
#include "report/audit_report.hpp"
#include "support/text.hpp"
#include "terminal/arguments.hpp"
#include "terminal/local_clone.hpp"
#include "terminal/option_inputs.hpp"
#include "terminal/workspace.hpp"

namespace acr::terminal {
namespace {

constexpr std::string_view usage =
    "audit [--ref REF] [--repository O/R] [--source-branch B] [--release-branch B] [--tag-format F] [--check-name N] [--json]";

bool is_full_name(std::string_view text) {
  return split(text, '/').size() == 2 && !text.starts_with('/') && !text.ends_with('/');
}

}  // namespace

ExitStatus audit_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  Arguments const arguments(
      words, {.values = {"ref", "workspace", "repository", "repository-id", "token", "source-branch", "release-branch",
                         "tag-format", "check-name", "object-source", "max-parallel", "api-version"},
              .repeated = {},
              .flags = {"json"}});
  arguments.expect_positional(0, 0, usage);
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
  auto audit = release::audit_settings(inputs, {}, {});
  // U-19: what a clone says of the release branch may be old.
  audit.release_commit = ask_github ? release::branch_on_server(services.api(), inputs.release_branch)
                                    : commit_named(objects, workspace, inputs.release_branch, "release-branch");
  if (arguments.has("ref"))
    audit.source_commit = commit_named(objects, workspace, arguments.value("ref"), "ref");
  else
    audit.source_commit =
        ask_github ? release::branch_on_server(services.api(), inputs.source_branch) : head_of(objects, workspace);
  if (audit.source_commit.empty()) throw BadEnvironment("unknown-commit", "HEAD of this clone has no commit yet");
  auto const record = release::audit_repository(audit, objects, ask_github ? &services.api() : nullptr);
  terminal.out << (arguments.has("json") ? report::audit_json(record) : report::audit_text(record));
  return release::audit_status(record);
}

}  // namespace acr::terminal
