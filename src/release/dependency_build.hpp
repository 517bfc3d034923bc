#pragma once

// The dependencies of a run's charts: src/release/dependency_build.hpp (dependencies.md D-1 … D-6, D-31)
// Glue between the pipeline and the room that builds: plans by chart, one fetch for all, records and warnings.

#include <map>
#include <vector>

#include "chart/packager.hpp"
#include "chart/source_tree.hpp"
#include "dependencies/builder.hpp"
#include "event/inputs.hpp"
#include "release/chart_work.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// `dependencies: build`. Not thread-safe but for archives().
class DependencyBuild {
 public:
  /// `tree` is the head; all must live longer. `workers`: charts or archives looked at together.
  DependencyBuild(dependencies::ArchiveSource& source, dependencies::PlanSettings settings, std::size_t workers)
      : source_(source), settings_(std::move(settings)), workers_(workers) {}

  /// Offline (D-6): decides what each chart lacks, refuses what cannot be built. True for a chart: it waits for fetch().
  std::vector<bool> plan(chart::SourceTree const& tree, std::vector<ChartWork*> const& charts);
  /// Some chart was refused by plan(): under `verify-policy: block` nothing is fetched then.
  [[nodiscard]] bool refused_offline() const { return refused_offline_; }
  /// Fetches for all these charts together; fills in the records' dependencies, or refuses.
  void fetch(std::vector<ChartWork*> const& charts);
  /// What to package a planned, fetched chart with; thread-safe.
  [[nodiscard]] Verdict<std::vector<chart::ExtraArchive>> archives(chart::SourceTree const& tree, ChartWork const& chart,
                                                                   chart::PackageOptions const& options) const;
  /// Hosts asked so far, sorted (D-32).
  [[nodiscard]] std::vector<std::string> hosts() const { return source_.hosts(); }

 private:
  struct Planned {
    dependencies::BuildPlan plan;
    dependencies::ChartArchives fetched;
  };
  dependencies::ArchiveSource& source_;
  dependencies::PlanSettings settings_;
  std::size_t workers_;
  bool refused_offline_ = false;
  std::map<ChartWork const*, Planned> planned_;
};

/// What a package is made again with.
struct RebuildTools {
  dependencies::ArchiveSource& source;
  dependencies::PlanSettings plan;
};

/// The archives of one chart, planned and fetched by itself; thread-safe when the source is. Throws Unreachable when a host
/// stays out of reach.
Verdict<std::vector<chart::ExtraArchive>> archives_for(chart::SourceTree const& tree, std::string const& chart_root,
                                                       chart::PackageOptions const& options, RebuildTools const& tools);

/// A fetched dependency as the documents tell it.
report::Dependency record_of(dependencies::FetchedDependency const& fetched);

/// The inputs' part of the plan settings.
dependencies::Pins pins_of(event::ActionInputs const& inputs);

}  // namespace acr::release
