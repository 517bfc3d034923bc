#pragma once

// The digest that ties a lock to its Chart.yaml: src/chart/lock_digest.hpp (dependencies.md D-8, D-9; P-91)

#include <optional>
#include <string>
#include <vector>

#include "chart/chart_metadata.hpp"

namespace acr::chart {

using DependencyList = std::vector<Dependency>;

/// "sha256:<hex>" over Go's JSON of both lists (D-8). `declared`: sanitised, aliases of repositories already replaced
/// (D-11). No list is `null`. A null element is not an entry that anything could be locked to: std::logic_error, check before.
std::string lock_digest(std::optional<DependencyList> const& declared, std::optional<DependencyList> const& locked);

/// Helm 2's form, over the declared list alone, repository aliases as they stand in the chart (D-9).
std::string legacy_lock_digest(DependencyList const& declared);

/// What lock_digest() hashes; for tests and for explaining a mismatch.
std::string lock_digest_input(std::optional<DependencyList> const& declared, std::optional<DependencyList> const& locked);

}  // namespace acr::chart
