#pragma once

// What must be brought for one chart, decided without any network: src/dependencies/build_plan.hpp (dependencies.md D-2 … D-4,
// D-6, D-7, D-24 … D-29)

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/limits.hpp"
#include "chart/source_tree.hpp"
#include "dependencies/archive_source.hpp"
#include "dependencies/lock_check.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

/// Input `dependency-pins` (D-29).
enum class Pins { warn, require };

struct PlanSettings {
  Pins pins = Pins::warn;
  /// Asked of everything that would be fetched: usable repository, allowed host (D-32). Empty: nothing is asked.
  std::function<Verdict<void>(ArchiveOrder const&)> check_order{};
  chart::Limits limits{};
};

/// A declared dependency that charts/ lacks.
struct MissingDependency {
  LockedDependency locked;
  bool is_local = false;  ///< `file://`
  std::size_t index = 0;  ///< of BuildPlan::directories when local, else of BuildPlan::orders
};

/// A chart directory that lacks something: the chart itself, or the target of a `file://` dependency (D-26).
struct PlannedDirectory {
  std::string root;  ///< in the repository's tree, links resolved
  std::string name, version;
  std::vector<MissingDependency> missing;
  std::size_t height = 0;  ///< longest chain of `file://` dependencies below it
};

/// Where a declared dependency comes from, for people.
struct ExplainedDependency {
  std::string name, alias, constraint;
  std::string repository;  ///< of the lock where there is one; without userinfo and query
  std::string locked;      ///< version that the lock names; empty without lock
  std::string pin;
  enum class Origin { committed, local, fetched, nowhere } origin = Origin::nowhere;
  std::string place;  ///< committed: "charts/redis-17.0.1.tgz"; local: the directory in the repository; fetched: the repository
  std::string version;  ///< of the committed or local chart
};

struct BuildPlan {
  std::string root;                           ///< the chart's directory, as given
  std::vector<PlannedDirectory> directories;  ///< the chart first, then `file://` targets, each once; empty: nothing is missing
  std::vector<ArchiveOrder> orders;           ///< each once
  std::vector<ExplainedDependency> declared;  ///< of the chart itself, in the order of Chart.yaml
  std::string lock_file;                      ///< the lock that counts: "Chart.lock", "requirements.lock", or empty
  std::vector<Rejection> refusals, warnings;  ///< `where` begins with the chart's directory

  /// False: the chart is packaged as it is committed (D-2).
  [[nodiscard]] bool needs_build() const { return !directories.empty(); }
};

/// Looks at the chart at `chart_root` and, through its `file://` dependencies, at others. Codes: those of check_lock() and of
/// loading the chart, dep-missing, dep-vendored-version, dep-stale-archive, dep-digest-mismatch (pins of committed archives),
/// dep-local-path, dep-local-version, dep-cycle, dep-pin-missing, dep-duplicate, dep-ignored, dep-too-large. Warnings:
/// `lock-legacy`, `nested-missing`.
BuildPlan plan_build(chart::SourceTree const& tree, std::string_view chart_root, PlanSettings const& settings = {});

/// `charts/<this>` is where an archive of that name and version is placed (D-28).
std::string archive_file_name(std::string_view name, std::string_view version);

}  // namespace acr::dependencies
