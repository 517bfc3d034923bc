#pragma once

// From Chart.yaml and its lock to what would be fetched: src/dependencies/lock_check.hpp (dependencies.md D-7 … D-13, D-29)
// Pure: no tree, no network. Nothing is ever resolved here; the commit names each version or the chart is refused.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/chart_lock.hpp"
#include "chart/chart_metadata.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

/// "Chart.lock:12"; the file alone for line 0, which is unknown.
std::string line_of(std::string_view file, std::size_t line);

/// One declared dependency with what the commit fixes it to.
struct LockedDependency {
  std::string name;
  std::string version;     ///< the locked one; without lock the exact declared one; of a `file://` without lock the constraint
  std::string repository;  ///< of the lock where there is one (D-11)
  std::string constraint;  ///< as declared
  std::string pin;         ///< "sha256:<64 lower-case hex>", empty when there is none (D-29)
  bool from_lock = false;
  std::size_t declared_line = 0, locked_line = 0;
  std::string alias{};  ///< as declared; for messages
};

/// "dependency redis 1.3.0 (alias cache) from https://charts.example.org": how every refusal about a dependency names it.
/// `aliases`: separated by commas; no alias, version or repository: left out.
std::string dependency_name(std::string_view name, std::string_view version, std::string_view aliases,
                            std::string_view repository);
/// `why` with the dependency's name behind its place.
Rejection about(Rejection why, LockedDependency const& dependency);

struct LockPlan {
  std::vector<LockedDependency> dependencies;  ///< in the order of Chart.yaml
  bool has_lock = false;
  std::vector<Rejection> warnings;  ///< `lock-legacy` (D-9)
};

/// Which files the two lists stand in, for messages.
struct ListFiles {
  std::string declared = "Chart.yaml";
  std::string locked = "Chart.lock";
};

/// `metadata` validated (sanitised). `missing` says of each declared name whether charts/ lacks it: only these need a version
/// without a lock (D-10). `where` of a rejection is one of `files` with the line. Codes: dep-lock-missing,
/// dep-lock-out-of-sync, dep-lock-mismatch, dep-repository, dep-too-large.
Verdict<LockPlan> check_lock(chart::ChartMetadata const& metadata, std::optional<chart::ChartLock> const& lock,
                             std::vector<bool> const& missing, ListFiles const& files = {});

/// A repository for messages and records: without userinfo, query and fragment (D-31, D-36).
std::string shown_repository(std::string_view repository);

/// True for `@name` and `alias:name` (D-11).
bool is_repository_alias(std::string_view repository);

}  // namespace acr::dependencies
