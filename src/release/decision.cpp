#include "release/decision.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "report/limits.hpp"

namespace acr::release {
namespace {

// The inputs that decide a verdict; where results go and how fast says nothing about it.
constexpr std::array verdict_inputs{
    "source-branch",
    "release-branch",
    "charts-dir",
    "exclude-charts",
    "charts-outside",
    "tag-format",
    "diff-mode",
    "dependencies",
    "dependency-pins",
    "verify-policy",
    "missing-lineage",
    "unresolved-id",
    "lineage-subjects",
    "subject-binding",
    "required-attestations",
    "signer-workflows",
    "oidc-issuer",
    "predicate-types",
    "deny-self-hosted",
    "source-digest",
    "trusted-root",
    "trusted-root-refresh",
    "max-charts",
    "title-check",
    "dependency-hosts",
    "dependency-private-hosts",
};

// The change, and the policy that it is judged by.
report::ReleaseRecord record_of_change(RunSettings const& settings) {
  report::ReleaseRecord record;
  record.server_url = settings.repository.server_url;
  record.repository = settings.repository.full_name;
  record.pr_number = settings.change.pr_number;
  record.source_branch = settings.inputs.source_branch;
  record.release_branch = settings.inputs.release_branch;
  record.head = settings.change.head;
  record.base = settings.change.base;
  record.merge = settings.change.merge;
  record.verify_policy = settings.inputs.verify_policy == event::VerifyPolicy::block ? "block" : "flag";
  for (auto const name : verdict_inputs) {
    auto const text = settings.inputs.texts.find(name);
    if (text != settings.inputs.texts.end()) record.policy.emplace_back(name, text->second);
  }
  if (settings.lists.oci_repository) {  // O-10: else nothing of it is reported
    record.policy.emplace_back("oci-repository", settings.lists.oci_repository->text());
    record.policy.emplace_back("oci-check", settings.inputs.texts.at("oci-check"));
  }
  if (settings.source_date_epoch) record.source_date_epoch = settings.source_date_epoch_text;
  return record;
}

bool is_proven(SettledChart const& chart) { return std::holds_alternative<ProvenChart>(chart.verdict); }

Refused const* refusal_of(SettledChart const& chart) { return std::get_if<Refused>(&chart.verdict); }

bool out_of_reach(SettledChart const& chart) {
  auto const* refused = refusal_of(chart);
  return refused != nullptr && refused->out_of_reach;
}

bool refused_otherwise(SettledChart const& chart) {
  auto const* refused = refusal_of(chart);
  return refused != nullptr && refused->otherwise;
}

report::Result result_of(RunSettings const& settings, Findings const& run, std::vector<SettledChart> const& charts) {
  bool const refused = run.refused() || !std::ranges::all_of(charts, is_proven);
  if (!refused) return charts.empty() ? report::Result::no_charts : report::Result::success;
  // Half a release because of a host's bad day is none (D-6).
  bool const partial = settings.inputs.verify_policy == event::VerifyPolicy::flag && !run.refused() &&
                       std::ranges::any_of(charts, is_proven) && std::ranges::none_of(charts, out_of_reach);
  return partial ? report::Result::partial : report::Result::failed;
}

ExitStatus status_of(RunSettings const& settings, RunFacts const& facts, report::Result result,
                     std::vector<SettledChart> const& charts) {
  if (facts.ended_early) return *facts.ended_early;
  if (result != report::Result::failed) return ExitStatus::done;
  bool const block = settings.inputs.verify_policy == event::VerifyPolicy::block;
  bool const final_refusal = facts.findings.refused() || (block && std::ranges::any_of(charts, refused_otherwise));
  return std::ranges::any_of(charts, out_of_reach) && !final_refusal ? ExitStatus::unreachable : ExitStatus::refused;
}

// A refused run names no package: none is left of it.
void forget_package(report::ChartRecord& chart) {
  if (chart.status == report::ChartStatus::packaged) chart.status = report::ChartStatus::held_back;
  chart.package.clear();
  chart.digest.clear();
  chart.oci.reset();
  chart.size = 0;
}

Code first_reason(report::ReleaseRecord const& record) {
  if (!record.refusals.empty()) return record.refusals.front().code;
  for (auto const& chart : record.charts) {
    if (!chart.refusals.empty()) return chart.refusals.front().code;
    for (auto const& entry : chart.entries)
      if (entry.refusal) return entry.refusal->code;
  }
  return {};
}

void warn_of_large_matrix(report::ReleaseRecord& record) {
  auto const packaged = record.packaged_count();
  if (packaged <= report::max_matrix_jobs) return;
  record.warnings.push_back(reject("matrix-too-large", "output matrix",
                                   "a job matrix takes no more than " + std::to_string(report::max_matrix_jobs) + " jobs")
                                .rule("A-26")
                                .found(std::to_string(packaged) + " packages")
                                .fix("attest all packages in one step with subject-checksums, or split the release"));
}

}  // namespace

Decision decide(RunSettings const& settings, RunFacts facts, std::vector<SettledChart> charts) {
  Decision decision;
  auto& record = decision.record;
  record = record_of_change(settings);
  record.result = result_of(settings, facts.findings, charts);
  decision.status = status_of(settings, facts, record.result, charts);
  bool const released = record.result == report::Result::success || record.result == report::Result::partial;
  record.charts.reserve(charts.size());
  for (auto& chart : charts) {
    if (!is_proven(chart)) chart.record.oci.reset();
    if (record.result == report::Result::failed) forget_package(chart.record);
    record.charts.push_back(std::move(chart.record));
    if (auto* proven = std::get_if<ProvenChart>(&chart.verdict); proven != nullptr && released)
      decision.released.push_back(std::move(*proven));
  }
  record.refusals = std::move(facts.findings.refusals);
  record.warnings = std::move(facts.findings.warnings);
  record.removed_charts = std::move(facts.removed_charts);
  record.skipped_charts = std::move(facts.skipped_charts);
  record.trusted_roots = std::move(facts.trusted_roots);
  record.hosts = std::move(facts.hosts);
  record.oci_repository = std::move(facts.oci_repository);
  warn_of_large_matrix(record);
  record.reason = first_reason(record);
  return decision;
}

}  // namespace acr::release
