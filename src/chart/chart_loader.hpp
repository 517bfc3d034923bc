#pragma once

// A chart in memory, as Helm loads it from a directory: src/chart/chart_loader.hpp (P-10 … P-20, P-50 … P-59,
// P-75, P-76) Every chart at every level is validated before its subcharts are looked at; nothing is written
// yet.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/chart_lock.hpp"
#include "chart/chart_metadata.hpp"
#include "chart/ignore_rules.hpp"
#include "chart/limits.hpp"
#include "chart/packager.hpp"
#include "chart/source_tree.hpp"
#include "chart/warning.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

struct LoadedFile {
  std::string path;                   ///< relative to its chart
  std::string bytes;                  ///< one leading BOM removed (P-14)
  std::optional<std::int64_t> mtime;  ///< seconds; nothing in a commit
};

struct LoadedChart {
  std::string where;          ///< below the top chart, for messages: "" or "charts/web" or "charts/web-1.0.0.tgz"
  bool from_archive = false;  ///< inner times are content (P-133)
  ChartMetadata metadata;     ///< of Chart.yaml, with the dependencies of requirements.yaml; validated, sanitised
  std::optional<std::int64_t> metadata_mtime;  ///< of Chart.yaml
  std::optional<ChartLock> lock;
  std::optional<std::int64_t> lock_mtime;        ///< of the file the lock came from
  std::string lock_file;                         ///< "Chart.lock" or "requirements.lock"; of the last one read
  std::string dependencies_file = "Chart.yaml";  ///< or "requirements.yaml": what Dependency::line counts in
  std::optional<LoadedFile> values, schema;
  std::vector<LoadedFile> templates;   ///< walk order
  std::vector<LoadedFile> files;       ///< all the rest, walk order
  std::vector<LoadedChart> subcharts;  ///< by their names below charts/ (P-81)
};

/// The lock of a chart directory, hidden by .helmignore or not, and its file's name (D-7, P-52).
struct FoundLock {
  std::optional<ChartLock> lock;
  std::string file = "Chart.lock";
};

struct LoadedTop {
  LoadedChart chart;
  FoundLock build_lock;  ///< with PackageOptions::read_build_lock only
  IgnoreRules rules;     ///< of the chart directory; of an archive none but the built-in one
  std::vector<Warning> warnings;
};

/// Loads the chart at `chart_root`; `options` say which archives come on top, whether declared dependencies
/// must be there, and the limits. `where` of a rejection is relative to the chart root, subcharts chained
/// with ": ". Codes: those of chart_files.hpp and archive_reader.hpp, and `no-chart-yaml`, `api-version`,
/// `lfs-pointer`, `chart-too-large`, `subchart-form`, `subchart-name`, `duplicate-subchart`, `too-deep`,
/// `dep-missing`, `dep-ignored`, `dep-duplicate`, `bad-file-name`, and whatever metadata, lock, values and
/// schema are refused for.
Verdict<LoadedTop> load_chart(SourceTree const& tree, std::string_view chart_root, PackageOptions const& options = {});

/// Whether an archive of that file name may be placed in charts/ of a chart with these rules (D-28): `bad-file-name`,
/// `dep-ignored`. Known before anything is fetched.
Verdict<void> check_place(IgnoreRules const& rules, std::string_view file_name);

/// The refusal of an archive that others made, with the way out: to pack it anew and commit it (P-76, P-159).
Rejection with_repacking_advice(Rejection why);

/// A chart archive on its own: what is in a fetched dependency. `where` names it in rejections.
Verdict<LoadedTop> load_archive(std::string_view tgz, std::string_view where, Limits const& limits = {});

}  // namespace acr::chart
