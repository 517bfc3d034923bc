#pragma once

// Source digests of a commit's charts: src/release/source_digests.hpp (B-1, B-3)
// What `command: digest` and the terminal's `source-digest` say. A check attests this digest; the release looks attestations up
// by it.

#include <cstddef>
#include <string>
#include <vector>

#include "chart/changed_charts.hpp"
#include "chart/source_tree.hpp"
#include "report/action_outputs.hpp"
#include "support/verdict.hpp"

namespace acr::release {

struct SourceDigest {
  std::string path;           ///< directory in the repository; "." is its root
  std::string name, version;  ///< as Chart.yaml has them
  std::string digest;         ///< "sha256:<64 hex>"
};

struct SourceDigests {
  std::vector<SourceDigest> charts;          ///< in the order asked for, else by path
  std::vector<Rejection> refusals;           ///< `chart-unreadable`, `where` begins with the chart's path
  std::vector<chart::SkippedChart> skipped;  ///< by exclude-charts
};

/// The charts that `wanted` names: a repository path, the name of a chart below `scope.charts_dirs`, or its directory there;
/// empty: every chart below, less the excluded ones. Refused as a whole, a mistake of the question: `no-chart`,
/// `duplicate-name` (two charts have the name), and what charts_directories() refuses.
Verdict<SourceDigests> source_digests(chart::SourceTree const& tree, chart::ChartsScope const& scope,
                                      std::vector<std::string> const& wanted, std::size_t workers);

/// Outputs of `command: digest`: result, reason, chart-count, charts, and of one chart alone source-digest, name, version.
report::Outputs digest_outputs(SourceDigests const& found);

/// JSON array of {path, name, version, source-digest}, one line of ASCII.
std::string source_digests_json(std::vector<SourceDigest> const& charts);

}  // namespace acr::release
