#include "terminal/git_commands.hpp"

#include <filesystem>
#include <ostream>
#include <utility>

#include "chart/changed_charts.hpp"
#include "event/action_interface.hpp"
#include "event/branch_gate.hpp"
#include "event/inputs.hpp"
#include "git/annotated_tag.hpp"
#include "git/tag_annotation.hpp"
#include "release/dependency_build.hpp"
#include "release/pipeline.hpp"
#include "release/run_log.hpp"
#include "release/services.hpp"
#include "report/attestation_map.hpp"
#include "report/pull_request_body.hpp"
#include "report/verification_report.hpp"
#include "support/json.hpp"
#include "support/text.hpp"
#include "terminal/arguments.hpp"
#include "terminal/dependency_network.hpp"
#include "terminal/local_clone.hpp"
#include "terminal/option_inputs.hpp"
#include "terminal/workspace.hpp"

namespace acr::terminal {
namespace {

constexpr std::size_t annotation_bytes = (std::size_t{1} << 20) + 1;  // A-92: one more than is read
constexpr std::size_t body_bytes = std::size_t{1} << 20;

}  // namespace

ExitStatus lineage_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  Arguments const arguments(words, {.values = {"workspace"}, .repeated = {}, .flags = {"json"}});
  arguments.expect_positional(1, 1, "lineage FILE|TAG [--json]");
  auto const& name = arguments.positional().front();
  std::string message;
  std::error_code ignored;
  if (std::filesystem::is_regular_file(name, ignored)) {
    message = read_named_file(name, annotation_bytes);
  } else {
    git::Libgit2 const library;
    auto const objects = open_clone(library, arguments.has("workspace") ? arguments.value("workspace") : ".");
    auto const tag = git::resolve_tag(*objects, name);
    if (!tag) {
      terminal.err << "refused: " << printable(tag.error().sentence()) << '\n';
      return ExitStatus::refused;
    }
    message = tag->message;
  }
  auto const lineage = git::parse_annotation(message);
  terminal.out << (arguments.has("json") ? git::lineage_json(lineage) : git::lineage_text(lineage));
  return lineage.status == git::Lineage::Status::error ? ExitStatus::refused : ExitStatus::done;
}

ExitStatus annotate_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  Arguments const arguments(words, {.values = {"chart", "version", "commit", "source-pr", "changelog"},
                                    .repeated = {"entry"},
                                    .flags = {"allow-missing-digests"}});
  arguments.expect_positional(0, 0, "annotate --chart C --version V --entry KEY=ID,sha256:HEX…");
  git::AnnotationParts parts;
  parts.chart = arguments.value("chart");
  parts.version = arguments.value("version");
  parts.commit = arguments.value("commit");
  parts.allow_missing_digests = arguments.has("allow-missing-digests");
  if (arguments.has("changelog")) parts.changelog = read_named_file(arguments.value("changelog"), annotation_bytes);
  if (arguments.has("source-pr")) {
    parts.source_pr = to_number(arguments.value("source-pr"));
    if (!parts.source_pr) throw BadEnvironment("usage", "--source-pr needs a number");
  }
  for (auto const& text : arguments.all("entry")) {
    auto const equals = text.find('=');
    if (equals == std::string::npos)
      throw BadEnvironment("usage", "--entry needs KEY=ID,sha256:HEX, not " + printable(text, 100));
    auto const comma = text.find(',', equals);
    git::LineageItem item{.key = text.substr(0, equals),
                          .id = text.substr(equals + 1, comma == std::string::npos ? comma : comma - equals - 1),
                          .digest = {}};
    if (comma != std::string::npos) item.digest = text.substr(comma + 1);
    parts.entries.push_back(std::move(item));
  }
  auto const text = git::compose_annotation(parts);
  if (!text) {
    terminal.err << "refused: " << printable(text.error().sentence()) << '\n';
    return ExitStatus::refused;
  }
  terminal.out << *text;
  return ExitStatus::done;
}

ExitStatus gate_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  Arguments const arguments(
      words, {.values = {"event", "event-name", "repository", "source-branch", "release-branch"}, .repeated = {}, .flags = {}});
  arguments.expect_positional(0, 0, "gate --event FILE --repository O/R");
  event::GateQuestion question;
  question.event_name = arguments.has("event-name") ? arguments.value("event-name") : "pull_request";
  question.payload = event::read_event_file(arguments.value("event"));
  question.repository = arguments.value("repository");
  if (arguments.has("source-branch")) question.source_branch = arguments.value("source-branch");
  if (arguments.has("release-branch")) question.release_branch = arguments.value("release-branch");
  auto const decision = event::branch_gate(question);
  if (decision.outcome == event::GateOutcome::accept) {
    terminal.out << "accept: pull request " << decision.event->number << ", head " << decision.event->head.sha << '\n';
    return ExitStatus::done;
  }
  bool const skip = decision.outcome == event::GateOutcome::skip;
  terminal.out << (skip ? "skip: " : "reject: ") << decision.reason->code << ": " << printable(decision.reason->sentence())
               << '\n';
  return skip ? ExitStatus::done : ExitStatus::refused;
}

ExitStatus map_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  Arguments const arguments(words, {.values = {}, .repeated = {"set"}, .flags = {}});
  arguments.expect_positional(1, 1, "map FILE [--set KEY=ID]…");
  auto const body = read_named_file(arguments.positional().front(), body_bytes);
  auto const map = report::read_attestation_map(body);
  if (!map) {
    terminal.err << "refused: " << printable(map.error().sentence()) << '\n';
    return ExitStatus::refused;
  }
  std::vector<report::MapMember> set;
  for (auto const& text : arguments.all("set")) {
    auto const equals = text.rfind('=');
    if (equals == std::string::npos || !to_number(text.substr(equals + 1), INT64_MAX))
      throw BadEnvironment("usage", "--set needs KEY=ID");
    set.push_back(report::own_member(text.substr(0, equals), text.substr(equals + 1)));
  }
  if (set.empty()) {
    terminal.out << (*map ? report::compact_map(**map) : "{}") << '\n';
    return ExitStatus::done;
  }
  auto const place = report::find_attestation_map(body);
  std::string const line_end = body.find("\r\n") != std::string::npos && body.find("\r\n") <= body.find('\n') ? "\r\n" : "\n";
  if (place && *place) {
    auto const merged = report::merge_map_json(
        std::string_view(body).substr((*place)->json_begin, (*place)->json_end - (*place)->json_begin), set, {}, line_end);
    if (!merged) {
      terminal.err << "refused: " << printable(merged.error().sentence()) << '\n';
      return ExitStatus::refused;
    }
    terminal.out << body.substr(0, (*place)->json_begin) << *merged << body.substr((*place)->json_end);
    return ExitStatus::done;
  }
  auto const merged = report::merge_map_json("{}", set, {}, line_end).value();
  terminal.out << body << (body.empty() ? "" : line_end + line_end) << "<!-- ATTESTATION_MAP" << line_end << merged << line_end
               << "-->" << line_end;
  return ExitStatus::done;
}

ExitStatus changed_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  Arguments const arguments(
      words, {.values = {"base", "head", "workspace"}, .repeated = {"charts-dir", "exclude-charts"}, .flags = {"json"}});
  arguments.expect_positional(0, 0, "changed --base REF --head REF [--charts-dir D]… [--exclude-charts C]…");
  git::Libgit2 const library;
  std::filesystem::path const workspace = arguments.has("workspace") ? arguments.value("workspace") : ".";
  auto const objects = open_clone(library, workspace);
  auto const base = tree_at(*objects, commit_named(*objects, workspace, arguments.value("base"), "base"));
  auto const head = tree_at(*objects, commit_named(*objects, workspace, arguments.value("head"), "head"));
  auto directories = arguments.all("charts-dir");
  if (directories.empty()) directories.emplace_back("charts");
  auto const found = chart::changed_charts(base, head, {directories, arguments.all("exclude-charts")});
  if (!found) throw BadEnvironment(found.error().code, found.error().sentence());
  auto const& changed = *found;
  if (arguments.has("json")) {
    boost::json::array charts, removed;
    for (auto const& one : changed.changed)
      charts.push_back({{"name", one.name},
                        {"version", one.version},
                        {"path", one.path},
                        {"old_version", one.old_version ? boost::json::value(*one.old_version) : boost::json::value()}});
    for (auto const& one : changed.removed) removed.push_back({{"name", one.name}, {"path", one.path}});
    boost::json::array refused;
    for (auto const& one : changed.refused)
      refused.push_back({{"path", one.path}, {"code", one.why.code}, {"why", one.why.sentence()}});
    boost::json::array outside, skipped;
    for (auto const& path : changed.outside) outside.emplace_back(path);
    for (auto const& one : changed.skipped) skipped.push_back({{"name", one.name}, {"path", one.path}});
    terminal.out
        << to_ascii_json(boost::json::object{
               {"changed", charts}, {"removed", removed}, {"refused", refused}, {"outside", outside}, {"skipped", skipped}})
        << '\n';
  } else {
    for (auto const& one : changed.changed)
      terminal.out << printable(one.path) << "  " << printable(one.old_version.value_or("new")) << " -> "
                   << printable(one.version) << '\n';
    for (auto const& one : changed.removed) terminal.out << printable(one.path) << "  removed\n";
    for (auto const& one : changed.skipped)
      terminal.out << printable(one.path) << "  skipped (" << printable(one.item) << ")\n";
    for (auto const& path : changed.outside)
      terminal.err << "warning: " << printable(path.empty() ? "." : path) << " changes, and lies in no charts directory\n";
    for (auto const& one : changed.refused) terminal.err << "refused: " << printable(one.why.sentence()) << '\n';
  }
  return changed.refused.empty() ? ExitStatus::done : ExitStatus::refused;
}

ExitStatus dry_run_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  std::vector<std::string_view> names{"base", "head", "merge", "workspace", "repository", "repository-id"};
  for (auto const& row : event::input_table()) names.push_back(row.name);
  Arguments const arguments(words, {.values = names, .repeated = {}, .flags = {"json"}});
  arguments.expect_positional(0, 0, "run --base REF --head REF [--repository O/R] [--json] [inputs as options]");

  auto const workspace = workspace_of(arguments);
  release::RunSettings settings;
  auto options = read_options(arguments, terminal, workspace);
  settings.inputs = std::move(options.inputs);
  settings.lists = std::move(options.lists);
  // The report for programs, the words for people who look on.
  bool const as_json = arguments.has("json");
  report::WorkflowLog log(as_json ? terminal.err : terminal.out, report::WorkflowLog::Style::terminal);
  log.mask_token(settings.inputs.token);
  for (auto const& secret : release::credential_secrets(settings.inputs.registry_credentials)) log.mask(secret);
  auto const environment = event::read_runner_environment(terminal.environment);
  auto const repository =
      release::repository_named(arguments.value("repository"), arguments.value("repository-id"), environment);
  name_repository(settings, repository);
  settings.workspace = workspace;
  settings.runner_temp = std::filesystem::temp_directory_path();
  settings.dry_run = true;

  // Without a repository GitHub cannot be asked: what can be seen here is shown, what cannot is said.
  bool const ask_github = !repository.full_name.empty();
  if (!ask_github) settings.inputs.object_source = event::ObjectSourceChoice::local;
  if (ask_github && to_number(repository.id, INT64_MAX).value_or(0) == 0)
    throw BadEnvironment("usage", "--repository needs --repository-id too: the numeric id is the identity (A-50)");
  release::Services services(clone_services(settings.inputs, repository, workspace, terminal), terminal.clock);
  auto const commit = [&](char const* option) {
    return commit_named(services.objects(), workspace, arguments.value(option), option);
  };
  terminal.begin_step("comparing the commits, and proving the charts");
  settings.change.head = commit("head");
  settings.change.base = commit("base");
  if (arguments.has("merge")) settings.change.merge = commit("merge");

  RegistryLogins logins(terminal);
  dependencies::NetworkSource source(services.http(), host_settings(settings.inputs, environment.api_url, logins),
                                     settings.inputs.max_parallel, settings.runner_temp);
  release::DependencyBuild dependencies(source, release::plan_settings(settings.inputs, source), settings.inputs.max_parallel);
  auto const outcome =
      release::run_release(settings, {.objects = services.objects(),
                                      .attestations = ask_github ? &services.attestations() : nullptr,
                                      .verifier = services.verifier(),
                                      .clock = terminal.clock,
                                      .log = log,
                                      .dependencies = settings.inputs.build_dependencies ? &dependencies : nullptr,
                                      .before_proofs =
                                          [&] {
                                            if (ask_github) services.begin_refresh();
                                          },  // T-12
                                      .trusted_roots = [&] { return services.trusted_roots(); }});
  release::log_run(outcome, log, ask_github ? release::RunKind::dry : release::RunKind::dry_without_github);
  log.notice(
      ask_github
          ? "dry run: nothing was written; not checked: the branch gate, rules of the branch"
          : "dry run: nothing was written; not checked without --repository: attestations, the branch gate, rules of the branch");
  log.finish();
  if (as_json) terminal.out << report::verification_report(outcome.record);
  return outcome.status;
}

}  // namespace acr::terminal
