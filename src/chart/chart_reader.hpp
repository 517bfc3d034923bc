#pragma once

// The one reader of a chart directory: src/chart/chart_reader.hpp (binding.md B-1a, B-1b, B-2; P-10 … P-20, P-51)
// Which files a chart has, what their text is, and which dependencies they declare is decided here, for packaging, for the list
// that is compared between commits, for change detection, for the planner of dependencies and for the source digest. Nothing
// else reads a chart from a tree: docs/decisions/0008-one-reader.md.

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

/// One leading byte order mark of UTF-8 is not content, whatever the file (P-14).
std::string_view without_bom(std::string_view bytes);

/// The content of a file as every step takes it: the mark of P-14 removed. `path` names it in rejections: `file-too-large`
/// (P-18), `lfs-pointer` (P-20).
Verdict<FileContent> content_of(SourceTree const& tree, std::string_view source_path, std::string_view path,
                                Limits const& limits = {});

/// Chart.yaml of a chart directory, which Helm looks at before any ignore rule (P-11).
struct ChartYamlFile {
  std::string source_path;
  FileContent content;  ///< see content_of()
  ChartYaml parsed;
};

/// `root`: a directory, free of links. Codes: `no-chart-yaml`, `irregular-file`, link_resolution.hpp's, content_of()'s,
/// `chart-yaml`.
Verdict<ChartYamlFile> read_chart_yaml(SourceTree const& tree, std::string_view root, Limits const& limits = {});

/// Chart.yaml and the requirements.yaml over it (P-51), neither validated nor sanitised.
struct Description {
  ChartMetadata metadata;
  std::vector<Warning> requirements_warnings;
  std::string dependencies_file = "Chart.yaml";  ///< or "requirements.yaml": what Dependency::line counts in
};

/// The only place where the two files become one list of dependencies: of chart directories, of subcharts and of archives
/// alike. Null: the chart has no requirements.yaml.
Verdict<Description> description_of(ChartYaml const& chart_yaml, std::string const* requirements);

/// What Helm loads from a package that holds these files (O-2): both, read as above, then validated and sanitised. One mark of
/// P-14 of each is dropped. Codes `chart-yaml`, `chart-metadata`.
Verdict<ChartMetadata> packaged_metadata(std::string_view chart_yaml, std::optional<std::string> const& requirements);

/// A chart directory, read as far as one may without its other contents.
struct ChartReading {
  ChartFiles found;  ///< what ignore rules leave, links resolved
  ChartYamlFile chart_yaml;
  std::optional<FileContent> requirements;  ///< of requirements.yaml, unless it is absent or ignored
  Description described;
  std::vector<ChartFile>
      hidden_locks;  ///< Chart.lock and requirements.lock that ignore rules hide: D-7 reads them all the same
};

/// Reads the chart at `chart_root` (relative to the repository, links followed). Codes: read_chart_yaml()'s, chart_files()'s,
/// `chart-yaml`; `no-chart-yaml` when ignore rules leave none.
Verdict<ChartReading> read_chart(SourceTree const& tree, std::string_view chart_root, Limits const& limits = {},
                                 Detail detail = Detail::full);

/// `file://` repositories of a description as they count, sanitised (P-66), in the order of the list.
std::vector<std::string> local_repositories(Description const& described);

/// The group of charts/ that a path belongs to; empty for other paths and for provenance files (P-53).
std::string_view group_of(std::string_view path);

/// P-55: such a group is left out of the package, with everything in it.
bool is_dropped_group(std::string_view group);

}  // namespace acr::chart
