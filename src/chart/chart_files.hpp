#pragma once

// The files of a chart directory, as Helm walks them: src/chart/chart_files.hpp (P-12 … P-20, P-30, P-40,
// P-154, P-155) Links resolved, ignore rules applied, names checked; no content but `.helmignore` is read.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "chart/ignore_rules.hpp"
#include "chart/limits.hpp"
#include "chart/source_tree.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

/// A file that goes into the package.
struct ChartFile {
  std::string path;         ///< relative to the chart root, as the package will know it
  std::string source_path;  ///< where its bytes lie in the repository; another place when a link led there
  Node node;                ///< at source_path
};

/// What ChartFile::node holds.
enum class Detail {
  full,   ///< as SourceTree::list()
  kinds,  ///< as SourceTree::list_kinds(): who reads the files anyway finds sizes and times then
};

/// A file or a directory (with all below it) that stays out.
struct IgnoredPath {
  std::string path;
  EntryKind kind = EntryKind::file;
  IgnoreRule rule;
};

struct ChartFiles {
  std::string root;  ///< the chart directory in the repository, links resolved
  IgnoreRules rules;
  std::vector<ChartFile> files;      ///< in walk order (P-12): not the order of the full paths
  std::vector<IgnoredPath> ignored;  ///< in walk order, the first `ignored_kept`
  std::size_t ignored_count = 0;     ///< all of them (B-25)
};

/// Walks `chart_root` (relative to the repository; may be reached through links; "" is the repository
/// itself). Codes: `no-chart-directory`, `ignore-rule`, `ignore-unreadable`, `link-…` (link_resolution.hpp),
/// `link-ancestor`, `irregular-file`, `submodule`, `file-too-large`, `too-many-files`, `path-too-long`,
/// `bad-file-name`, `path-collision` (one name twice in a directory).
Verdict<ChartFiles> chart_files(SourceTree const& tree, std::string_view chart_root, Limits const& limits = {},
                                Detail detail = Detail::full);

/// True when the bytes are a Git LFS pointer (P-20).
bool is_lfs_pointer(std::string_view bytes);

/// Why `path` may not be in a package (P-155): control characters, invalid UTF-8, a backslash, `.` or `..`
/// components, a leading slash, a drive letter; empty when it may.
std::string name_fault(std::string_view path);

}  // namespace acr::chart
