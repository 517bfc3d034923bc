// Comparing the charts of two trees: src/chart/changed_charts.hpp (A-45, A-57, P-105 … P-109)

#include "chart/changed_charts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "chart/chart_lock.hpp"
#include "chart/chart_metadata.hpp"
#include "chart/link_resolution.hpp"
#include "chart/local_dependency.hpp"
#include "chart/packager.hpp"
#include "chart/semver.hpp"
#include "support/text.hpp"

namespace acr::chart {
namespace {

/// A directory below a charts directory that holds Chart.yaml.
struct Candidate {
  NodeKind kind = NodeKind::directory;  ///< symlink: the chart lies elsewhere
  std::string id;
};
using Candidates = std::map<std::string, Candidate, std::less<>>;  // by path

std::string without_slashes(std::string_view directory) {
  while (directory.starts_with("./")) directory.remove_prefix(2);
  while (directory.ends_with('/')) directory.remove_suffix(1);
  return directory == "." ? std::string() : std::string(directory);
}

std::optional<std::string> text_of(SourceTree const& tree, std::string_view path) {
  auto const file = resolve(tree, path);
  if (!file || !file->node.is_file()) return {};
  return tree.read(file->path, text_bytes);
}

Candidates candidates(SourceTree const& tree, std::vector<std::string> const& charts_dirs) {
  Candidates found;
  for (auto const& directory : charts_dirs) {
    auto const resolved = resolve(tree, directory);
    if (!resolved || resolved->node.kind != NodeKind::directory) continue;
    for (auto const& child : tree.list(resolved->path)) {
      if (child.kind != NodeKind::directory && child.kind != NodeKind::symlink) continue;
      auto path = joined(directory, child.name);
      auto const described = resolve(tree, joined(path, "Chart.yaml"));
      if (described && described->node.is_file())
        found.emplace(std::move(path), Candidate{child.kind, child.id});
    }
  }
  return found;
}

/// What Chart.yaml says, as far as it can be read.
std::optional<ChartMetadata> metadata_at(SourceTree const& tree, std::string_view path) {
  auto const text = text_of(tree, joined(path, "Chart.yaml"));
  if (!text) return {};
  auto metadata = read_metadata(*text, "Chart.yaml");
  if (!metadata) return {};
  return std::move(*metadata);
}

std::string name_at(SourceTree const& tree, std::string_view path) {
  auto const metadata = metadata_at(tree, path);
  return metadata && !metadata->name.empty() ? metadata->name : std::string(base_name(path));
}

/// True when nothing outside the directory can have a say in the package: no link, no `file://` dependency.
/// Such charts are decided by their tree ids.
bool stands_alone(SourceTree const& tree, std::string const& path) {
  std::vector<std::string> pending{path};
  while (!pending.empty()) {
    auto const directory = std::move(pending.back());
    pending.pop_back();
    for (auto const& entry : tree.list(directory)) {
      if (entry.kind == NodeKind::symlink) return false;
      if (entry.kind == NodeKind::directory) pending.push_back(joined(directory, entry.name));
    }
  }
  // The text itself decides: no need to parse what does not hold the word. YAML can hide it in escapes, in
  // base64 (behind a tag, which %TAG may spell in any way) and in UTF-16 (which has NUL bytes) only.
  for (auto const* const name : {"Chart.yaml", "requirements.yaml"}) {
    auto const text = tree.node(joined(path, name)) ? text_of(tree, joined(path, name)) : std::nullopt;
    if (text && (text->find("file:") != std::string::npos || text->find('\\') != std::string::npos ||
                 text->find('!') != std::string::npos || text->find('\0') != std::string::npos))
      return false;
  }
  return true;
}

/// Files whose text is not what is packaged: written anew, or left out depending on the chart.
bool is_rewritten(std::string_view path) {
  auto const name = base_name(path);
  return name == "Chart.yaml" || name == "Chart.lock" || name == "requirements.yaml" ||
         name == "requirements.lock";
}

bool same_locks(std::vector<PackagedFile> const& a, std::vector<PackagedFile> const& b) {
  auto const same = [](PackagedFile const& x, PackagedFile const& y) { return x.path == y.path && x.content == y.content; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

/// What the locks of two chart directories name is the same, pins included; how they are written does not matter.
bool same_lock(SourceTree const& base, std::string const& old_path, SourceTree const& head, std::string const& path) {
  for (auto const* const name : {"Chart.lock", "requirements.lock"}) {
    auto const old_text = text_of(base, joined(old_path, name)), new_text = text_of(head, joined(path, name));
    if (old_text == new_text) continue;
    auto const old_lock = read_lock(old_text.value_or(""), name), new_lock = read_lock(new_text.value_or(""), name);
    if (!old_lock || !new_lock || old_lock->has_value() != new_lock->has_value()) return false;
    if (*old_lock && ((*old_lock)->dependencies != (*new_lock)->dependencies || (*old_lock)->digest != (*new_lock)->digest)) return false;
  }
  return true;
}

/// P-109: the package bytes with equal times differ. Both lists are cheap; contents are read only where the
/// lists leave the question open.
bool package_differs(SourceTree const& base, std::string const& old_path, PackagedList const& before,
                     SourceTree const& head, std::string const& path, PackagedList const& after,
                     Limits const& limits) {
  std::map<std::string_view, std::string_view> old_files;
  for (auto const& file : before.files) old_files.emplace(file.path, file.content);
  bool metadata_differs = false;
  auto const differs = [&](std::string_view name) {
    bool const open = is_rewritten(name) && !name.starts_with("file://");
    metadata_differs |= open;
    return !open;
  };
  for (auto const& file : after.files) {
    auto const old = old_files.find(file.path);
    bool const same = old != old_files.end() && old->second == file.content;
    if (old != old_files.end()) old_files.erase(old);
    if (!same && differs(file.path)) return true;
  }
  for (auto const& [name, content] : old_files)
    if (differs(name)) return true;
  if (!same_locks(before.hidden_locks, after.hidden_locks)) return true;
  if (!metadata_differs) return false;
  // D-37: versions and pins of a lock count although pins are not packaged, nor locks of v1 charts.
  if (!same_lock(base, old_path, head, path)) return true;

  PackageOptions options;
  options.time = 0;
  options.dependencies_must_be_present = false;
  options.limits = limits;
  auto const old_tar = package_tar(base, old_path, options);
  auto const new_tar = package_tar(head, path, options);
  return !old_tar || !new_tar || *old_tar != *new_tar;
}

class Comparison {
 public:
  Comparison(SourceTree const& base, SourceTree const& head, Limits const& limits)
      : base_(base), head_(head), limits_(limits) {}

  ChangedCharts result;

  void run(std::vector<std::string> const& charts_dirs) {
    auto const directories = usable(charts_dirs);
    auto old_charts = candidates(base_, directories);
    auto const new_charts = candidates(head_, directories);

    // What decides below, fetched together where the source is far away.
    std::vector<std::string> described, described_before;
    for (auto const& [path, chart] : new_charts) {
      described.push_back(joined(path, "Chart.yaml"));
      described.push_back(joined(path, "requirements.yaml"));
    }
    for (auto const& [path, chart] : old_charts)
      if (auto const now = new_charts.find(path); now == new_charts.end() || now->second.id != chart.id)
        described_before.push_back(joined(path, "Chart.yaml"));
    head_.prefetch(described);
    base_.prefetch(described_before);

    // Charts that are gone, by name: one of that name elsewhere has moved.
    std::map<std::string, std::string> gone;
    for (auto const& [path, chart] : old_charts)
      if (!new_charts.contains(path)) gone.emplace(name_at(base_, path), path);

    for (auto const& [path, chart] : new_charts) {
      auto const old = old_charts.find(path);
      if (old != old_charts.end()) {
        bool const same_directory = chart.kind == NodeKind::directory &&
                                    old->second.kind == NodeKind::directory && !chart.id.empty() &&
                                    chart.id == old->second.id;
        if (same_directory && stands_alone(head_, path)) continue;
        compare(path, path);
        continue;
      }
      auto const moved = gone.find(name_at(head_, path));
      if (moved == gone.end()) {
        compare(path, {});
        continue;
      }
      result.moved.push_back({moved->second, path, moved->first});
      compare(path, moved->second);
      gone.erase(moved);
    }
    for (auto const& [name, path] : gone) result.removed.push_back({path, name});
    refuse_duplicates();
    sort();
  }

 private:
  SourceTree const& base_;
  SourceTree const& head_;
  Limits const& limits_;

  /// P-109: a charts directory inside another chart's charts/ belongs to that chart.
  std::vector<std::string> usable(std::vector<std::string> const& charts_dirs) {
    std::vector<std::string> directories;
    for (auto const& text : charts_dirs) {
      auto directory = without_slashes(text);
      std::string outer;
      for (std::string_view above = directory; !above.empty(); above = parent_path(above)) {
        auto const chart = parent_path(above);
        if (base_name(above) == "charts" && !chart.empty() && text_of(head_, joined(chart, "Chart.yaml")))
          outer = chart;
      }
      if (outer.empty()) {
        directories.push_back(std::move(directory));
      } else {
        result.warnings.push_back(
            {directory,
             {"nested-charts-directory", "", 0,
              "these charts belong to the chart " + outer + " and are released with it", "P-109"}});
      }
    }
    return directories;
  }

  void refuse(std::string const& path, Rejection why) {
    bool const named = why.where.starts_with(path);
    result.refused.push_back({path, named ? std::move(why) : std::move(why).within(path)});
  }

  void compare(std::string const& path, std::optional<std::string> const& old_path) {
    auto const after = packaged_list(head_, path, limits_);
    if (old_path) {
      auto const before = packaged_list(base_, *old_path, limits_);
      if (after && before && !package_differs(base_, *old_path, *before, head_, path, *after, limits_))
        return;
    }
    if (!after) return refuse(path, after.error());

    auto const text = text_of(head_, joined(path, "Chart.yaml"));
    if (!text) return refuse(path, reject("no-chart-yaml", path, "Chart.yaml cannot be read").rule("A-57"));
    auto metadata = read_metadata(*text, "Chart.yaml");
    if (!metadata) return refuse(path, metadata.error());
    auto validated = validate(std::move(*metadata), "Chart.yaml");
    if (!validated) return refuse(path, validated.error());
    ChangedChart chart{path, validated->metadata.name, validated->metadata.version, {}, {}};
    if (old_path) {
      if (*old_path != path) chart.old_path = *old_path;
      if (auto const old = metadata_at(base_, *old_path)) chart.old_version = old->version;
    }
    if (auto refused = check(chart)) return refuse(path, std::move(*refused));
    result.changed.push_back(std::move(chart));
  }

  std::optional<Rejection> check(ChangedChart const& chart) {
    auto const directory = std::string(base_name(chart.path));
    if (!is_usable_name(chart.name))
      return reject("name-unusable", chart.path,
                    "the chart's name fits neither a tag nor an output of a workflow")
          .rule("A-45")
          .expected("[A-Za-z0-9_][A-Za-z0-9._-]*")
          .found(chart.name)
          .mend("rename the chart");
    if (chart.name != directory)
      return reject("name-mismatch", chart.path, "the chart's name differs from its directory's")
          .rule("A-45")
          .expected(directory)
          .found(chart.name)
          .mend("rename one of the two");
    if (!chart.old_version) return {};
    if (*chart.old_version == chart.version)
      return reject("version-not-bumped", chart.path, "the chart has changed, its version has not")
          .rule("A-57")
          .expected("a version other than " + *chart.old_version)
          .found(chart.version)
          .mend("increase `version` in Chart.yaml");
    auto const old_version = parse_version(*chart.old_version);
    auto const new_version = parse_version(chart.version);
    if (old_version && new_version && acr::chart::compare(*new_version, *old_version) <= 0)
      result.warnings.push_back(
          {chart.path,
           {"version-not-increased", "Chart.yaml", 0,
            "version " + chart.version + " is not greater than " + *chart.old_version, "P-107"}});
    return {};
  }

  /// outputs and tags of two such charts would be one on their way through a workflow.
  void refuse_duplicates() {
    std::map<std::string, std::vector<std::string>> by_name;
    for (auto const& chart : result.changed) by_name[to_lower_ascii(chart.name)].push_back(chart.path);
    std::set<std::string> doubled;
    for (auto const& [name, paths] : by_name) {
      if (paths.size() < 2) continue;
      for (auto const& path : paths) {
        auto const& other = paths[0] == path ? paths[1] : paths[0];
        refuse(path,
               reject("duplicate-name", path, "another changed chart has the same name, letter case aside")
                   .rule("A-45")
                   .found(other)
                   .mend("rename one of the charts"));
        doubled.insert(path);
      }
    }
    std::erase_if(result.changed, [&](ChangedChart const& chart) { return doubled.contains(chart.path); });
  }

  void sort() {
    auto const by_path = [](auto const& a, auto const& b) { return a.path < b.path; };
    std::sort(result.changed.begin(), result.changed.end(), by_path);
    std::sort(result.refused.begin(), result.refused.end(), by_path);
    std::sort(result.removed.begin(), result.removed.end(), by_path);
    std::stable_sort(result.warnings.begin(), result.warnings.end(), by_path);
    std::sort(result.moved.begin(), result.moved.end(),
              [](auto const& a, auto const& b) { return a.to < b.to; });
  }
};

}  // namespace

ChangedCharts changed_charts(SourceTree const& base, SourceTree const& head,
                             std::vector<std::string> const& charts_dirs, Limits const& limits) {
  auto const old_root = base.node("");
  auto const new_root = head.node("");
  if (old_root && new_root && !new_root->id.empty() && old_root->id == new_root->id) return {};
  Comparison comparison(base, head, limits);
  comparison.run(charts_dirs);
  return std::move(comparison.result);
}

bool is_usable_name(std::string_view name) {
  auto const letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && letter_or_digit(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
    return letter_or_digit(c) || c == '.' || c == '-';
  });
}

}  // namespace acr::chart
