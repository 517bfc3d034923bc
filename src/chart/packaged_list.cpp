// What would be packaged, named rather than read: packaged_list() of src/chart/packager.hpp (A-55, P-109,
// D-37)

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "chart/archive_reader.hpp"
#include "chart/chart_files.hpp"
#include "chart/chart_metadata.hpp"
#include "chart/link_resolution.hpp"
#include "chart/local_dependency.hpp"
#include "chart/packager.hpp"
#include "support/digest.hpp"

namespace acr::chart {
namespace {

constexpr std::string_view charts_directory = "charts/";

/// The group of charts/ that a path belongs to; empty for other paths and for provenance files (P-53).
std::string_view group_of(std::string_view path) {
  if (!path.starts_with(charts_directory) || path.ends_with(".prov")) return {};
  auto const rest = path.substr(charts_directory.size());
  return rest.substr(0, rest.find('/'));
}

bool is_dropped(std::string_view group) { return group.starts_with('_') || group.starts_with('.'); }

class Lister {
 public:
  Lister(SourceTree const& tree, Limits const& limits) : tree_(tree), limits_(limits) {}

  PackagedList list;

  /// Lists the chart at `chart_root`; `prefix` goes in front of the paths: "" for the top chart.
  std::optional<Rejection> add(std::string const& chart_root, std::string const& prefix, unsigned depth) {
    auto found = chart_files(tree_, chart_root, limits_);
    if (!found) return found.error();
    list.leaves_root |= found->leaves_root;
    std::set<std::string, std::less<>> dropped;
    for (auto const& file : found->files) {
      if (auto const group = group_of(file.path); is_dropped(group)) {
        dropped.emplace(group);
        continue;
      }
      auto content = content_of(file);
      if (!content) return content.error();
      list.files.push_back({prefix + file.path, file.node.kind, std::move(*content), file.node.size});
    }
    if (prefix.empty()) {
      list.ignored = std::move(found->ignored);
      list.dropped.assign(dropped.begin(), dropped.end());
    }
    auto const dependencies = declared(*found);
    if (auto refused = add_hidden_locks(*found, prefix, dependencies)) return refused;
    return add_local_dependencies(chart_root, *found, dependencies, depth);
  }

 private:
  SourceTree const& tree_;
  Limits const& limits_;
  std::set<std::string> targets_;

  Verdict<std::string> content_of(ChartFile const& file) const {
    if (!file.node.id.empty()) return file.node.id;
    auto const bytes = tree_.read(file.source_path, static_cast<std::size_t>(limits_.file_bytes));
    if (!bytes) return reject("file-too-large", file.path, "the file is too large for a chart").rule("P-18");
    return sha256_text(*bytes);
  }

  std::optional<std::string> text_of(ChartFiles const& found, std::string_view path) const {
    for (auto const& file : found.files)
      if (file.path == path) return tree_.read(file.source_path, text_bytes);
    return {};
  }

  /// Dependencies as far as they can be read; whoever packages the chart is told what is wrong with it.
  std::vector<Dependency> declared(ChartFiles const& found) const {
    auto const text = text_of(found, "Chart.yaml");
    if (!text) return {};
    auto metadata = read_metadata(*text, "Chart.yaml");
    if (!metadata) return {};
    if (auto const requirements = text_of(found, "requirements.yaml"))
      if (!merge_requirements(*metadata, *requirements, "requirements.yaml")) return {};
    return metadata->dependencies;
  }

  /// Names of the charts in charts/ (D-2: whatever their file names).
  std::set<std::string> vendored(ChartFiles const& found) const {
    std::set<std::string> names;
    auto const note = [&](std::string_view chart_yaml) {
      if (auto const metadata = read_metadata(chart_yaml, "Chart.yaml")) names.insert(metadata->name);
    };
    ArchiveBudget budget;
    for (auto const& file : found.files) {
      auto const group = group_of(file.path);
      if (group.empty() || is_dropped(group)) continue;
      auto const in_group = std::string_view(file.path).substr(charts_directory.size() + group.size());
      if (in_group != "/Chart.yaml" && !(in_group.empty() && group.ends_with(".tgz"))) continue;
      auto const bytes = tree_.read(file.source_path, static_cast<std::size_t>(limits_.file_bytes));
      if (!bytes) continue;
      if (!in_group.empty()) {
        note(*bytes);
        continue;
      }
      auto const unpacked = read_archive(*bytes, file.path, budget, limits_);
      if (!unpacked) continue;
      for (auto const& inner : *unpacked)
        if (inner.path == "Chart.yaml") note(inner.bytes);
    }
    return names;
  }

  std::optional<Rejection> add_hidden_locks(ChartFiles const& found, std::string const& prefix,
                                            std::vector<Dependency> const& dependencies) {
    for (auto const* const name : {"Chart.lock", "requirements.lock"}) {
      if (!found.rules.ignores(name, EntryKind::file) || !tree_.node(joined(found.root, name))) continue;
      auto const present = vendored(found);
      bool const complete = std::all_of(dependencies.begin(), dependencies.end(), [&](Dependency const& d) { return present.contains(d.name); });
      auto const lock = resolve(tree_, joined(found.root, name));
      if (complete || !lock || !lock->node.is_file()) continue;
      auto content = content_of({name, lock->path, lock->node});
      if (!content) return content.error();
      list.hidden_locks.push_back({prefix + name, lock->node.kind, std::move(*content), lock->node.size});
    }
    return {};
  }

  std::optional<Rejection> add_local_dependencies(std::string const& chart_root, ChartFiles const& found,
                                                  std::vector<Dependency> const& dependencies, unsigned depth) {
    auto const is_local = [](Dependency const& d) { return is_local_repository(d.repository); };
    if (std::none_of(dependencies.begin(), dependencies.end(), is_local)) return {};
    list.leaves_root = true;
    if (depth == limits_.local_dependency_depth) return {};
    auto const present = vendored(found);
    for (auto const& dependency : dependencies) {
      if (!is_local(dependency) || present.contains(dependency.name)) continue;
      auto const target = local_dependency(tree_, chart_root, dependency.repository);
      if (!target || !targets_.insert(*target).second) continue;
      list.local_targets.insert(
          std::upper_bound(list.local_targets.begin(), list.local_targets.end(), *target), *target);
      if (auto refused = add(*target, "file://" + *target + "/", depth + 1))
        return std::move(*refused).within("file://" + *target);
    }
    return {};
  }
};

}  // namespace

Verdict<PackagedList> packaged_list(SourceTree const& tree, std::string_view chart_root,
                                    Limits const& limits) {
  Lister lister(tree, limits);
  if (auto refused = lister.add(std::string(chart_root), "", 0))
    return std::move(*refused).within(chart_root.empty() ? "." : chart_root);
  return std::move(lister.list);
}

bool same_content(PackagedList const& a, PackagedList const& b) {
  using Bound = std::map<std::string_view, std::pair<NodeKind, std::string_view>>;
  auto const bound = [](PackagedList const& list) {
    Bound files;
    for (auto const& file : list.files)
      files.emplace(file.path, std::pair(file.kind, std::string_view(file.content)));
    // A path is packaged or hidden, never both; which of the two counts, too, and shows in .helmignore.
    for (auto const& lock : list.hidden_locks) files.emplace(lock.path, std::pair(lock.kind, std::string_view(lock.content)));
    return files;
  };
  return bound(a) == bound(b);
}

}  // namespace acr::chart
