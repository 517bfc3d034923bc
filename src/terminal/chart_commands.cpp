#include "terminal/chart_commands.hpp"

#include <algorithm>
#include <memory>
#include <ostream>
#include <thread>
#include <utility>

#include "chart/package_command.hpp"
#include "git/local_objects.hpp"
#include "support/text.hpp"
#include "terminal/arguments.hpp"
#include "terminal/dependency_commands.hpp"
#include "terminal/last_commit_time.hpp"
#include "terminal/local_clone.hpp"
#include "terminal/oci_commands.hpp"
#include "terminal/option_inputs.hpp"

namespace acr::terminal {
namespace {

[[noreturn]] void unusable(Rejection const& why) { throw BadEnvironment(why.code, why.sentence()); }

void show_problems(chart::PackageOutcome const& outcome, Terminal const& terminal) {
  for (auto const& warning : outcome.warnings)
    terminal.err << "warning: "
                 << printable(outcome.chart.string() + (warning.file.empty() ? "" : "/" + warning.file) +
                              (warning.line ? ":" + std::to_string(warning.line) : std::string()) + ": " + warning.why)
                 << " [" << warning.rule << "]\n";
  if (outcome.refused) terminal.err << "refused: " << printable(outcome.refused->sentence()) << '\n';
}

// The digests, and with `oci-repository` the one that the package will have in the registry (O-17).
void show_package(chart::PackageOutcome const& outcome, PlannedPushes const* pushes, std::size_t index,
                  Terminal const& terminal) {
  if (outcome.refused || outcome.file.empty()) return;
  terminal.out << "packaged " << printable(outcome.file.string()) << "\n  " << outcome.digest << "  (the .tgz)\n  "
               << outcome.content_digest << "  (its tar, equal to that of Helm's package)\n";
  if (pushes == nullptr || !pushes->of(index)) return;
  auto const& oci = *pushes->of(index);
  terminal.out << "  " << oci.digest << "  (its OCI manifest, " << printable(oci.ref) << ", created " << printable(oci.created)
               << ")\n  " << printable(oci::push_command(pushes->repository(), outcome.file.string())) << '\n';
}

// The first refusal stands for the chart; show_findings() tells the others.
Verdict<std::vector<chart::ExtraArchive>> archives_on_disk(DiskBuild::Chart const& chart, chart::SourceTree const& tree,
                                                           chart::PackageOptions const& options, bool strict) {
  if (auto const refusals = chart.refusals(); !refusals.empty()) return refusals.front();
  if (auto const warnings = chart.warnings(); strict && !warnings.empty())
    return reject("warnings", warnings.front().where, warnings.front().why).rule(warnings.front().rule_number);
  if (chart.fetched.archives.size() != chart.plan.orders.size())
    return reject("dep-missing", chart.location.chart_root, "nothing was fetched, since another chart is refused").rule("D-6");
  return dependencies::archives_of(tree, chart.plan, chart.fetched, options);
}

void show_findings(DiskBuild::Chart const& chart, Terminal const& terminal) {
  for (auto const& warning : chart.warnings()) terminal.err << "warning: " << printable(warning.sentence()) << '\n';
  auto const refusals = chart.refusals();
  for (std::size_t i = 1; i < refusals.size(); ++i) terminal.err << "refused: " << printable(refusals[i].sentence()) << '\n';
}

}  // namespace

ExitStatus package_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  std::vector<std::string_view> values{"destination",       "version", "app-version",
                                       "source-date-epoch", "profile", "oci-repository"};
  values.insert(values.end(), dependency_inputs.begin(), dependency_inputs.end());
  Arguments const arguments(words,
                            {.values = values,
                             .repeated = {},
                             .flags = {"commit-time", "strict", "fail-fast", "keep-going", "case-collision-warns", "json"},
                             .short_d = "destination"});
  arguments.expect_positional(
      1, 10'000,
      "package CHART… [-d DEST] [--version V] [--app-version V] [--oci-repository R] [--fail-fast] [--json] [--dependencies build|off]");
  chart::PackageCommand command;
  for (auto const& path : arguments.positional()) command.charts.emplace_back(path);
  if (arguments.has("destination")) command.destination = arguments.value("destination");
  command.version = arguments.value("version");
  command.app_version = arguments.value("app-version");
  auto const epoch =
      chart::source_date_epoch(arguments.has("source-date-epoch") ? arguments.value("source-date-epoch")
                                                                  : terminal.environment("SOURCE_DATE_EPOCH").value_or(""));
  if (!epoch) unusable(epoch.error());
  command.epoch = *epoch;
  if (arguments.has("profile")) {
    auto const profile = chart::profile_named(arguments.value("profile"));
    if (!profile) unusable(profile.error());
    command.profile = *profile;
  }
  git::Libgit2 const library;
  if (arguments.has("commit-time"))
    command.commit_time = [&](chart::ChartLocation const& location) { return last_commit_time(library, location); };
  command.strict = arguments.has("strict");
  if (arguments.has("fail-fast") && arguments.has("keep-going"))
    throw BadEnvironment("usage", "give one of --fail-fast and --keep-going, which is how it is without either");
  command.keep_going = !arguments.has("fail-fast");
  command.case_collision_is_warning = arguments.has("case-collision-warns");
  command.workers = std::max(1U, std::thread::hardware_concurrency());

  // D-38: what is not committed is brought for all charts before the first one is packaged (D-6).
  auto const given = read_options(arguments, terminal, ".");
  auto const& inputs = given.inputs;
  std::unique_ptr<PlannedPushes> pushes;
  if (auto const& repository = given.lists.oci_repository) {
    warn_of_capitals(*repository, terminal);
    pushes = std::make_unique<PlannedPushes>(*repository, command);
  }
  bool const as_json = arguments.has("json");
  std::unique_ptr<DependencyNetwork> network;
  std::unique_ptr<DiskBuild> build;
  if (inputs.build_dependencies) {
    network = std::make_unique<DependencyNetwork>(inputs, terminal);
    terminal.begin_step("reading dependencies");
    build = std::make_unique<DiskBuild>(command.charts, release::plan_settings(inputs, network->source()), command.workers);
    terminal.begin_step("fetching dependencies");
    if (!build->refused() || command.keep_going) build->fetch(network->source());
    command.dependencies = [&](std::size_t chart, chart::SourceTree const& tree, chart::PackageOptions const& options) {
      return archives_on_disk(build->charts()[chart], tree, options, command.strict);
    };
    show_fetched(*build, as_json ? terminal.err : terminal.out);
  }
  std::size_t refused = 0;
  terminal.begin_step("packaging " + std::to_string(command.charts.size()) +
                      (command.charts.size() == 1 ? " chart" : " charts"));
  auto const outcomes = chart::run_package_command(command);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (build) show_findings(build->charts()[i], terminal);
    show_problems(outcomes[i], terminal);
    if (!as_json) show_package(outcomes[i], pushes.get(), i, terminal);
    refused += outcomes[i].refused.has_value() ? 1 : 0;
  }
  if (as_json) terminal.out << packages_json(outcomes, pushes.get()) << '\n';
  if (refused > 0 && (!command.keep_going || refused == outcomes.size()))
    terminal.err << "nothing was written\n";
  else if (refused > 0)
    terminal.err << refused << " of " << outcomes.size() << " charts refused; the others are written\n";
  bool const unreachable =
      refused > 0 && build && build->out_of_reach() && std::ranges::all_of(outcomes, [](auto const& outcome) {
        return !outcome.refused || outcome.refused->code == "dep-unreachable";
      });
  if (unreachable) return ExitStatus::unreachable;
  return refused > 0 ? ExitStatus::refused : ExitStatus::done;
}

ExitStatus list_command(std::vector<std::string_view> const& words, Terminal const& terminal) {
  Arguments const arguments(words, {.values = {}, .repeated = {}, .flags = {"json"}});
  arguments.expect_positional(1, 1, "list CHART [--json]");
  auto const outcome = chart::run_list_command(arguments.positional().front());
  if (!outcome) {
    terminal.err << "refused: " << printable(outcome.error().sentence()) << '\n';
    return ExitStatus::refused;
  }
  terminal.out << (arguments.has("json") ? chart::list_json(*outcome) : chart::list_text(*outcome));
  return ExitStatus::done;
}

}  // namespace acr::terminal
