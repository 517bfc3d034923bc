// Comparing the charts of two trees: src/chart/changed_charts.hpp (A-45, A-57, P-105 … P-109, B-18 … B-22)

#include "chart/changed_charts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>

#include "chart/chart_loader.hpp"
#include "chart/chart_lock.hpp"
#include "chart/chart_metadata.hpp"
#include "chart/chart_reader.hpp"
#include "chart/charts_directories.hpp"
#include "chart/excluded_charts.hpp"
#include "chart/local_dependency.hpp"
#include "chart/outside_charts.hpp"
#include "chart/packager.hpp"
#include "chart/semver.hpp"
#include "chart/source_list.hpp"
#include "support/parallel.hpp"
#include "support/text.hpp"

namespace acr::chart {
namespace {

constexpr std::string_view lock_scheme = "lock://";

/// Files whose text is not what is packaged: written anew, or left out depending on the chart.
bool is_rewritten(std::string_view path) {
  auto const name = base_name(path);
  return name == "Chart.yaml" || name == "Chart.lock" || name == "requirements.yaml" || name == "requirements.lock";
}

bool is_own(std::string_view name) { return name.find("://") == std::string_view::npos; }

/// Two versions of one chart and what of their files differs.
class Difference {
 public:
  Difference(SourceTree const& base, SourceTree const& head, SourceList const& before, SourceList const& after,
             Limits const& limits)
      : base_(base), head_(head), before_(before), after_(after), limits_(limits) {}

  /// P-109: the package bytes with equal times differ. The lists are cheap; contents are read only where they leave the
  /// question open.
  bool packages_differ() {
    compare_lists();
    if (content_) return true;
    // D-37: versions and pins of a lock count although pins are not packaged, nor locks of v1 charts.
    if (metadata_ && !same_locks(false)) return true;
    if (elsewhere_ && fetching_differs()) return true;
    return metadata_ && tars_differ();
  }

 private:
  SourceTree const& base_;
  SourceTree const& head_;
  SourceList const& before_;
  SourceList const& after_;
  Limits const& limits_;
  bool content_ = false;   ///< a file that is packaged as it is
  bool metadata_ = false;  ///< a file that is written anew
  bool elsewhere_ =
      false;  ///< a hidden lock, or something below a `file://` directory: counts only when the chart lacks something

  void note(SourceFile const& file) {
    if (file.dropped) return;
    if (!is_own(file.name))
      elsewhere_ = true;
    else
      (is_rewritten(file.name) ? metadata_ : content_) = true;
  }

  void compare_lists() {
    std::map<std::string_view, SourceFile const*> old_files;
    for (auto const& file : before_.files) old_files.emplace(file.name, &file);
    for (auto const& file : after_.files) {
      auto const old = old_files.find(file.name);
      bool const same = old != old_files.end() && old->second->content == file.content;
      if (old != old_files.end()) old_files.erase(old);
      if (!same) note(file);
    }
    for (auto const& [name, file] : old_files) note(*file);
  }

  static SourceFile const* lock_named(SourceList const& list, std::string_view name, bool hidden) {
    for (auto const& file : list.files)
      if (hidden ? file.name.starts_with(lock_scheme) && std::string_view(file.name).substr(lock_scheme.size()) == name
                 : file.name == name)
        return &file;
    return nullptr;
  }

  Verdict<std::optional<ChartLock>> lock_of(SourceTree const& tree, SourceFile const* file, std::string_view name) const {
    if (file == nullptr) return std::optional<ChartLock>();
    auto const content = content_of(tree, file->source_path, name, limits_);
    if (!content) return content.error();
    return read_lock(content->bytes, name);
  }

  /// What the locks name is the same, pins included; how they are written does not matter.
  [[nodiscard]] bool same_locks(bool hidden) const {
    for (auto const* const name : {"Chart.lock", "requirements.lock"}) {
      auto const *was = lock_named(before_, name, hidden), *is = lock_named(after_, name, hidden);
      if ((was == nullptr && is == nullptr) || (was && is && was->content == is->content)) continue;
      auto const old_lock = lock_of(base_, was, name), new_lock = lock_of(head_, is, name);
      if (!old_lock || !new_lock || old_lock->has_value() != new_lock->has_value()) return false;
      if (*old_lock && ((*old_lock)->dependencies != (*new_lock)->dependencies || (*old_lock)->digest != (*new_lock)->digest))
        return false;
    }
    return true;
  }

  /// Declared dependencies that charts/ lacks, by the loader's own word; nothing when the chart cannot be loaded.
  [[nodiscard]] std::optional<std::vector<Dependency>> lacking(SourceTree const& tree, SourceList const& list) const {
    PackageOptions options;
    options.dependencies_must_be_present = false;
    options.limits = limits_;
    auto const loaded = load_chart(tree, list.root, options);
    if (!loaded) return {};
    auto missing = loaded->chart.metadata.dependencies;
    std::erase_if(missing, [&](Dependency const& d) {
      return std::ranges::any_of(loaded->chart.subcharts, [&](LoadedChart const& s) { return s.metadata.name == d.name; });
    });
    return missing;
  }

  /// True when what differs elsewhere can change what is brought into the package.
  [[nodiscard]] bool fetching_differs() const {
    auto const was = lacking(base_, before_), is = lacking(head_, after_);
    if (!was || !is) return true;
    auto const is_local = [](Dependency const& d) { return is_local_repository(d.repository); };
    if (std::ranges::any_of(*was, is_local) || std::ranges::any_of(*is, is_local)) return true;
    return (!was->empty() || !is->empty()) && !same_locks(true);
  }

  [[nodiscard]] bool tars_differ() const {
    PackageOptions options;
    options.time = 0;
    options.dependencies_must_be_present = false;
    options.limits = limits_;
    auto const old_tar = package_tar(base_, before_.root, options);
    auto const new_tar = package_tar(head_, after_.root, options);
    return !old_tar || !new_tar || *old_tar != *new_tar;
  }
};

std::vector<std::string> paths_of(std::vector<ChartsDirectory> const& directories,
                                  std::optional<std::string> ChartsDirectory::*side) {
  std::vector<std::string> paths;
  for (auto const& directory : directories)
    if (auto const& path = directory.*side) paths.push_back(*path);
  return paths;
}

class Comparison {
 public:
  Comparison(SourceTree const& base, SourceTree const& head, Limits const& limits)
      : base_(base), head_(head), limits_(limits) {}

  ChangedCharts result;

  void run(std::vector<ChartsDirectory> const& directories, std::vector<std::string> const& exclude) {
    excluded_ = ExcludedCharts(exclude);
    scope_.charts_dirs = paths_of(directories, &ChartsDirectory::head);
    old_charts_ = chart_candidates(base_, paths_of(directories, &ChartsDirectory::base));
    new_charts_ = chart_candidates(head_, scope_.charts_dirs);
    prefetch();
    exclude_charts();

    // Charts that are gone, by name: one of that name elsewhere has moved.
    std::multimap<std::string, std::string> gone;
    for (auto const& [path, chart] : old_charts_)
      if (!new_charts_.contains(path)) gone.emplace(chart_name(base_, path, chart), path);

    for (auto const& [path, chart] : new_charts_) {
      scope_.charts.insert(chart.directory);
      auto const old = old_charts_.find(path);
      if (chart.broken) {
        judge_broken(path, chart, old == old_charts_.end() ? nullptr : &old->second);
        continue;
      }
      if (old != old_charts_.end()) {
        bool const same_directory = !chart.id.empty() && chart.id == old->second.id && chart.directory == old->second.directory;
        if (!same_directory || !stands_alone(chart)) compare(path, path, same_directory);
        continue;
      }
      auto const moved = gone.find(chart_name(head_, path, chart));
      if (moved == gone.end()) {
        compare(path, {}, false);
        continue;
      }
      result.moved.push_back({moved->second, path, moved->first});
      compare(path, moved->second, false);
      gone.erase(moved);
    }
    for (auto const& [name, path] : gone) result.removed.push_back({path, name});
    refuse_duplicates();
    find_outside();
    for (auto const& item : excluded_.idle())
      result.warnings.push_back(
          {item, {"exclude-unused", "", 0, "this item of exclude-charts fits no chart of head or base", "B-19"}});
    sort();
  }

 private:
  SourceTree const& base_;
  SourceTree const& head_;
  Limits const& limits_;
  ChartCandidates old_charts_, new_charts_;
  ExcludedCharts excluded_;
  OutsideScope scope_;
  std::unordered_set<std::string> without_links_;  ///< ids of trees, all below included

  /// What decides below, fetched together where the source is far away.
  void prefetch() const {
    std::vector<std::string> described, described_before;
    for (auto const& [path, chart] : new_charts_)
      for (auto const* const name : {"Chart.yaml", "requirements.yaml", ".helmignore"})
        if (!chart.broken) described.push_back(joined(chart.directory, name));
    for (auto const& [path, chart] : old_charts_) {
      auto const now = new_charts_.find(path);
      if (chart.broken || (now != new_charts_.end() && now->second.id == chart.id)) continue;
      for (auto const* const name : {"Chart.yaml", "requirements.yaml", ".helmignore"})
        described_before.push_back(joined(chart.directory, name));
    }
    for_each_index(2, 2, [&](std::size_t side) { side == 0 ? head_.prefetch(described) : base_.prefetch(described_before); });
  }

  /// B-19: an excluded chart is neither compared nor reported as removed, but it is named.
  void exclude_charts() {
    bool const by_name = excluded_.asks_for_names();
    std::map<std::string, SkippedChart> skipped;
    auto const look = [&](SourceTree const& tree, ChartCandidates const& charts) {
      for (auto const& [path, chart] : charts) {
        auto const name = by_name ? chart_name(tree, path, chart) : std::string();
        if (auto const* item = excluded_.fitting(path, chart.broken ? std::string_view() : std::string_view(name)))
          skipped.emplace(path, SkippedChart{path, by_name ? name : std::string(base_name(path)), *item});
      }
    };
    look(head_, new_charts_);
    look(base_, old_charts_);
    for (auto const& [path, chart] : skipped) {
      if (auto const at = new_charts_.find(path); at != new_charts_.end()) {
        if (!at->second.broken) scope_.charts.insert(at->second.directory);
        new_charts_.erase(at);
      }
      old_charts_.erase(path);
      result.skipped.push_back(chart);
    }
  }

  /// True when nothing outside the directory can have a say in the package: no link, no `file://` dependency. Such charts are
  /// decided by their tree ids; what cannot be read does not stand alone, so that the comparison says what is wrong.
  bool stands_alone(ChartCandidate const& chart) {
    return holds_no_link(chart.directory, chart.id) && names_no_directory(chart.directory);
  }

  /// Each tree object is looked at once, wherever and however often it stands (B-25).
  bool holds_no_link(std::string const& root, std::string const& id) {
    if (without_links_.contains(id)) return true;
    std::vector<std::string> pending{root};
    std::unordered_set<std::string> seen{id};
    while (!pending.empty()) {
      auto const directory = std::move(pending.back());
      pending.pop_back();
      for (auto const& entry : head_.list(directory)) {
        if (entry.kind == NodeKind::symlink) return false;
        if (entry.kind == NodeKind::directory && !without_links_.contains(entry.id) && seen.insert(entry.id).second)
          pending.push_back(joined(directory, entry.name));
      }
    }
    without_links_.merge(seen);
    return true;
  }

  /// Decided by the reader's own description; whether .helmignore hides requirements.yaml does not matter, as both lists are
  /// asked.
  bool names_no_directory(std::string const& root) const {
    auto const chart_yaml = read_chart_yaml(head_, root, limits_);
    if (!chart_yaml) return false;
    auto const alone = description_of(chart_yaml->parsed, nullptr);
    if (!alone || !local_repositories(*alone).empty()) return false;
    auto const path = joined(root, "requirements.yaml");
    auto const requirements = head_.node(path);
    if (!requirements) return true;
    if (!requirements->is_file()) return false;
    auto const content = content_of(head_, path, "requirements.yaml", limits_);
    if (!content) return false;
    auto const merged = description_of(chart_yaml->parsed, &content->bytes);
    return merged && local_repositories(*merged).empty();
  }

  void refuse(std::string const& path, Rejection why) {
    bool const named = why.where.starts_with(path);
    result.refused.push_back({path, named ? std::move(why) : std::move(why).within(path)});
  }

  void warn(std::string const& path, Code code, std::string file, std::string why, std::string rule) {
    result.warnings.push_back({path, {code, std::move(file), 0, std::move(why), std::move(rule)}});
  }

  /// B-20: never taken for removed, never passed over; only what the base has just so is not this change's fault.
  void judge_broken(std::string const& path, ChartCandidate const& chart, ChartCandidate const* old) {
    if (old && old->broken && old->entry == chart.entry && *old->broken == *chart.broken)
      return warn(path, chart.broken->code, "", chart.broken->why + "; the base has it, too, and it is not released",
                  chart.broken->rule_number);
    refuse(path, *chart.broken);
  }

  /// Whatever the list takes from elsewhere is part of this chart, and no chart outside (B-19).
  void note_sources(SourceList const& list) {
    scope_.sources.insert(list.local_targets.begin(), list.local_targets.end());
    for (auto const& file : list.files)
      if (base_name(file.source_path) == "Chart.yaml" && !file.source_path.starts_with(list.root + "/"))
        scope_.sources.insert(std::string(parent_path(file.source_path)));
  }

  void compare(std::string const& path, std::optional<std::string> const& old_path, bool same_directory) {
    auto const after = source_list(head_, path, limits_);
    if (after) note_sources(*after);
    if (old_path) {
      auto const before = source_list(base_, *old_path, limits_);
      if (after && before && !Difference(base_, head_, *before, *after, limits_).packages_differ()) return;
      // It cannot be packaged, but nor could it be before, for the very same reason.
      if (same_directory && !after && !before && after.error() == before.error())
        return warn(path, "chart-unreadable", "", after.error().sentence() + "; the base has it, too, and it is not released",
                    "B-2");
    }
    if (!after) return refuse(path, after.error());
    auto validated = validate(after->metadata, "Chart.yaml");
    if (!validated) return refuse(path, validated.error());
    ChangedChart chart{path, validated->metadata.name, validated->metadata.version, {}, {}};
    if (old_path) {
      if (*old_path != path) chart.old_path = *old_path;
      if (auto const old = old_charts_.find(*old_path); old != old_charts_.end() && !old->second.broken)
        chart.old_version = version_at(old->second);
    }
    if (auto const fine = check(chart); !fine) return refuse(path, fine.error());
    result.changed.push_back(std::move(chart));
  }

  [[nodiscard]] std::optional<std::string> version_at(ChartCandidate const& old) const {
    auto const chart_yaml = read_chart_yaml(base_, old.directory, limits_);
    if (!chart_yaml) return {};
    auto const described = description_of(chart_yaml->parsed, nullptr);
    if (!described) return {};
    return described->metadata.version;
  }

  Verdict<void> check(ChangedChart const& chart) {
    if (!is_usable_name(chart.name))
      return reject("name-unusable", chart.path, "the chart's name fits neither a tag nor an output of a workflow")
          .rule("A-45")
          .expected("[A-Za-z0-9_][A-Za-z0-9._-]*")
          .found(chart.name)
          .fix("rename the chart");
    if (!chart.old_version) return {};
    if (*chart.old_version == chart.version)
      return reject("version-not-bumped", chart.path, "the chart has changed, its version has not")
          .rule("A-57")
          .expected("a version other than " + *chart.old_version)
          .found(chart.version)
          .fix("increase `version` in Chart.yaml")
          .in_source(joined(chart.path, "Chart.yaml"), 0);
    auto const old_version = parse_version(*chart.old_version);
    auto const new_version = parse_version(chart.version);
    if (!old_version || !new_version) return {};
    auto const order = acr::chart::compare(*new_version, *old_version);
    // A revert finds its old tag and attestations, and gives the old bytes.
    if (order < 0)
      warn(chart.path, "version-lower", "Chart.yaml", "version " + chart.version + " is lower than " + *chart.old_version,
           "B-4");
    if (order == 0)
      warn(chart.path, "version-not-increased", "Chart.yaml",
           "version " + chart.version + " is not greater than " + *chart.old_version, "P-107");
    return {};
  }

  void find_outside() {
    scope_.excluded = [this](std::string const& path) {
      auto const node = head_.node(path);
      ChartCandidate const chart{node.value_or(Node{}), path, {}};
      auto const name = excluded_.asks_for_names() ? chart_name(head_, path, chart) : std::string();
      auto const* const item = excluded_.fitting(path, name);
      if (item) result.skipped.push_back({path, name.empty() ? std::string(base_name(path)) : name, *item});
      return item != nullptr;
    };
    auto found = outside_charts(base_, head_, scope_);
    result.outside = std::move(found.paths);
    result.outside_complete = found.complete;
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
        refuse(path, reject("duplicate-name", path, "another changed chart has the same name, letter case aside")
                         .rule("A-45")
                         .found(other)
                         .fix("rename one of the charts"));
        doubled.insert(path);
      }
    }
    std::erase_if(result.changed, [&](ChangedChart const& chart) { return doubled.contains(chart.path); });
  }

  void sort() {
    auto const by_path = [](auto const& a, auto const& b) { return a.path < b.path; };
    std::sort(result.changed.begin(), result.changed.end(), by_path);
    std::sort(result.refused.begin(), result.refused.end(), by_path);
    std::sort(result.skipped.begin(), result.skipped.end(), by_path);
    std::sort(result.removed.begin(), result.removed.end(), by_path);
    std::stable_sort(result.warnings.begin(), result.warnings.end(), by_path);
    std::sort(result.moved.begin(), result.moved.end(), [](auto const& a, auto const& b) { return a.to < b.to; });
  }
};

}  // namespace

Verdict<ChangedCharts> changed_charts(SourceTree const& base, SourceTree const& head, ChartsScope const& scope,
                                      Limits const& limits) {
  auto const directories = charts_directories(base, head, scope.charts_dirs);
  if (!directories) return directories.error();
  auto const old_root = base.node("");
  auto const new_root = head.node("");
  if (old_root && new_root && !new_root->id.empty() && old_root->id == new_root->id) return ChangedCharts{};
  Comparison comparison(base, head, limits);
  comparison.run(*directories, scope.exclude_charts);
  return std::move(comparison.result);
}

bool is_usable_name(std::string_view name) {
  auto const letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && letter_or_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter_or_digit(c) || c == '.' || c == '-'; });
}

}  // namespace acr::chart
