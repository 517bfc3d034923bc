#include "release/run_log.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "support/text.hpp"

namespace acr::release {
namespace {

std::string mark(report::LineageEntry const& entry) {
  switch (entry.status) {
    case report::EntryStatus::verified:
      return "ok    ";
    case report::EntryStatus::verified_other_id:
      return entry.refusal ? "FAIL  " : "warn  ";
    case report::EntryStatus::unresolved:
      return entry.refusal ? "FAIL  " : "?     ";  // a dry run asks nobody
    case report::EntryStatus::failed:
      return "FAIL  ";
  }
  return "FAIL  ";
}

void log_entry(report::LineageEntry const& entry, report::WorkflowLog& log) {
  std::string line = mark(entry) + entry.key + "  id " + entry.id;
  if (entry.facts) {
    line += "  signed by " + entry.facts->signer;
    if (!entry.facts->times.empty()) line += "  at " + entry.facts->times.front().time;
    if (!entry.bound.empty()) line += "  bound by " + entry.bound;
  } else {
    line +=
        entry.status == report::EntryStatus::unresolved && !entry.refusal ? "  not asked for" : "  " + to_text(entry.status);
  }
  log.line(line);
  for (auto const& check : entry.checks)
    if (!check.passed) log.line("        " + check.rule + " " + check.name + ": " + check.detail);
}

// What a dry run says: nothing is released by it, and what it has not looked at is not proved.
std::string forecast(report::ReleaseRecord const& record, RunKind kind) {
  auto const good = record.packaged_count();
  std::string const of =
      std::to_string(good) + " of " + std::to_string(record.charts.size()) + (record.charts.size() == 1 ? " chart" : " charts");
  switch (record.result) {
    case report::Result::success:
    case report::Result::partial:
      return kind == RunKind::dry
                 ? "would release: " + of + ", " + std::to_string(record.entry_count(report::EntryStatus::verified)) +
                       " attestations verified"
                 : "would release, if all attestations verify: " + of;
    case report::Result::no_charts:
      return "nothing to release: no chart changes";
    case report::Result::skipped:
      return "skipped: " + std::string(record.reason.text());
    case report::Result::failed:
      return "would refuse: " + std::string(record.reason.text());
  }
  return {};
}

std::string verdict(report::ReleaseRecord const& record) {
  std::size_t const packaged = record.packaged_count();
  std::string const charts = std::to_string(record.charts.size()) + (record.charts.size() == 1 ? " chart" : " charts");
  switch (record.result) {
    case report::Result::success:
      return "released: " + charts + ", " + std::to_string(record.entry_count(report::EntryStatus::verified)) +
             " attestations verified";
    case report::Result::partial:
      return "partly released: " + std::to_string(packaged) + " of " + charts;
    case report::Result::no_charts:
      return "nothing to release: no chart changes";
    case report::Result::skipped:
      return "skipped: " + std::string(record.reason.text());
    case report::Result::failed:
      return "refused: " + std::string(record.reason.text()) + "; nothing is released";
  }
  return {};
}

constexpr std::uint64_t max_line = 10'000'000;

// "Chart.yaml:3" and "values.schema.json:3:1" as file and line; a name alone counts only as one that every chart may have,
// since a place may also be a dependency's name.
std::optional<std::pair<std::string, std::size_t>> file_and_line(std::string_view place) {
  constexpr std::array<std::string_view, 7> names{"Chart.yaml",        "Chart.lock",        "values.yaml", "values.schema.json",
                                                  "requirements.yaml", "requirements.lock", ".helmignore"};
  std::optional<std::uint64_t> line;
  for (int numbers = 0; numbers < 2; ++numbers) {  // line, and perhaps column
    auto const colon = place.rfind(':');
    auto const number = colon == std::string_view::npos ? std::nullopt : to_number(place.substr(colon + 1), max_line);
    if (!number) break;
    line = number;
    place = place.substr(0, colon);
  }
  bool const is_file = line ? !place.empty() : std::ranges::find(names, place) != names.end();
  if (!is_file || place.find(": ") != std::string_view::npos) return std::nullopt;
  return std::pair(std::string(place), static_cast<std::size_t>(line.value_or(0)));
}

}  // namespace

Rejection pointing_at_file(Rejection finding, std::string_view chart_path) {
  if (!finding.source_file.empty()) return finding;
  std::string const root = chart_path.empty() ? "." : std::string(chart_path);
  std::string_view place = finding.where;
  if (!place.starts_with(root)) return finding;
  place.remove_prefix(root.size());
  if (place.starts_with("/"))
    place.remove_prefix(1);
  else if (place.starts_with(": "))
    place.remove_prefix(2);
  else
    return finding;
  auto const found = file_and_line(place);
  if (!found) return finding;
  return std::move(finding).in_source(chart_path.empty() ? found->first : root + "/" + found->first, found->second);
}

void log_chart(report::ChartRecord const& chart, report::WorkflowLog& log) {
  log.open_group(chart.name + (chart.version.empty() ? "" : " " + chart.version) + ": " + to_text(chart.status));
  if (!chart.commit.empty()) log.line("tag   " + chart.tag + " on " + chart.commit);
  for (auto const& entry : chart.entries) log_entry(entry, log);
  for (auto const& dependency : chart.dependencies)
    log.line("dep   " + dependency.name + " " + dependency.version + "  " + dependency.url + "  " + dependency.sha256 +
             (dependency.pinned ? "  pinned" : "  not pinned"));
  if (!chart.package.empty())
    log.line("file  " + chart.package + "  " + std::to_string(chart.size) + " bytes  " + chart.digest);
  if (chart.oci)
    log.line("oci   " + chart.oci->ref + "  " + chart.oci->digest + "  created " + chart.oci->created +
             (chart.oci_state == "published" ? "  published already: the push is not needed, and harmless"
              : chart.oci_state == "free"    ? "  the tag is free"
                                             : ""));
  for (auto const& warning : chart.warnings) log.line("warn  " + warning.sentence());
  for (auto const& refusal : chart.refusals) log.line("FAIL  " + refusal.sentence());
  log.close_group();

  for (auto const& warning : chart.warnings) log.warning(warning, chart.name, chart.tag);
  for (auto const& refusal : chart.refusals)
    log.refusal(pointing_at_file(refusal, chart.path), chart.name, chart.tag, {}, report::Severity::high);
  for (auto const& entry : chart.entries) {
    for (auto const& warning : entry.warnings) log.warning(warning, chart.name, chart.tag, entry.key);
    if (entry.refusal) log.refusal(*entry.refusal, chart.name, chart.tag, entry.key);
  }
}

void log_run(RunOutcome const& outcome, report::WorkflowLog& log, RunKind kind) {
  auto const& record = outcome.record;
  for (auto const& chart : record.charts)
    if (chart.status == report::ChartStatus::held_back)
      log.line("held back: " + chart.name + " " + chart.version + "; another chart or the run is refused");
  for (auto const& warning : record.warnings) log.warning(warning);
  for (auto const& refusal : record.refusals) log.refusal(refusal, {}, {}, {}, report::Severity::high);
  log.line(kind == RunKind::release ? verdict(record) : forecast(record, kind));
}

}  // namespace acr::release
