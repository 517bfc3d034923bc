#include "action/source_digests_result.hpp"

#include <utility>

namespace acr::action {

CommandResult source_digests_result(Step const& step, release::SourceDigests const& found, report::Outputs outputs) {
  for (auto const& skipped : found.skipped)
    step.log.notice("chart " + skipped.name + " (" + skipped.path + ") is skipped: exclude-charts has " + skipped.item);
  for (auto const& chart : found.charts) step.log.line(chart.digest + "  " + chart.path);
  CommandResult result{.status = found.refusals.empty() ? ExitStatus::done : ExitStatus::refused,
                       .outputs = std::move(outputs)};
  for (auto const& why : found.refusals) result.findings.push_back({.what = why});
  return result;
}

}  // namespace acr::action
