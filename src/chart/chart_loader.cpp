// Helm's loader for chart directories and archives: src/chart/chart_loader.hpp (P-50 … P-59, P-75, P-76,
// P-154 … P-158)

#include "chart/chart_loader.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "chart/archive_reader.hpp"
#include "chart/chart_files.hpp"
#include "chart/chart_reader.hpp"
#include "chart/chart_warnings.hpp"
#include "chart/json_check.hpp"
#include "chart/link_resolution.hpp"
#include "chart/values_check.hpp"

namespace acr::chart {
namespace {

/// Turns files into charts, level by level.
class Loader {
 public:
  /// `top`: Chart.yaml of the top chart, when it is parsed already.
  Loader(Limits const& limits, std::vector<Warning>& warnings, ChartYaml const* top = nullptr)
      : limits_(limits), warnings_(warnings), top_(top) {
    budget_.bytes = limits.chart_bytes;
    budget_.files = limits.files;
  }

  /// `where`: see LoadedChart. `prefix` is what stands before it in messages: "" at the top, else the chain
  /// of charts.
  Verdict<LoadedChart> load(std::vector<LoadedFile> files, std::string where, bool from_archive, unsigned level,
                            unsigned archive_level) {
    if (level > limits_.chart_depth)
      return reject("too-deep", where, "charts are nested too deeply")
          .rule("P-154")
          .expected("at most " + std::to_string(limits_.chart_depth) + " levels");
    LoadedChart chart;
    chart.where = std::move(where);
    chart.from_archive = from_archive;
    std::map<std::string, std::vector<LoadedFile>, std::less<>> groups;
    if (auto const fine = classify(files, chart, groups, level == 0); !fine) return within(chart, fine.error());
    files.clear();
    for (auto& [name, group] : groups) {
      auto subchart = load_group(name, std::move(group), chart, level, archive_level);
      if (!subchart) return subchart.error();
      chart.subcharts.push_back(std::move(*subchart));
    }
    if (auto const fine = check_subchart_names(chart); !fine) return within(chart, fine.error());
    return chart;
  }

 private:
  Limits const& limits_;
  std::vector<Warning>& warnings_;
  ChartYaml const* top_;
  ArchiveBudget budget_;

  static Rejection within(LoadedChart const& chart, Rejection rejection) {
    if (chart.where.empty()) return rejection;
    return std::move(rejection).within(chart.where);
  }

  void warn(LoadedChart const& chart, Code code, std::string file, std::string why, std::string rule, std::size_t line = 0) {
    warnings_.push_back({code, joined(chart.where, file), line, std::move(why), std::move(rule)});
  }

  void adopt(LoadedChart const& chart, std::vector<Warning> warnings) {
    for (auto& warning : warnings) {
      warning.file = joined(chart.where, warning.file);
      warnings_.push_back(std::move(warning));
    }
  }

  Verdict<void> classify(std::vector<LoadedFile>& files, LoadedChart& chart,
                         std::map<std::string, std::vector<LoadedFile>, std::less<>>& groups, bool top) {
    // Chart.yaml first, wherever it comes: what the other files mean depends on its apiVersion.
    auto const described = std::find_if(files.begin(), files.end(), [](auto const& f) { return f.path == "Chart.yaml"; });
    if (described == files.end())
      return reject("no-chart-yaml", "", "Chart.yaml file is missing")
          .rule("P-41")
          .fix(top ? "add Chart.yaml, and see that .helmignore does not name it"
                   : "add Chart.yaml, or move what is not a chart out of charts/");
    Verdict<ChartYaml> parsed = ChartYaml();
    if (top && top_ != nullptr)
      parsed = *top_;
    else
      parsed = ChartYaml::parse(described->bytes, "Chart.yaml");
    if (!parsed) return parsed.error();
    auto const requirements =
        std::find_if(files.begin(), files.end(), [](auto const& f) { return f.path == "requirements.yaml"; });
    auto read = description_of(*parsed, requirements == files.end() ? nullptr : &requirements->bytes);
    if (!read) return read.error();
    auto* const metadata = &read->metadata;
    chart.metadata_mtime = described->mtime;
    chart.dependencies_file = read->dependencies_file;
    bool const v1 = metadata->api_version == "v1";

    for (auto& file : files) {
      auto const& path = file.path;
      if (path == "Chart.yaml") continue;
      if (path == "Chart.lock" || path == "requirements.lock") {
        // The later of the two wins, an empty one cancels the earlier (P-52, P-69).
        auto lock = read_lock(file.bytes, path);
        if (!lock) return lock.error();
        chart.lock = std::move(*lock);
        chart.lock_mtime = file.mtime;
        chart.lock_file = path;
        if (path == "Chart.lock") {
          if (v1) warn(chart, "lock-dropped", path, "a chart of apiVersion v1 is packaged without Chart.lock", "P-70");
          continue;
        }
        if (v1)
          chart.files.push_back(std::move(file));
        else
          warn(chart, "requirements-in-v2", path, "in a chart of apiVersion v2 this file is written as Chart.lock", "P-70");
      } else if (path == "requirements.yaml") {
        adopt(chart, std::move(read->requirements_warnings));
        if (v1)
          chart.files.push_back(std::move(file));
        else
          warn(chart, "requirements-in-v2", path, "in a chart of apiVersion v2 this file is written into Chart.yaml", "P-70");
      } else if (path == "values.yaml") {
        auto checked = check_values(file.bytes, path);
        if (!checked) return checked.error();
        adopt(chart, std::move(*checked));
        chart.values = std::move(file);
      } else if (path == "values.schema.json") {
        auto checked = check_json(file.bytes, path);
        if (!checked) return checked.error();
        chart.schema = std::move(file);
      } else if (path.starts_with("templates/")) {
        chart.templates.push_back(std::move(file));
      } else if (path.starts_with("charts/") && extension(path) != ".prov") {
        std::string_view const rest = std::string_view(path).substr(7);
        std::string const group(rest.substr(0, rest.find('/')));
        if (is_dropped_group(group)) continue;
        file.path.erase(0, 7);
        groups[group].push_back(std::move(file));
      } else {
        if (top && path.starts_with(".."))
          return reject("bad-file-name", path, "Helm cannot load a package with such a name")
              .rule("P-155a")
              .fix("rename it, or name it in .helmignore");
        chart.files.push_back(std::move(file));
      }
    }
    auto validated = validate(std::move(*metadata), "Chart.yaml");
    if (!validated) return validated.error();
    chart.metadata = std::move(validated->metadata);
    // Of subcharts nobody sees an icon.
    if (!top) std::erase_if(validated->warnings, [](Warning const& warning) { return warning.code == "no-icon"; });
    adopt(chart, std::move(validated->warnings));
    return check_name(chart.metadata.name, top);
  }

  /// P-155, P-155a: names that Helm packs and then loads differently or not at all.
  static Verdict<void> check_name(std::string const& name, bool top) {
    auto const refuse = [&](std::string why) {
      return reject("chart-name", "Chart.yaml", std::move(why)).rule("P-155a").found(name).fix("choose another name");
    };
    if (auto const fault = name_fault(name); !fault.empty()) return refuse("chart name: " + fault);
    if (top && name == "Chart.yaml") return refuse("Helm refuses to load a chart of this name");
    if (!top && is_dropped_group(name)) return refuse("a subchart of this name vanishes on installation");
    if (!top && name.ends_with(".tgz")) return refuse("Helm takes a subchart of this name for an archive");
    return {};
  }

  Verdict<LoadedChart> load_group(std::string const& name, std::vector<LoadedFile> group, LoadedChart const& parent,
                                  unsigned level, unsigned archive_level) {
    auto const where = joined(parent.where, "charts/" + name);
    if (name.ends_with(".tgz")) {
      if (group.size() != 1 || group.front().path != name)
        return reject("subchart-form", where, "this must be a chart archive, but is a directory")
            .rule("P-55")
            .fix("rename the directory, or commit the archive itself");
      if (archive_level >= limits_.archive_depth)
        return with_repacking_advice(reject("too-deep", where, "archives are nested too deeply")
                                         .rule("P-159")
                                         .expected("at most " + std::to_string(limits_.archive_depth) + " levels"));
      auto unpacked = read_archive(group.front().bytes, where, budget_, limits_);
      if (!unpacked) return with_repacking_advice(unpacked.error());
      group.clear();
      auto chart = load(files_of(std::move(*unpacked)), where, true, level + 1, archive_level + 1);
      if (!chart) return with_repacking_advice(chart.error());
      return chart;
    }
    std::vector<LoadedFile> files;
    for (auto& file : group) {
      if (file.path.size() <= name.size()) {
        // A stray file: a chart without Chart.yaml to Helm. Say what is wrong instead.
        return reject("subchart-form", where, "a file in charts/ must be a chart archive or lie in a chart's directory")
            .rule("P-55")
            .fix("move it elsewhere, or name it in .helmignore");
      }
      file.path.erase(0, name.size() + 1);
      files.push_back(std::move(file));
    }
    group.clear();
    return load(std::move(files), where, parent.from_archive, level + 1, archive_level);
  }

  /// P-76: two subcharts of one name are written to the same paths.
  static Verdict<void> check_subchart_names(LoadedChart const& chart) {
    std::map<std::string_view, std::string_view> seen;
    for (auto const& subchart : chart.subcharts) {
      auto const [other, fresh] = seen.emplace(subchart.metadata.name, subchart.where);
      if (!fresh)
        return reject("duplicate-subchart", std::string(subchart.where),
                      "another subchart has the same name, and both would be written to the same place")
            .rule("P-76")
            .found(subchart.metadata.name + " in " + std::string(other->second) + " too")
            .fix("remove one of them");
    }
    return {};
  }

 public:
  static std::vector<LoadedFile> files_of(std::vector<ArchiveFile> unpacked) {
    std::vector<LoadedFile> files;
    files.reserve(unpacked.size());
    for (auto& file : unpacked) files.push_back({std::move(file.path), std::move(file.bytes), file.mtime});
    return files;
  }

  /// The top archive counts like any other.
  Verdict<std::vector<ArchiveFile>> unpack(std::string_view tgz, std::string_view where) {
    return read_archive(tgz, where, budget_, limits_);
  }
};

/// P-75: top chart only.
Verdict<void> check_dependencies(LoadedChart const& chart) {
  std::string missing;
  for (auto const& dependency : chart.metadata.dependencies) {
    bool const found = std::any_of(chart.subcharts.begin(), chart.subcharts.end(),
                                   [&](LoadedChart const& s) { return s.metadata.name == dependency.name; });
    if (!found) missing += (missing.empty() ? "" : ", ") + dependency.name;
  }
  if (missing.empty()) return {};
  return reject("dep-missing", "Chart.yaml", "dependencies are found in Chart.yaml, but missing in charts/ directory")
      .rule("P-75")
      .expected("a chart in charts/ for every dependency")
      .found(missing)
      .fix("run `helm dependency build` and commit what it fetched, or leave `dependencies: build` on");
}

/// Reads what the walk found. Groups that are dropped anyway are not read (P-55). What the reader has read is not read again.
Verdict<std::vector<LoadedFile>> contents(SourceTree const& tree, ChartReading& reading, Limits const& limits) {
  auto& found = reading.found;
  std::erase_if(found.files, [](ChartFile const& file) {
    std::string_view const path = file.path;
    return path.starts_with("charts/") && is_dropped_group(path.substr(7)) && extension(path) != ".prov";
  });
  std::vector<std::string> wanted;
  wanted.reserve(found.files.size());
  for (auto const& file : found.files) wanted.push_back(file.source_path);
  tree.prefetch(wanted);

  std::vector<LoadedFile> files;
  files.reserve(found.files.size());
  std::uint64_t total = 0;
  for (auto& file : found.files) {
    Verdict<FileContent> content = FileContent{};
    if (file.path == "Chart.yaml")
      content = std::move(reading.chart_yaml.content);
    else if (file.path == "requirements.yaml")
      content = std::move(*reading.requirements);
    else
      content = content_of(tree, file.source_path, file.path, limits);
    if (!content) return content.error();
    total += content->bytes.size();
    if (total >= limits.chart_bytes)
      return reject("chart-too-large", file.path, "the chart's files are too large together: no Helm could load the package")
          .rule("P-19")
          .expected("less than " + std::to_string(limits.chart_bytes) + " bytes");
    files.push_back({std::move(file.path), std::move(content->bytes), file.node.mtime ? file.node.mtime : content->mtime});
  }
  return files;
}

/// The lock that says what is fetched (D-7): packaged or hidden, the later of the two wins, an empty one cancels the earlier
/// (P-52, P-69).
Verdict<FoundLock> build_lock(SourceTree const& tree, ChartReading const& reading, std::vector<LoadedFile> const& files,
                              Limits const& limits) {
  FoundLock found;
  auto const take = [&](std::string const& bytes, char const* name) -> Verdict<void> {
    auto lock = read_lock(bytes, name);
    if (!lock) return lock.error();
    found.lock = std::move(*lock);
    found.file = name;
    return {};
  };
  for (auto const* const name : {"Chart.lock", "requirements.lock"}) {
    for (auto const& file : files)
      if (file.path == name)
        if (auto const fine = take(file.bytes, name); !fine) return fine.error();
    for (auto const& hidden : reading.hidden_locks) {
      if (hidden.path != name) continue;
      auto const content = content_of(tree, hidden.source_path, name, limits);
      if (!content) return content.error();
      if (auto const fine = take(content->bytes, name); !fine) return fine.error();
    }
  }
  return found;
}

/// D-28: fetched archives, as if they were committed in charts/.
Verdict<void> place_extra_archives(PackageOptions const& options, ChartFiles const& found, std::vector<LoadedFile>& files) {
  for (auto const& archive : options.extra_archives) {
    auto const path = "charts/" + archive.name;
    if (auto const fine = check_place(found.rules, archive.name); !fine) return fine.error();
    if (archive.bytes->size() > options.limits.file_bytes)
      return reject("dep-too-large", path, "the fetched archive is too large for a chart")
          .rule("D-35")
          .expected("at most " + std::to_string(options.limits.file_bytes) + " bytes")
          .found(std::to_string(archive.bytes->size()) + " bytes");
    auto const other = std::find_if(files.begin(), files.end(), [&](LoadedFile const& f) { return f.path == path; });
    if (other == files.end()) {
      files.push_back({path, *archive.bytes, {}});
    } else if (other->bytes != *archive.bytes) {
      return reject("dep-duplicate", path, "two different archives would have this place")
          .rule("D-28")
          .expected("one archive per name")
          .fix("use one version for all aliases");
    }
  }
  return {};
}

}  // namespace

Verdict<void> check_place(IgnoreRules const& rules, std::string_view file_name) {
  auto const path = "charts/" + std::string(file_name);
  if (!file_name.ends_with(".tgz") || file_name.find('/') != std::string_view::npos || is_dropped_group(file_name) ||
      !name_fault(path).empty())
    return reject("bad-file-name", path, "a fetched dependency has no usable file name")
        .rule("P-155")
        .fix("give the chart a name that can be a file's");
  auto ignored = rules.decision("charts", EntryKind::directory);
  if (!ignored) ignored = rules.decision(path, EntryKind::file);
  if (!ignored) return {};
  return reject("dep-ignored", path, ".helmignore keeps a fetched dependency out of the package")
      .rule("D-28")
      .expected("the path is kept")
      .found(ignored->line == 0 ? "the built-in rule " + ignored->text
                                : "line " + std::to_string(ignored->line) + ": " + ignored->text)
      .fix("narrow the rule, for example to `/*.tgz`");
}

Verdict<LoadedTop> load_chart(SourceTree const& tree, std::string_view chart_root, PackageOptions const& options) {
  auto reading = read_chart(tree, chart_root, options.limits, Detail::kinds);
  if (!reading) return reading.error();
  // P-11: what Helm looks at before anything else.
  if (auto const checked = reading->chart_yaml.parsed.checked_api_version(); !checked) return checked.error();
  auto files = contents(tree, *reading, options.limits);
  if (!files) return files.error();
  LoadedTop top;
  if (options.read_build_lock) {
    auto lock = build_lock(tree, *reading, *files, options.limits);
    if (!lock) return lock.error();
    top.build_lock = std::move(*lock);
  }
  if (auto const fine = place_extra_archives(options, reading->found, *files); !fine) return fine.error();

  Loader loader(options.limits, top.warnings, &reading->chart_yaml.parsed);
  auto chart = loader.load(std::move(*files), "", false, 0, 0);
  if (!chart) return chart.error();
  if (options.dependencies_must_be_present)
    if (auto const fine = check_dependencies(*chart); !fine) return fine.error();
  top.chart = std::move(*chart);
  auto warnings = chart_warnings(top.chart, reading->found.rules, base_name(chart_root));
  std::move(warnings.begin(), warnings.end(), std::back_inserter(top.warnings));
  top.rules = std::move(reading->found.rules);
  return top;
}

Rejection with_repacking_advice(Rejection why) {
  constexpr std::string_view advice =
      "unpack the archive, correct it, pack it again with `helm package`, and commit the new archive under charts/";
  if (why.fix_text.find(advice) == std::string::npos) why.fix_text.append(why.fix_text.empty() ? "" : "; or ").append(advice);
  return why;
}

Verdict<LoadedTop> load_archive(std::string_view tgz, std::string_view where, Limits const& limits) {
  LoadedTop top;
  Loader loader(limits, top.warnings);
  auto unpacked = loader.unpack(tgz, where);
  if (!unpacked) return unpacked.error();
  auto chart = loader.load(Loader::files_of(std::move(*unpacked)), "", true, 0, 1);
  if (!chart) return chart.error().within(where);
  top.chart = std::move(*chart);
  return top;
}

}  // namespace acr::chart
