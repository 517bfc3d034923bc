#pragma once

// The dependencies of a run's charts: src/release/dependency_build.hpp (dependencies.md D-1 … D-6, D-31)
// Glue between the pipeline and the room that builds: plans by chart, one fetch for all, records and warnings.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "chart/packager.hpp"
#include "chart/source_tree.hpp"
#include "dependencies/builder.hpp"
#include "event/inputs.hpp"
#include "release/findings.hpp"
#include "report/release_record.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// `dependencies: build`. Not thread-safe but for archives().
class DependencyBuild {
 public:
  /// `tree` is the head; all must live longer. `workers`: charts or archives looked at together.
  DependencyBuild(dependencies::ArchiveSource& source, dependencies::PlanSettings settings, std::size_t workers)
      : source_(source), settings_(std::move(settings)), workers_(workers) {}

  /// What is known of a chart's dependencies without any host (D-6).
  struct Plan {
    Findings findings;
    bool waits = false;  ///< some must be fetched
  };
  /// Offline: decides what each chart lacks, refuses what cannot be built. `charts`: their directories; answers in their order.
  std::vector<Plan> plan(chart::SourceTree const& tree, std::vector<std::string> const& charts);
  /// Some chart was refused by plan(): under `verify-policy: block` nothing is fetched then.
  [[nodiscard]] bool refused_offline() const { return refused_offline_; }

  /// What was fetched for a chart.
  struct Fetched {
    Findings findings;
    std::vector<report::Dependency> dependencies;
  };
  /// Fetches for all these planned charts together. Answers in their order.
  std::vector<Fetched> fetch(std::vector<std::string> const& charts);
  /// What to package a planned, fetched chart with; thread-safe.
  [[nodiscard]] Verdict<std::vector<chart::ExtraArchive>> archives(chart::SourceTree const& tree, std::string const& chart,
                                                                   chart::PackageOptions const& options) const;
  /// Hosts asked so far, sorted (D-32).
  [[nodiscard]] std::vector<std::string> hosts() const { return source_.hosts(); }

 private:
  struct Planned {
    dependencies::BuildPlan plan;
    dependencies::ChartArchives archives;
  };
  dependencies::ArchiveSource& source_;
  dependencies::PlanSettings settings_;
  std::size_t workers_;
  bool refused_offline_ = false;
  std::map<std::string, Planned> planned_;  // by the chart's directory
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

/// A fetched dependency as manifest and report show it.
report::Dependency record_of(dependencies::FetchedDependency const& fetched);

/// The inputs' part of the plan settings.
dependencies::Pins pins_of(event::ActionInputs const& inputs);

}  // namespace acr::release
