#pragma once

// Reading a vendored or fetched chart archive in memory: src/chart/archive_reader.hpp (P-56, P-56a, P-56b,
// P-159) Takes what Go's archive/tar takes where Helm would, and refuses what makes two readers see two
// charts.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chart/limits.hpp"
#include "chart/memory_bounds.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

struct ArchiveFile {
  std::string path;        ///< first component cut off, cleaned; `/`-separated
  std::string bytes;       ///< one leading BOM removed (P-14)
  std::int64_t mtime = 0;  ///< seconds, rounded half up (P-87)
};

/// What archives may still unpack; shared by all nesting levels of one chart (P-159).
struct ArchiveBudget {
  std::uint64_t bytes = Limits{}.chart_bytes;  ///< sum of file sizes must stay below this
  std::uint64_t files = Limits{}.files;
  std::uint64_t path_bytes = path_bytes_together;
};

/// All files of a `.tgz`, in the archive's order. `where` names it in rejections, e.g. "charts/x-1.0.0.tgz".
/// Codes: `archive-gzip`, `archive-tar`, `archive-name`, `archive-entry` (links, devices, sparse),
/// `archive-duplicate`, `archive-too-large`, `archive-empty`.
Verdict<std::vector<ArchiveFile>> read_archive(std::string_view tgz, std::string_view where, ArchiveBudget& budget,
                                               Limits const& limits = {});

/// The second half of read_archive, on an uncompressed tar stream that is followed by nothing else.
Verdict<std::vector<ArchiveFile>> read_tar(std::string_view tar, std::string_view where, ArchiveBudget& budget,
                                           Limits const& limits = {});

}  // namespace acr::chart
