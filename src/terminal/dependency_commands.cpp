#include "terminal/dependency_commands.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <ostream>
#include <utility>

#include "chart/link_resolution.hpp"
#include "dependencies/lock_pins.hpp"
#include "report/json_text.hpp"
#include "support/atomic_file.hpp"
#include "support/json.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"
#include "terminal/option_inputs.hpp"

namespace acr::terminal {
namespace {

using dependencies::ExplainedDependency;
using report::json_text;

std::vector<std::filesystem::path> paths_of(Arguments const& arguments) {
  return {arguments.positional.begin(), arguments.positional.end()};
}

void show(std::vector<Rejection> const& all, std::string_view what, Terminal const& terminal) {
  for (auto const& one : all) terminal.err << what << printable(one.coded_sentence()) << '\n';
}

std::string origin_text(ExplainedDependency const& row) {
  switch (row.origin) {
    case ExplainedDependency::Origin::committed:
      return "committed, " + row.place + " (" + row.version + ")";
    case ExplainedDependency::Origin::local:
      return "packaged from " + row.place + " (" + row.version + ")";
    case ExplainedDependency::Origin::fetched:
      return "fetched from " + row.place;
    case ExplainedDependency::Origin::nowhere:
      return "missing";
  }
  return {};
}

char const* origin_name(ExplainedDependency::Origin origin) {
  switch (origin) {
    case ExplainedDependency::Origin::committed:
      return "committed";
    case ExplainedDependency::Origin::local:
      return "local";
    case ExplainedDependency::Origin::fetched:
      return "fetched";
    case ExplainedDependency::Origin::nowhere:
      return "missing";
  }
  return "missing";
}

void explain_text(DiskBuild::Chart const& chart, Terminal const& terminal) {
  auto& out = terminal.out;
  out << printable(chart.given.string()) << ": ";
  if (chart.plan.declared.empty())
    out << "declares no dependencies\n";
  else
    out << (chart.plan.lock_file.empty() ? "no lock" : chart.plan.lock_file)
        << (chart.plan.needs_build() ? ", needs a build\n" : ", complete as committed\n");
  for (auto const& row : chart.plan.declared) {
    out << "  " << printable(row.name + (row.alias.empty() ? "" : " as " + row.alias)) << '\n'
        << "    declared  " << printable(row.constraint.empty() ? "any version" : row.constraint) << '\n'
        << "    locked    " << printable(row.locked.empty() ? "no" : row.locked) << '\n'
        << "    from      " << printable(row.repository.empty() ? "charts/ only" : row.repository) << '\n'
        << "    pinned    " << printable(row.pin.empty() ? "no" : row.pin) << '\n'
        << "    here      " << printable(origin_text(row)) << '\n';
  }
  // What comes in through local dependencies is decided by their own locks.
  for (std::size_t i = 1; i < chart.plan.directories.size(); ++i)
    for (auto const& missing : chart.plan.directories[i].missing)
      if (!missing.is_local)
        out << "  through "
            << printable(chart.plan.directories[i].root + ": " + missing.locked.name + " " + missing.locked.version + " from " +
                         dependencies::shown_repository(missing.locked.repository) +
                         (missing.locked.pin.empty() ? ", not pinned" : ", pinned"))
            << '\n';
}

boost::json::array findings_json(std::vector<Rejection> const& all) {
  boost::json::array array;
  for (auto const& one : all)
    array.push_back({{"code", json_text(one.code.text())},
                     {"where", json_text(one.where)},
                     {"why", json_text(one.why)},
                     {"rule", json_text(one.rule_number)},
                     {"expected", json_text(one.expected_value)},
                     {"found", json_text(one.found_value)},
                     {"fix", json_text(one.fix_text)}});
  return array;
}

boost::json::object explain_json(DiskBuild::Chart const& chart) {
  boost::json::array declared, through;
  for (auto const& row : chart.plan.declared)
    declared.push_back({{"name", json_text(row.name)},
                        {"alias", json_text(row.alias)},
                        {"constraint", json_text(row.constraint)},
                        {"locked", json_text(row.locked)},
                        {"repository", json_text(row.repository)},
                        {"pin", json_text(row.pin)},
                        {"origin", origin_name(row.origin)},
                        {"place", json_text(row.place)},
                        {"version", json_text(row.version)}});
  for (std::size_t i = 1; i < chart.plan.directories.size(); ++i)
    for (auto const& missing : chart.plan.directories[i].missing)
      if (!missing.is_local)
        through.push_back({{"chart", json_text(chart.plan.directories[i].root)},
                           {"name", json_text(missing.locked.name)},
                           {"locked", json_text(missing.locked.version)},
                           {"repository", json_text(dependencies::shown_repository(missing.locked.repository))},
                           {"pin", json_text(missing.locked.pin)}});
  return {{"chart", json_text(chart.given.string())},
          {"lock", json_text(chart.plan.lock_file)},
          {"complete", !chart.plan.needs_build()},
          {"dependencies", std::move(declared)},
          {"through", std::move(through)},
          {"refusals", findings_json(chart.refusals())},
          {"warnings", findings_json(chart.warnings())}};
}

/// Writes the digests of what came for the chart itself into its lock; those of local dependencies belong into theirs.
Verdict<std::size_t> write_pins(DiskBuild::Chart const& chart) {
  if (!chart.plan.needs_build()) return std::size_t{0};
  std::vector<dependencies::LockPin> pins;
  for (auto const& missing : chart.plan.directories.front().missing) {
    if (missing.is_local || !missing.locked.pin.empty()) continue;
    auto const& digest = chart.fetched.archives.at(missing.index).sha256;
    if (!missing.locked.from_lock)
      return reject("dep-lock-missing", chart.given.string(),
                    "Chart.lock is missing, which would hold the pin of " + missing.locked.name)
          .rule("D-29")
          .expected("a committed Chart.lock")
          .found("none")
          .fix("run `helm dependency update` and commit the lock");
    pins.push_back({missing.locked.locked_line, digest});
  }
  if (pins.empty()) return std::size_t{0};
  auto const file = chart::resolve(*chart.tree, chart::joined(chart.location.chart_root, chart.plan.lock_file));
  if (!file) return file.error();
  auto const lock = chart.tree->read(file->path, chart::text_bytes);
  if (!lock) return reject("file-too-large", chart.plan.lock_file, "the file is too large for a chart").rule("P-18");
  auto const pinned = dependencies::with_pins(*lock, (chart.given / chart.plan.lock_file).string(), pins);
  if (!pinned) return pinned.error();
  write_file(chart.location.repository / file->path, *pinned);
  return pins.size();
}

}  // namespace

std::vector<Rejection> DiskBuild::Chart::refusals() const {
  auto all = plan.refusals;
  all.insert(all.end(), fetched.refusals.begin(), fetched.refusals.end());
  return all;
}

std::vector<Rejection> DiskBuild::Chart::warnings() const {
  auto all = plan.warnings;
  all.insert(all.end(), fetched.warnings.begin(), fetched.warnings.end());
  return all;
}

DiskBuild::DiskBuild(std::vector<std::filesystem::path> const& charts, dependencies::PlanSettings const& settings,
                     std::size_t workers)
    : workers_(workers), charts_(charts.size()) {
  for_each_index(charts.size(), workers, [&](std::size_t i) {
    auto& chart = charts_[i];
    chart.given = charts[i];
    chart.location = chart::locate_chart(charts[i]);
    chart.tree = std::make_unique<chart::DirectoryTree>(chart.location.repository);
    chart.plan = dependencies::plan_build(*chart.tree, chart.location.chart_root, settings);
  });
}

void DiskBuild::fetch(dependencies::ArchiveSource& source) {
  std::vector<dependencies::BuildPlan const*> plans;
  for (auto const& chart : charts_) plans.push_back(&chart.plan);
  auto fetched = dependencies::fetch_archives(plans, source, workers_);
  for (std::size_t i = 0; i < charts_.size(); ++i) charts_[i].fetched = std::move(fetched[i]);
}

bool DiskBuild::refused() const {
  return std::ranges::any_of(
      charts_, [](Chart const& chart) { return !chart.plan.refusals.empty() || !chart.fetched.refusals.empty(); });
}

bool DiskBuild::out_of_reach() const {
  std::vector<Rejection> all;
  for (auto const& chart : charts_) std::ranges::move(chart.refusals(), std::back_inserter(all));
  return !all.empty() && std::ranges::all_of(all, [](Rejection const& one) { return one.code == "dep-unreachable"; });
}

void show_fetched(DiskBuild const& build, std::ostream& out) {
  for (auto const& chart : build.charts())
    for (auto const& each : chart.fetched.dependencies)
      out << "fetched " << printable(each.name + " " + each.version + "  " + each.url + "  for " + chart.given.string())
          << "\n  "
          << printable(each.pinned ? each.sha256 + "  pinned" : each.pin_line + "  (paste this into its entry of the lock)")
          << '\n';
}

namespace {

ExitStatus run_dependencies(Arguments const& arguments, Terminal const& terminal) {
  auto const inputs = inputs_of_options(arguments, terminal, ".");
  DependencyNetwork network(inputs, terminal);
  DiskBuild const build(paths_of(arguments), release::plan_settings(inputs, network.source()), inputs.max_parallel);
  if (arguments.has("json")) {
    boost::json::array all;
    for (auto const& chart : build.charts()) all.push_back(explain_json(chart));
    terminal.out << to_pretty_json(all);
  } else {
    for (auto const& chart : build.charts()) {
      explain_text(chart, terminal);
      show(chart.warnings(), "warning: ", terminal);
      show(chart.refusals(), "refused: ", terminal);
    }
  }
  return build.refused() ? ExitStatus::refused : ExitStatus::done;
}

ExitStatus run_pin(Arguments const& arguments, Terminal const& terminal) {
  auto inputs = inputs_of_options(arguments, terminal, ".");
  inputs.dependency_pins = event::DependencyPins::warn;  // pins are what is missing here
  DependencyNetwork network(inputs, terminal);
  DiskBuild build(paths_of(arguments), release::plan_settings(inputs, network.source()), inputs.max_parallel);
  terminal.begin_step("fetching dependencies");
  if (!build.refused()) build.fetch(network.source());
  bool refused = build.refused();
  for (auto const& chart : build.charts()) {
    show(chart.plan.warnings, "warning: ", terminal);
    show(chart.refusals(), "refused: ", terminal);
  }
  if (refused) {
    terminal.err << "nothing was written\n";
    return build.out_of_reach() ? ExitStatus::unreachable : ExitStatus::refused;
  }
  for (auto const& chart : build.charts()) {
    auto const written = write_pins(chart);
    if (!written) {
      terminal.err << "refused: " << printable(written.error().sentence()) << '\n';
      refused = true;
      continue;
    }
    terminal.out << printable(chart.given.string()) << ": " << *written << (*written == 1 ? " pin" : " pins") << " written\n";
  }
  return refused ? ExitStatus::refused : ExitStatus::done;
}

}  // namespace

Command dependencies_command() {
  return {.name = "dependencies",
          .usage = "CHART… [--json] [dependency inputs as options]",
          .meaning = "each declared dependency: constraint, lock, pin, and where it comes from; asks no host",
          .options = joined({json_flag()}, input_options(dependency_inputs)),
          .least = 1,
          .most = many,
          .run = run_dependencies};
}

Command pin_command() {
  return {.name = "pin",
          .usage = "CHART… [dependency inputs as options]",
          .meaning = "fetches what charts/ lacks and writes its digests into Chart.lock",
          .options = input_options(dependency_inputs),
          .least = 1,
          .most = many,
          .run = run_pin};
}

}  // namespace acr::terminal
