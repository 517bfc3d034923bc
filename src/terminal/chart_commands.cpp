#include "terminal/chart_commands.hpp"

#include <algorithm>
#include <memory>
#include <ostream>
#include <thread>
#include <utility>

#include "chart/package_command.hpp"
#include "git/local_objects.hpp"
#include "support/text.hpp"
#include "terminal/commands.hpp"
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

// What the options say of the work, but for dependencies and registry.
chart::PackageCommand read_package_command(Arguments const& arguments, Terminal const& terminal, git::Libgit2 const& library) {
  chart::PackageCommand command;
  for (auto const& path : arguments.positional) command.charts.emplace_back(path);
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
  if (arguments.has("commit-time"))
    command.commit_time = [&library](chart::ChartLocation const& location) { return last_commit_time(library, location); };
  command.strict = arguments.has("strict");
  if (arguments.has("fail-fast") && arguments.has("keep-going"))
    throw BadEnvironment("usage", "give one of --fail-fast and --keep-going, which is how it is without either");
  command.keep_going = !arguments.has("fail-fast");
  command.case_collision_is_warning = arguments.has("case-collision-warns");
  command.workers = std::max(1U, std::thread::hardware_concurrency());
  return command;
}

// D-38: what is not committed is brought for all charts before the first one is packaged (D-6).
struct Fetched {
  DependencyNetwork network;
  DiskBuild build;

  Fetched(chart::PackageCommand const& command, event::ActionInputs const& inputs, Terminal const& terminal)
      : network(inputs, terminal), build(planned(command, inputs, terminal)) {
    terminal.begin_step("fetching dependencies");
    if (!build.refused() || command.keep_going) build.fetch(network.source());
  }

 private:
  DiskBuild planned(chart::PackageCommand const& command, event::ActionInputs const& inputs, Terminal const& terminal) {
    terminal.begin_step("reading dependencies");
    return {command.charts, release::plan_settings(inputs, network.source()), command.workers};
  }
};

// The last words, and the status.
ExitStatus conclude(std::vector<chart::PackageOutcome> const& outcomes, bool keep_going, DiskBuild const* build,
                    Terminal const& terminal) {
  auto const refused = std::ranges::count_if(outcomes, [](auto const& outcome) { return outcome.refused.has_value(); });
  if (refused == 0) return ExitStatus::done;
  if (!keep_going || static_cast<std::size_t>(refused) == outcomes.size())
    terminal.err << "nothing was written\n";
  else
    terminal.err << refused << " of " << outcomes.size() << " charts refused; the others are written\n";
  bool const unreachable = build != nullptr && build->out_of_reach() && std::ranges::all_of(outcomes, [](auto const& outcome) {
                             return !outcome.refused || outcome.refused->code == "dep-unreachable";
                           });
  return unreachable ? ExitStatus::unreachable : ExitStatus::refused;
}

ExitStatus run_package(Arguments const& arguments, Terminal const& terminal) {
  git::Libgit2 const library;
  auto command = read_package_command(arguments, terminal, library);
  auto const given = read_options(arguments, terminal, ".");
  std::unique_ptr<PlannedPushes> pushes;
  if (auto const& repository = given.lists.oci_repository) {
    warn_of_capitals(*repository, terminal);
    pushes = std::make_unique<PlannedPushes>(*repository, command);
  }
  bool const as_json = arguments.has("json");
  std::unique_ptr<Fetched> fetched;
  if (given.inputs.build_dependencies) {
    fetched = std::make_unique<Fetched>(command, given.inputs, terminal);
    command.dependencies = [&](std::size_t chart, chart::SourceTree const& tree, chart::PackageOptions const& options) {
      return archives_on_disk(fetched->build.charts()[chart], tree, options, command.strict);
    };
    show_fetched(fetched->build, as_json ? terminal.err : terminal.out);
  }
  auto const count = command.charts.size();
  terminal.begin_step("packaging " + std::to_string(count) + (count == 1 ? " chart" : " charts"));
  auto const outcomes = chart::run_package_command(command);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (fetched) show_findings(fetched->build.charts()[i], terminal);
    show_problems(outcomes[i], terminal);
    if (!as_json) show_package(outcomes[i], pushes.get(), i, terminal);
  }
  if (as_json) terminal.out << packages_json(outcomes, pushes.get()) << '\n';
  return conclude(outcomes, command.keep_going, fetched ? &fetched->build : nullptr, terminal);
}

ExitStatus run_list(Arguments const& arguments, Terminal const& terminal) {
  auto const outcome = chart::run_list_command(arguments.positional.front());
  if (!outcome) {
    terminal.err << "refused: " << printable(outcome.error().sentence()) << '\n';
    return ExitStatus::refused;
  }
  terminal.out << (arguments.has("json") ? chart::list_json(*outcome) : chart::list_text(*outcome));
  return ExitStatus::done;
}

}  // namespace

Command package_command() {
  auto letter_d = option("destination", "DIR", "Where packages are written. Without it: the working directory.");
  letter_d.letter = 'd';
  return {.name = "package",
          .usage =
              "CHART… [-d DEST] [--version V] [--app-version V] [--source-date-epoch N] [--commit-time] [--profile "
              "4.2|epoch-all] [--strict] [--fail-fast] [--oci-repository R] [--json] [--dependencies build|off] [other "
              "dependency inputs as options]",
          .meaning = "packages as `helm package` makes them, reproducibly",
          .options = joined(
              {letter_d, option("version", "VERSION", "The version to write into the package."),
               option("app-version", "VERSION", "The appVersion to write into the package."),
               option("source-date-epoch", "SECONDS",
                      "The time of all entries, since 1970. Without it: SOURCE_DATE_EPOCH, else the files' own."),
               flag("commit-time", "Give all entries the time of the last commit that touched the chart."),
               choice("profile", "4.2, epoch-all", "Which Helm's bytes to make."),
               flag("strict", "Take warnings for refusals."), flag("fail-fast", "Write no package when a chart is refused."),
               flag("keep-going", "Write the packages of the other charts, as it is without --fail-fast."),
               flag("case-collision-warns", "Only warn of names that differ in letter case alone."),
               input_option("oci-repository"), json_flag()},
              input_options(dependency_inputs)),
          .least = 1,
          .most = many,
          .run = run_package};
}

Command list_command() {
  return {.name = "list",
          .usage = "CHART [--json]",
          .meaning = "what would be packaged, what is ignored and by which rule",
          .options = {json_flag()},
          .least = 1,
          .most = 1,
          .run = run_list};
}

}  // namespace acr::terminal
