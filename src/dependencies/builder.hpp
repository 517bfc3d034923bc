#pragma once

// From plans to archives below charts/: src/dependencies/builder.hpp (dependencies.md D-5, D-6, D-16, D-25, D-26, D-28 … D-31,
// D-35) The in-process counterpart of `helm dependency build`; nothing is written anywhere.

#include <string>
#include <vector>

#include "chart/packager.hpp"
#include "chart/source_tree.hpp"
#include "dependencies/archive_source.hpp"
#include "dependencies/build_plan.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

/// What is reported of a fetched dependency (D-31).
struct FetchedDependency {
  std::string name, version;
  std::string repository;    ///< without userinfo and query
  std::string url;           ///< see FetchedArchive
  std::string sha256;        ///< "sha256:<hex>"
  std::string oci_manifest;  ///< "sha256:<hex>"; empty unless OCI
  bool pinned = false;
  std::string pin_line;  ///< "digest: sha256:<hex>" for the lock's entry; empty when pinned
};

/// What came for one chart.
struct ChartArchives {
  std::vector<FetchedArchive> archives;         ///< in the order of BuildPlan::orders; empty when something was refused
  std::vector<FetchedDependency> dependencies;  ///< sorted by name, version, repository
  std::vector<Rejection> refusals, warnings;    ///< `where` begins with the chart's directory
};

/// Fetches what all charts of a run need, together: each index and archive once (D-35). Archives are read and compared with
/// what was asked for on at most `workers` threads; results do not depend on their number. Plans with refusals are passed over.
/// Codes: those of the source and of archives, dep-chart-mismatch, dep-too-large. Warnings: those of the source, `unpinned`
/// (D-31), `nested-missing` (D-26). Throws what the source throws.
std::vector<ChartArchives> fetch_archives(std::vector<BuildPlan const*> const& plans, ArchiveSource& source,
                                          std::size_t workers, chart::Limits const& limits = {});

/// The archives to package the chart with (PackageOptions::extra_archives): fetched ones, and `file://` targets packaged by
/// the same rules (D-25, D-26). `options` are those the chart is packaged with; `fetched` belongs to `plan` and holds no
/// refusal. Codes: those of packaging, dep-duplicate.
Verdict<std::vector<chart::ExtraArchive>> archives_of(chart::SourceTree const& tree, BuildPlan const& plan,
                                                      ChartArchives const& fetched, chart::PackageOptions const& options);

}  // namespace acr::dependencies
