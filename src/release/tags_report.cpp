#include "release/tags_report.hpp"

#include <algorithm>
#include <utility>

#include "github/tag_writes.hpp"
#include "report/json_text.hpp"
#include "report/markdown.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

namespace json = boost::json;
using report::json_text;

constexpr std::size_t rows_shown = 1000;

std::size_t count(MissingTags const& found, TagStatus status) {
  return static_cast<std::size_t>(std::ranges::count(found.charts, status, &MissingTag::status));
}

// "2 bundle-source, 1 attestation-without-key"
std::string reasons(MissingTag const& chart) {
  std::string text;
  for (auto const& [code, number] : chart.passed_over)
    text += (text.empty() ? "" : ", ") + std::to_string(number) + " " + std::string(code.text());
  return text;
}

json::array attestations_json(MissingTag const& chart) {
  json::array all;
  for (auto const& each : chart.attestations)
    all.push_back(json::object{{"key", json_text(each.key)},
                               {"id", json_text(each.id)},
                               {"predicate-type", json_text(each.predicate_type)},
                               {"time", to_text(each.time)},
                               {"signer", json_text(each.signer)}});
  return all;
}

void log_chart(MissingTag const& chart, report::WorkflowLog& log) {
  log.open_group(chart.name + (chart.version.empty() ? "" : " " + chart.version) + ": " + to_text(chart.status));
  if (!chart.tag.empty()) log.line("tag   " + chart.tag);
  if (!chart.source_digest.empty()) log.line("source " + chart.source_digest);
  for (auto const& each : chart.attestations)
    log.line("ok    " + each.key + "  id " + each.id + "  signed by " + each.signer + "  at " + to_text(each.time));
  if (!chart.passed_over.empty()) log.line("passed over: " + reasons(chart));
  log.close_group();
  for (auto const& warning : chart.warnings) log.warning(warning, chart.name, chart.tag);
  for (auto const& refusal : chart.refusals) log.refusal(refusal, chart.name, chart.tag, {}, report::Severity::high);
}

}  // namespace

std::optional<Unreachable> create_missing_tags(MissingTags& found, github::Api& api, RunClock& clock) {
  try {
    for (auto& chart : found.charts) {
      if (chart.status != TagStatus::missing) continue;
      clock.check();
      auto const made = github::create_tag(api, {chart.tag, chart.message, found.commit});
      if (!made) {
        chart.refuse(made.error());
        chart.status = TagStatus::refused;
      } else {
        chart.status = *made == github::TagWrite::created ? TagStatus::created : TagStatus::exists;
      }
    }
  } catch (Unreachable const& error) {
    return error;
  }
  return std::nullopt;
}

ExitStatus tags_status(MissingTags const& found, event::VerifyPolicy policy) {
  switch (result_of(found)) {
    case report::Result::success:
    case report::Result::no_charts:
      return ExitStatus::done;
    case report::Result::partial:
      return policy == event::VerifyPolicy::flag ? ExitStatus::done : ExitStatus::refused;
    default:
      return ExitStatus::refused;
  }
}

std::string tags_json(MissingTags const& found) {
  json::array tags;
  for (auto const& chart : found.charts)
    tags.push_back(
        json::object{{"name", json_text(chart.name)},
                     {"version", json_text(chart.version)},
                     {"path", json_text(chart.path)},
                     {"tag", json_text(chart.tag)},
                     {"commit", json_text(found.commit)},
                     {"source-digest", json_text(chart.source_digest)},
                     {"status", to_text(chart.status)},
                     {"message", json_text(chart.message)},
                     {"attestations", attestations_json(chart)},
                     {"passed-over", chart.passed_over_count()},
                     {"reason", json_text(chart.refusals.empty() ? std::string_view() : chart.refusals.front().code.text())}});
  return to_ascii_json(tags);
}

report::Outputs tags_outputs(MissingTags const& found) {
  report::Outputs outputs;
  outputs.set("result", report::to_text(result_of(found)));
  outputs.set("reason", reason_of(found));
  outputs.set("chart-count", std::uint64_t{found.charts.size() - count(found, TagStatus::refused)});
  outputs.set("tags", tags_json(found));
  return outputs;
}

void log_tags(MissingTags const& found, report::WorkflowLog& log) {
  for (auto const& skipped : found.skipped)
    log.notice("chart " + skipped.name + " (" + skipped.path + ") is skipped: exclude-charts has " + skipped.item);
  for (auto const& warning : found.warnings) log.warning(warning);
  for (auto const& chart : found.charts) log_chart(chart, log);
  if (found.charts.empty()) {
    log.line("nothing to tag: " + counted(found.present, "chart") + (found.present == 1 ? " has its tag" : " have their tags"));
    return;
  }
  std::string line = "tags:";
  std::string separator = " ";
  for (auto const status : {TagStatus::created, TagStatus::exists, TagStatus::missing, TagStatus::refused})
    if (auto const number = count(found, status); number > 0)
      line += std::exchange(separator, ", ") + std::to_string(number) + " " + to_text(status);
  log.line(line + "; " + std::to_string(found.present) + " were there");
}

std::string tags_summary(MissingTags const& found) {
  using report::code_span;
  std::string text = "## Atomic chart release: tags\n\n";
  if (found.charts.empty()) return text + "Nothing to tag: every chart of the commit has its tag.\n\n";
  text += "| chart | version | tag | attestations | passed over | |\n|---|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < std::min(found.charts.size(), rows_shown); ++i) {
    auto const& chart = found.charts[i];
    std::string keys;
    for (auto const& each : chart.attestations) keys += (keys.empty() ? "" : ", ") + each.key;
    text += "| " + code_span(chart.name) + " | " + code_span(chart.version) + " | " + code_span(chart.tag) + " | " +
            code_span(keys) + " | " + std::to_string(chart.passed_over_count()) + " | " +
            (chart.refusals.empty() ? to_text(chart.status)
                                    : "**refused** " + code_span(chart.refusals.front().coded_sentence(), 600)) +
            " |\n";
  }
  if (found.charts.size() > rows_shown) text += "\nand " + std::to_string(found.charts.size() - rows_shown) + " more\n";
  if (count(found, TagStatus::created) > 0) text += "\nA pull request to the release branch releases what is tagged.\n";
  return text + "\n";
}

}  // namespace acr::release
