#pragma once

// Where a repository keeps its charts, and which charts lie there: src/chart/charts_directories.hpp (binding.md B-18, B-20,
// B-23)

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "chart/source_tree.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

/// One configured charts directory with what it stands for in each tree: links resolved; nothing where it is absent.
struct ChartsDirectory {
  std::string given;
  std::optional<std::string> head, base;
};

/// Resolves the configured directories ("" or "." is the root) and judges them (B-18). Refused: `charts-dir-missing` (in
/// neither tree), `charts-dir-link` (a link that leads nowhere or out of the repository), `charts-dir-is-chart`,
/// `charts-dir-overlap`. All of these are mistakes of the configuration: exit status 2.
Verdict<std::vector<ChartsDirectory>> charts_directories(SourceTree const& base, SourceTree const& head,
                                                         std::vector<std::string> const& given);

/// A child of a charts directory that is a chart, or was meant to be one.
struct ChartCandidate {
  Node entry;             ///< the child itself, links not followed
  std::string directory;  ///< where the chart lies, links resolved; empty when `broken`
  std::string id;         ///< of that directory, empty where the source has none
  /// B-20: a submodule, a link that leads nowhere or outside, a Chart.yaml that is not a regular file. `where` is the child's
  /// path.
  std::optional<Rejection> broken{};
};

/// By path in the tree; the directory's own links are resolved, the child's are not.
using ChartCandidates = std::map<std::string, ChartCandidate, std::less<>>;

/// Children of `directories` (paths free of links) that hold a Chart.yaml, or are broken.
ChartCandidates chart_candidates(SourceTree const& tree, std::vector<std::string> const& directories);

/// The name that a chart's Chart.yaml gives it; its directory's name when that cannot be read (B-22).
std::string chart_name(SourceTree const& tree, std::string_view path, ChartCandidate const& candidate);

/// Names of all charts below `given` in one tree (B-23); a directory that is absent or unusable has none.
std::set<std::string> chart_names(SourceTree const& tree, std::vector<std::string> const& given);

/// A chart of a commit by what its Chart.yaml says.
struct ChartRelease {
  std::string path, name, version;
};

/// All charts below `given` whose Chart.yaml can be read, by path (B-5, B-22).
std::vector<ChartRelease> chart_releases(SourceTree const& tree, std::vector<std::string> const& given);

/// Paths of the charts of that name below `given`, sorted (B-22); more than one when charts share a name. `version`: of that
/// one only, unless it is empty.
std::vector<std::string> charts_named(SourceTree const& tree, std::vector<std::string> const& given, std::string_view name,
                                      std::string_view version);

/// Directories that hold charts as direct children, sorted, a few; charts inside of charts do not count. For messages.
std::vector<std::string> directories_of_charts(SourceTree const& tree);

}  // namespace acr::chart
