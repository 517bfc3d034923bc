#include "release/dependency_build.hpp"

#include <utility>

#include "support/errors.hpp"
#include "support/parallel.hpp"

namespace acr::release {

std::vector<DependencyBuild::Plan> DependencyBuild::plan(chart::SourceTree const& tree,
                                                         std::vector<std::string> const& charts) {
  std::vector<dependencies::BuildPlan> plans(charts.size());
  for_each_index(charts.size(), workers_,
                 [&](std::size_t i) { plans[i] = dependencies::plan_build(tree, charts[i], settings_); });
  std::vector<Plan> answers;
  for (std::size_t i = 0; i < charts.size(); ++i) {
    auto& plan = plans[i];
    refused_offline_ = refused_offline_ || !plan.refusals.empty();
    answers.push_back({.findings = {plan.refusals, plan.warnings}, .waits = plan.refusals.empty() && !plan.orders.empty()});
    planned_[charts[i]] = {std::move(plan), {}};
  }
  return answers;
}

std::vector<DependencyBuild::Fetched> DependencyBuild::fetch(std::vector<std::string> const& charts) {
  std::vector<dependencies::BuildPlan const*> plans;
  for (auto const& chart : charts) plans.push_back(&planned_.at(chart).plan);
  auto fetched = dependencies::fetch_archives(plans, source_, workers_, settings_.limits);
  std::vector<Fetched> answers;
  for (std::size_t i = 0; i < charts.size(); ++i) {
    auto& answer = answers.emplace_back(Fetched{.findings = {fetched[i].refusals, fetched[i].warnings}, .dependencies = {}});
    for (auto const& each : fetched[i].dependencies) answer.dependencies.push_back(record_of(each));
    planned_.at(charts[i]).archives = std::move(fetched[i]);
  }
  return answers;
}

Verdict<std::vector<chart::ExtraArchive>> DependencyBuild::archives(chart::SourceTree const& tree, std::string const& chart,
                                                                    chart::PackageOptions const& options) const {
  auto const& planned = planned_.at(chart);
  return dependencies::archives_of(tree, planned.plan, planned.archives, options);
}

Verdict<std::vector<chart::ExtraArchive>> archives_for(chart::SourceTree const& tree, std::string const& chart_root,
                                                       chart::PackageOptions const& options, RebuildTools const& tools) {
  auto const plan = dependencies::plan_build(tree, chart_root, tools.plan);
  if (!plan.refusals.empty()) return plan.refusals.front();
  auto const fetched = dependencies::fetch_archives({&plan}, tools.source, 1, tools.plan.limits);
  if (auto const& refusals = fetched.front().refusals; !refusals.empty()) {
    if (refusals.front().code == "dep-unreachable") throw Unreachable("dep-unreachable", refusals.front().sentence());
    return refusals.front();
  }
  return dependencies::archives_of(tree, plan, fetched.front(), options);
}

report::Dependency record_of(dependencies::FetchedDependency const& fetched) {
  return {.name = fetched.name,
          .version = fetched.version,
          .repository = fetched.repository,
          .url = fetched.url,
          .sha256 = fetched.sha256,
          .oci_manifest = fetched.oci_manifest,
          .pinned = fetched.pinned,
          .pin_line = fetched.pin_line};
}

dependencies::Pins pins_of(event::ActionInputs const& inputs) {
  return inputs.dependency_pins == event::DependencyPins::require ? dependencies::Pins::require : dependencies::Pins::warn;
}

}  // namespace acr::release
