#include "terminal/git_commands.hpp"

#include <filesystem>
#include <ostream>
#include <utility>

#include "chart/changed_charts.hpp"
#include "event/branch_gate.hpp"
#include "git/annotated_tag.hpp"
#include "git/tag_annotation.hpp"
#include "report/attestation_map.hpp"
#include "report/pull_request_body.hpp"
#include "support/json.hpp"
#include "support/text.hpp"
#include "terminal/commands.hpp"
#include "terminal/local_clone.hpp"

namespace acr::terminal {
namespace {

constexpr std::size_t annotation_bytes = (std::size_t{1} << 20) + 1;  // A-92: one more than is read
constexpr std::size_t body_bytes = std::size_t{1} << 20;

ExitStatus run_lineage(Arguments const& arguments, Terminal const& terminal) {
  auto const& name = arguments.positional.front();
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

ExitStatus run_annotate(Arguments const& arguments, Terminal const& terminal) {
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

ExitStatus run_gate(Arguments const& arguments, Terminal const& terminal) {
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
  terminal.out << (skip ? "skip: " : "reject: ") << decision.reason->code.text() << ": "
               << printable(decision.reason->sentence()) << '\n';
  return skip ? ExitStatus::done : ExitStatus::refused;
}

ExitStatus run_map(Arguments const& arguments, Terminal const& terminal) {
  auto const body = read_named_file(arguments.positional.front(), body_bytes);
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

ExitStatus run_changed(Arguments const& arguments, Terminal const& terminal) {
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
      refused.push_back({{"path", one.path}, {"code", one.why.code.text()}, {"why", one.why.sentence()}});
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

}  // namespace

Command lineage_command() {
  return {.name = "lineage",
          .usage = "FILE|TAG [--json]",
          .meaning = "parse a tag's annotation and show the result",
          .options = {workspace_option(), json_flag()},
          .least = 1,
          .most = 1,
          .run = run_lineage};
}

Command annotate_command() {
  return {
      .name = "annotate",
      .usage = "--chart C --version V --entry KEY=ID,sha256:HEX… [--commit SHA] [--source-pr N] [--changelog FILE]",
      .meaning = "the annotation of a tag, with its lineage block",
      .options = {option("chart", "NAME", "The chart that is tagged."), option("version", "VERSION", "Its version."),
                  repeated("entry", "KEY=ID,sha256:HEX", "An attestation: its key, its id, and the digest of what it attests."),
                  flag("allow-missing-digests", "Take entries that have an id alone."),
                  option("commit", "SHA", "The commit that is tagged, for the text."),
                  option("source-pr", "N", "The pull request that the change came from, for the text."),
                  option("changelog", "FILE", "Text to put before the lineage block.")},
      .run = run_annotate};
}

Command gate_command() {
  return {.name = "gate",
          .usage = "--event FILE --repository O/R [--source-branch B] [--release-branch B]",
          .meaning = "the branch gate's verdict on an event file",
          .options = {option("event", "FILE", "The payload of the event, as GITHUB_EVENT_PATH has it."),
                      option("event-name", "NAME", "The event's name. Without it: pull_request."),
                      option("repository", "O/R", "The repository that the event must be about."),
                      input_option("source-branch"), input_option("release-branch")},
          .run = run_gate};
}

Command map_command() {
  return {.name = "map",
          .usage = "FILE [--set KEY=ID]…",
          .meaning = "the attestation map of a pull request's description, read or merged",
          .options = {repeated("set", "KEY=ID", "Print the description with this member in its map.")},
          .least = 1,
          .most = 1,
          .run = run_map};
}

Command changed_command() {
  return {.name = "changed",
          .usage = "--base REF --head REF [--charts-dir D]… [--exclude-charts C]… [--json]",
          .meaning = "charts that change between two commits of this clone",
          .options = {option("base", "REF", "The commit to compare with."), option("head", "REF", "The commit to look at."),
                      workspace_option(),
                      repeated("charts-dir", "DIR", "A directory whose direct children are charts. Without it: charts."),
                      repeated("exclude-charts", "CHART",
                               "A chart to leave alone: a name, or a path; `*` and `?` stay within a segment."),
                      json_flag()},
          .run = run_changed};
}

}  // namespace acr::terminal
