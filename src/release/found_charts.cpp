#include "release/found_charts.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "chart/changed_charts.hpp"
#include "event/branch_gate.hpp"
#include "release/packaged_chart.hpp"
#include "support/errors.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

constexpr std::size_t names_logged = 20;

git::ObjectId tree_of(git::ObjectSource& objects, git::ObjectId const& id, std::string_view what) {
  auto const commit = objects.commit(id);
  if (!commit)
    throw BadEnvironment("object-missing",
                         "the " + std::string(what) + " commit " + id +
                             " is in no object source; add a checkout step with fetch-depth: 0 or set object-source: auto");
  return commit->tree;
}

// B-19: a chart that nobody releases must not make a green run when it is all that changed.
void report_outside(RunSettings const& settings, chart::ChangedCharts const& found, Findings& run) {
  bool const alone = found.changed.empty() && found.refused.empty();
  auto const add = [&](std::string const& path, std::string why) {
    auto outside = reject("chart-outside", path, std::move(why))
                       .rule("B-19")
                       .expected("a direct child of a charts directory")
                       .fix("add its directory to charts-dir, or name it in exclude-charts");
    if (alone && settings.inputs.charts_outside_fails)
      run.refuse(std::move(outside));
    else
      run.warn(std::move(outside));
  };
  for (auto const& path : found.outside)
    add(path.empty() ? "." : path, "a chart changes here, and no charts directory holds it");
  if (!found.outside_complete) add("repository", "more charts change outside the charts directories than can be listed");
}

void log_changed(std::vector<FoundChart> const& charts, report::WorkflowLog& log) {
  if (charts.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < std::min(charts.size(), names_logged); ++i) {
    auto const& chart = charts[i].chart;
    names += (names.empty() ? "" : ", ") + chart.name + (chart.version.empty() ? "" : " " + chart.version);
  }
  log.line("changed: " + names +
           (charts.size() > names_logged ? " and " + std::to_string(charts.size() - names_logged) + " more" : std::string()));
}

ChangedChart unproved(chart::ChangedChart const& found, std::string const& tag_format) {
  return {.name = found.name,
          .version = found.version,
          .path = found.path,
          .tag = found.version.empty() ? std::string() : tag_name(tag_format, found.name, found.version)};
}

// What is said of charts that are not released.
void report_others(chart::ChangedCharts const& found, FoundCharts& result, report::WorkflowLog& log, Findings& run) {
  for (auto const& gone : found.removed) {
    result.removed.push_back(gone.name);
    log.notice("chart " + gone.name + " (" + gone.path + ") was removed; nothing is packaged for it");
  }
  std::ranges::sort(result.removed);
  for (auto const& moved : found.moved) log.notice("chart " + moved.name + " moved from " + moved.from + " to " + moved.to);
  for (auto const& [path, warning] : found.warnings) run.warn(finding(warning, path));
  for (auto const& skipped : found.skipped) {
    result.skipped.push_back(skipped.path);
    log.notice("chart " + skipped.name + " (" + skipped.path + ") is skipped: exclude-charts has " + skipped.item);
  }
}

}  // namespace

ReleaseTrees open_trees(RunSettings const& settings, git::ObjectSource& objects) {
  auto const& change = settings.change;
  objects.prefetch_objects(git::ObjectType::commit, {change.head, change.base, change.merge});
  std::vector<git::ObjectId> roots{tree_of(objects, change.head, "head")};
  git::ObjectId base = change.base;
  if (settings.inputs.diff_mode == event::DiffMode::merge_base) {
    auto const common = objects.merge_base(change.base, change.head);
    if (!common)
      throw BadEnvironment("merge-base-unknown",
                           "no object source knows a common ancestor of " + change.base + " and " + change.head);
    base = *common;
  }
  roots.push_back(tree_of(objects, base, "base"));
  // compared when it is at hand, and never a reason to fail.
  if (!change.merge.empty() && change.merge != change.head)
    if (auto const merge = objects.commit(change.merge)) roots.push_back(merge->tree);
  std::set<git::ObjectId> const different(roots.begin(), roots.end());
  std::vector<git::ObjectId> const wanted(different.begin(), different.end());
  for_each_index(wanted.size(), wanted.size(), [&](std::size_t i) { objects.prefetch_trees(wanted[i]); });
  ReleaseTrees trees;
  trees.head = std::make_unique<GitSourceTree>(objects, roots[0]);
  trees.base = std::make_unique<GitSourceTree>(objects, roots[1]);
  if (roots.size() > 2) trees.merge = std::make_unique<GitSourceTree>(objects, roots[2]);
  return trees;
}

FoundCharts find_changed_charts(RunSettings const& settings, ReleaseTrees const& trees, report::WorkflowLog& log,
                                Findings& run) {
  auto const& inputs = settings.inputs;
  auto found = chart::changed_charts(*trees.base, *trees.head, {inputs.charts_dirs, inputs.exclude_charts});
  // B-18: the configuration cannot be meant; whether a checkout is there or not, the status is the same.
  if (!found) throw BadEnvironment(found.error().code, found.error().sentence());
  FoundCharts result;
  report_others(*found, result, log, run);
  auto& charts = result.changed;
  charts.reserve(found->changed.size() + found->refused.size());
  for (auto const& chart : found->changed) charts.push_back({unproved(chart, inputs.tag_format), {}});
  for (auto& [path, why] : found->refused)
    charts.push_back({{.name = std::string(chart::base_name(path)), .version = {}, .path = path, .tag = {}},
                      {.refusals = {std::move(why)}, .warnings = {}}});
  std::ranges::sort(charts, {}, [](FoundChart const& each) { return std::pair(each.chart.name, each.chart.path); });
  report_outside(settings, *found, run);
  log_changed(charts, log);
  return result;
}

void check_change(RunSettings const& settings, std::vector<FoundChart> const& charts, Findings& run) {
  if (settings.inputs.max_charts != 0 && charts.size() > settings.inputs.max_charts)
    run.refuse(reject("too-many-charts", "pull request", "more charts change than max-charts allows")
                   .rule("A-67")
                   .expected("at most " + std::to_string(settings.inputs.max_charts))
                   .found(std::to_string(charts.size()))
                   .fix("split the release, or raise max-charts"));
  if (settings.inputs.title_check == event::Level::off || charts.empty()) return;
  std::vector<std::string> releases;
  for (auto const& [chart, findings] : charts) releases.push_back(chart.name + "-v" + chart.version);
  auto const title = event::check_title(settings.change.title, releases);
  if (title) return;
  if (settings.inputs.title_check == event::Level::fail)
    run.refuse(title.error());
  else
    run.warn(title.error());
}

void place_in_registry(RunSettings const& settings, std::vector<FoundChart>& charts, Findings& run) {
  auto const& repository = settings.lists.oci_repository;
  if (!repository) return;
  if (repository->folded) run.warn(oci::folded_warning(*repository, "input oci-repository"));
  for (auto& [chart, findings] : charts) {
    if (findings.refused()) continue;
    auto reference = oci::chart_reference(*repository, chart.name, chart.version);
    if (reference)
      chart.reference = std::move(*reference);
    else
      findings.refuse(Rejection(reference.error()).within(chart.path).in_source(chart.path + "/Chart.yaml", 0));
  }
}

}  // namespace acr::release
