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

namespace acr::terminal {
namespace {

constexpr std::string_view usage =
    "audit [--ref REF] [--repository O/R] [--source-branch B] [--release-branch B] [--tag-format F] [--check-name N] [--json]";

}  // namespace

ExitStatus audit_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  Arguments const arguments(
      words, {.values = {"ref", "workspace", "repository", "repository-id", "token", "source-branch", "release-branch",
                         "tag-format", "check-name", "object-source", "max-parallel", "api-version"},
              .repeated = {},
              .flags = {"json"}});
  arguments.expect_positional(0, 0, usage);
  release::RunSettings settings;
  settings.workspace =
      std::filesystem::absolute(arguments.has("workspace") ? arguments.value("workspace") : ".").lexically_normal();
  settings.inputs = inputs_of_options(arguments, terminal, settings.workspace);
  settings.repository = arguments.value("repository");
  bool const ask_github = !settings.repository.empty();
  if (ask_github && (split(settings.repository, '/').size() != 2 || settings.repository.starts_with('/') ||
                     settings.repository.ends_with('/')))
    throw BadEnvironment("usage", "--repository needs OWNER/REPOSITORY, not " + printable(settings.repository, 100));
  if (!ask_github) settings.inputs.object_source = event::ObjectSourceChoice::local;
  event::PullRequestEvent event;
  event.repository.full_name = ask_github ? settings.repository : "local/clone";
  if (auto const id = to_number(arguments.value("repository-id"), INT64_MAX))
    event.repository.id = static_cast<std::int64_t>(*id);
  auto const environment = event::read_runner_environment(terminal.environment);
  auto of_clone = release::service_settings(settings, event, environment, terminal.environment);
  of_clone.clone = clone_directories(settings.workspace).home;
  release::Services services(std::move(of_clone), terminal.clock);
  auto& objects = services.objects();
  auto const& inputs = settings.inputs;

  terminal.begin_step("reading workflows and rules");
  release::AuditSettings audit{.source_branch = inputs.source_branch,
                               .release_branch = inputs.release_branch,
                               .tag_format = inputs.tag_format,
                               .check_name = inputs.check_name,
                               .source_commit = {},
                               .release_commit = {}};
  // U-19: what a clone says of the release branch may be old.
  audit.release_commit = ask_github ? release::branch_on_server(services.api(), inputs.release_branch)
                                    : commit_named(objects, settings.workspace, inputs.release_branch, "release-branch");
  if (arguments.has("ref"))
    audit.source_commit = commit_named(objects, settings.workspace, arguments.value("ref"), "ref");
  else
    audit.source_commit =
        ask_github ? release::branch_on_server(services.api(), inputs.source_branch) : head_of(objects, settings.workspace);
  if (audit.source_commit.empty()) throw BadEnvironment("unknown-commit", "HEAD of this clone has no commit yet");
  auto const record = release::audit_repository(audit, objects, ask_github ? &services.api() : nullptr);
  terminal.out << (arguments.has("json") ? report::audit_json(record) : report::audit_text(record));
  return release::audit_status(record);
}

}  // namespace acr::terminal
