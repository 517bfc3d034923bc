#pragma once

// What is worth saying of a chart as a whole: src/chart/chart_warnings.hpp (P-37, P-71, P-72)
// Warnings that need more than one file; those of a single file come from its reader.

#include <string_view>
#include <vector>

#include "chart/chart_loader.hpp"
#include "chart/ignore_rules.hpp"
#include "chart/warning.hpp"

namespace acr::chart {

/// Of the top chart: negated ignore rules, a directory of another name, subcharts that no dependency names or whose
/// version the declared constraint does not allow, a stale lock, odd file types in templates/, other kinds in crds/.
/// `directory`: the name of the chart's directory, empty when it has none.
std::vector<Warning> chart_warnings(LoadedChart const& chart, IgnoreRules const& rules, std::string_view directory);

/// True when the lock's digest is the one that Helm computes for these dependencies (P-91, D-8, D-11); for a chart of
/// apiVersion v1 also in Helm 2's form (D-9). False for a lock that holds a null entry.
bool digest_fits(ChartMetadata const& metadata, ChartLock const& lock);

}  // namespace acr::chart
