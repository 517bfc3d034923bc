#pragma once

// What a chart is made of in a commit, named so that two commits can be compared: src/chart/source_list.hpp (binding.md B-1 …
// B-2; A-55, P-109)

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/chart_files.hpp"
#include "chart/chart_metadata.hpp"
#include "chart/limits.hpp"
#include "chart/source_tree.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

/// One file of the list.
struct SourceFile {
  /// Below the chart: "templates/x.yaml". A lock that ignore rules hide: "lock://Chart.lock". Of the directory of a `file://`
  /// dependency: "file://lib/base//Chart.yaml", "lock://lib/base//Chart.lock".
  std::string name;
  NodeKind kind = NodeKind::file;  ///< file or executable, of the link's target
  std::string content;             ///< Node::id, or "sha256:<hex>" where the source has no ids
  std::optional<std::uint64_t> size;
  std::string source_path;  ///< where it lies in the tree
  bool dropped = false;     ///< in a group of charts/ that is never packaged (P-55); only of the chart itself
  friend bool operator==(SourceFile const&, SourceFile const&) = default;
};

/// All files that have a say in a chart's package (B-1a).
struct SourceList {
  std::string root;                  ///< the chart's directory, links resolved
  std::vector<SourceFile> files;     ///< the chart's own in walk order, its hidden locks, then each `file://` directory in turn
  ChartMetadata metadata;            ///< of the chart, requirements.yaml read over it; not validated
  std::vector<IgnoredPath> ignored;  ///< of the chart itself; the first few
  std::size_t ignored_count = 0;
  std::vector<std::string> dropped;        ///< groups of charts/ that begin with `_` or `.` (P-55)
  std::vector<std::string> local_targets;  ///< directories of `file://` dependencies, sorted
};

/// Of contents only .helmignore, Chart.yaml and requirements.yaml are read. Refused, with the codes of read_chart() or
/// `too-many-files`, `dep-too-large`: what cannot be read, in the chart or in a directory that it names. A `file://` repository
/// that names no directory with a Chart.yaml is left out; packaging refuses it where it needs it (D-24).
Verdict<SourceList> source_list(SourceTree const& tree, std::string_view chart_root, Limits const& limits = {});

/// True when both lists bind the same content: name, mode and content of every file.
bool same_content(SourceList const& a, SourceList const& b);

/// The records of the source digest, sorted: "<64 hex> <name>" (B-1). Code `chart-unreadable` for whatever cannot be read;
/// `found` says what it was.
Verdict<std::vector<std::string>> source_records(SourceTree const& tree, std::string_view chart_root,
                                                 Limits const& limits = {});

struct SourceContent {
  std::string digest;               ///< "sha256:<64 hex>" (B-1)
  std::uint64_t bytes = 0;          ///< of all files that are packaged, `file://` dependencies included
  std::uint64_t largest_bytes = 0;  ///< of one of them
  std::size_t files = 0;            ///< all that the list has
};

/// The chart's source digest, with the sizes that were seen on the way: a list alone may not know them. Refused as
/// source_records().
Verdict<SourceContent> source_content(SourceTree const& tree, std::string_view chart_root, Limits const& limits = {});

/// "sha256:<64 hex>": the chart's source digest (B-1). Refused as source_records().
Verdict<std::string> source_digest(SourceTree const& tree, std::string_view chart_root, Limits const& limits = {});

}  // namespace acr::chart
