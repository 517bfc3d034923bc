// Charts directories and their children: src/chart/charts_directories.hpp (B-18, B-20, B-23)

#include "chart/charts_directories.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "chart/chart_reader.hpp"
#include "chart/link_resolution.hpp"
#include "support/text.hpp"

namespace acr::chart {
namespace {

// A search for a message: what it does not find in so many directories it leaves out.
constexpr std::size_t directories_searched = 2'000, directories_shown = 5, spelling_bytes = 256;

std::string shown(std::string_view directory) { return directory.empty() ? "." : std::string(directory); }

std::string without_dot(std::string_view directory) {
  while (directory.starts_with("./")) directory.remove_prefix(2);
  while (directory.ends_with('/')) directory.remove_suffix(1);
  return directory == "." ? std::string() : std::string(directory);
}

bool holds(std::string_view outer, std::string_view inner) {
  return outer.empty() || inner == outer || (inner.starts_with(outer) && inner[outer.size()] == '/');
}

/// Levenshtein distance, of texts that a person typed.
std::size_t distance(std::string_view a, std::string_view b) {
  a = a.substr(0, spelling_bytes);
  b = b.substr(0, spelling_bytes);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      auto const changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

/// What a configured directory is in one tree.
struct Place {
  std::optional<std::string> path;  ///< of the directory
  std::optional<Rejection> link;    ///< why it is unusable
};

/// True when `path` or something above it is a link, so that "not there" means "leads nowhere".
bool leads_through_link(SourceTree const& tree, std::string_view path) {
  std::string above;
  for (auto const component : split(path, '/')) {
    above = joined(above, component);
    auto const node = tree.node(above);
    if (!node) return false;
    if (node->kind == NodeKind::symlink) return true;
  }
  return false;
}

Place place_of(SourceTree const& tree, std::string const& directory) {
  auto const resolved = resolve(tree, directory);
  bool const linked = leads_through_link(tree, directory);
  if (!resolved) return {{}, linked ? std::optional(resolved.error()) : std::nullopt};
  if (resolved->node.kind == NodeKind::directory) return {resolved->path, {}};
  if (!linked) return {};
  return {{}, reject("link-dangling", directory, "the link does not lead to a directory").rule("P-16")};
}

Rejection unusable_link(std::string const& directory, Rejection const& cause) {
  return reject("charts-dir-link", "input charts-dir",
                "the charts directory is or lies behind a link that cannot be followed: " + cause.why)
      .rule("B-18")
      .expected("a directory of the repository")
      .found(shown(directory) + (cause.found_value.empty() ? "" : ", " + cause.found_value))
      .fix("correct the link, or name the directory itself");
}

Rejection missing(SourceTree const& head, std::string const& directory) {
  auto const there = directories_of_charts(head);
  std::string found;
  for (std::size_t i = 0; i < std::min(there.size(), directories_shown); ++i) found += (i == 0 ? "" : ", ") + shown(there[i]);
  if (there.size() > directories_shown) found += ", …";
  auto const nearest =
      std::ranges::min_element(there, {}, [&](std::string const& other) { return distance(directory, other); });
  return reject("charts-dir-missing", "input charts-dir",
                shown(directory) + " is not a directory, neither in the head nor in the base")
      .rule("B-18")
      .expected("a directory whose direct children are charts")
      .found(there.empty() ? "not a single chart" : "charts in " + found)
      .fix(nearest == there.end() ? "name the directory that holds the charts" : "did you mean " + shown(*nearest) + "?");
}

Verdict<void> check_no_chart(SourceTree const& tree, std::optional<std::string> const& path, std::string const& directory,
                             char const* where) {
  if (!path || !tree.node(joined(*path, "Chart.yaml"))) return {};
  auto const above = shown(parent_path(*path));
  return reject("charts-dir-is-chart", "input charts-dir",
                shown(directory) + " is itself a chart: it has a Chart.yaml in the " + where)
      .rule("B-18")
      .expected("a directory whose direct children are charts")
      .found(joined(*path, "Chart.yaml"))
      .fix(path->empty() ? "move the chart into a directory below a charts directory"
                         : "name the directory above it: " + above);
}

Verdict<void> check_overlap(std::vector<ChartsDirectory> const& directories) {
  for (auto const side : {&ChartsDirectory::head, &ChartsDirectory::base})
    for (std::size_t i = 0; i < directories.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        auto const &a = directories[i].*side, &b = directories[j].*side;
        if (!a || !b || (!holds(*a, *b) && !holds(*b, *a))) continue;
        return reject("charts-dir-overlap", "input charts-dir", "two charts directories are the same, or one lies in the other")
            .rule("B-18")
            .expected("directories apart from one another")
            .found(shown(directories[j].given) + " and " + shown(directories[i].given))
            .fix("remove one of them");
      }
  return {};
}

/// The chart that a child is, or why it cannot be read; nothing when it is not a chart.
std::optional<ChartCandidate> candidate(SourceTree const& tree, Node const& child, std::string const& path) {
  ChartCandidate found{child, {}, {}};
  auto const broken = [&](Rejection why) {
    why.where = why.where.empty() || why.where == path ? path : path + " (" + why.where + ")";
    found.broken = std::move(why);
    return found;
  };
  auto const submodule = [](std::string const& where) {
    return reject("submodule", where, "a git submodule cannot be packaged: its files are not in this repository")
        .rule("P-20")
        .fix("commit the files themselves, or name the path in exclude-charts");
  };
  if (child.kind == NodeKind::submodule) return broken(submodule(path));
  if (child.kind != NodeKind::directory && child.kind != NodeKind::symlink) return {};
  auto const directory = resolve(tree, path);
  if (!directory) return broken(directory.error());
  if (directory->node.kind == NodeKind::submodule) return broken(submodule(path));
  if (directory->node.kind != NodeKind::directory) return {};
  auto const chart_yaml = joined(directory->path, "Chart.yaml");
  if (!tree.node(chart_yaml)) return {};
  auto const described = resolve(tree, chart_yaml);
  if (!described) return broken(described.error());
  if (!described->node.is_file())
    return broken(reject("irregular-file", joined(path, "Chart.yaml"), "this is not a regular file")
                      .rule(described->node.kind == NodeKind::submodule ? "P-20" : "P-17")
                      .fix("commit a regular file, or name the path in exclude-charts"));
  found.directory = directory->path;
  found.id = directory->node.id;
  return found;
}

}  // namespace

std::vector<std::string> directories_of_charts(SourceTree const& tree) {
  std::set<std::string> found;
  std::unordered_set<std::string> seen;  // objects that stand at many places are looked at once
  std::vector<std::string> pending{""};
  for (std::size_t next = 0; next < pending.size() && next < directories_searched; ++next) {
    std::string const directory = pending[next];
    for (auto const& entry : tree.list(directory)) {
      if (entry.kind != NodeKind::directory || entry.name == ".git") continue;
      if (!entry.id.empty() && !seen.insert(entry.id).second) continue;
      auto path = joined(directory, entry.name);
      if (tree.node(joined(path, "Chart.yaml")))
        found.insert(directory);
      else if (pending.size() < directories_searched)
        pending.push_back(std::move(path));
    }
  }
  return {found.begin(), found.end()};
}

Verdict<std::vector<ChartsDirectory>> charts_directories(SourceTree const& base, SourceTree const& head,
                                                         std::vector<std::string> const& given) {
  std::vector<ChartsDirectory> directories;
  for (auto const& text : given) {
    auto const directory = without_dot(text);
    auto now = place_of(head, directory), before = place_of(base, directory);
    if (now.link) return unusable_link(directory, *now.link);
    if (!now.path && !before.path) {
      if (before.link) return unusable_link(directory, *before.link);
      return missing(head, directory);
    }
    if (auto const fine = check_no_chart(head, now.path, directory, "head"); !fine) return fine.error();
    if (auto const fine = check_no_chart(base, before.path, directory, "base"); !fine) return fine.error();
    directories.push_back({directory, std::move(now.path), std::move(before.path)});
  }
  if (auto const fine = check_overlap(directories); !fine) return fine.error();
  return directories;
}

ChartCandidates chart_candidates(SourceTree const& tree, std::vector<std::string> const& directories) {
  ChartCandidates found;
  for (auto const& directory : directories)
    for (auto const& child : tree.list(directory)) {
      auto path = joined(directory, child.name);
      if (auto chart = candidate(tree, child, path)) found.emplace(std::move(path), std::move(*chart));
    }
  return found;
}

std::string chart_name(SourceTree const& tree, std::string_view path, ChartCandidate const& candidate) {
  std::string const fallback(base_name(path));
  if (candidate.broken) return fallback;
  auto const chart_yaml = read_chart_yaml(tree, candidate.directory);
  if (!chart_yaml) return fallback;
  auto const described = description_of(chart_yaml->parsed, nullptr);
  return described && !described->metadata.name.empty() ? described->metadata.name : fallback;
}

namespace {

/// All charts below the given directories of one tree; their metadata will be read.
ChartCandidates candidates_below(SourceTree const& tree, std::vector<std::string> const& given) {
  std::vector<std::string> directories;
  for (auto const& text : given)
    if (auto const place = place_of(tree, without_dot(text)); place.path) directories.push_back(*place.path);
  auto charts = chart_candidates(tree, directories);
  std::vector<std::string> wanted;
  for (auto const& [path, chart] : charts)
    if (!chart.broken) wanted.push_back(joined(chart.directory, "Chart.yaml"));
  tree.prefetch(wanted);
  return charts;
}

}  // namespace

std::set<std::string> chart_names(SourceTree const& tree, std::vector<std::string> const& given) {
  std::set<std::string> names;
  for (auto const& [path, chart] : candidates_below(tree, given)) names.insert(chart_name(tree, path, chart));
  return names;
}

std::vector<ChartRelease> chart_releases(SourceTree const& tree, std::vector<std::string> const& given) {
  std::vector<ChartRelease> releases;
  for (auto const& [path, chart] : candidates_below(tree, given)) {
    if (chart.broken) continue;
    auto const chart_yaml = read_chart_yaml(tree, chart.directory);
    if (!chart_yaml) continue;
    auto const described = description_of(chart_yaml->parsed, nullptr);
    if (described) releases.push_back({path, described->metadata.name, described->metadata.version});
  }
  return releases;
}

std::vector<std::string> charts_named(SourceTree const& tree, std::vector<std::string> const& given, std::string_view name,
                                      std::string_view version) {
  std::vector<std::string> paths;
  for (auto& release : chart_releases(tree, given))
    if (release.name == name && (version.empty() || release.version == version)) paths.push_back(std::move(release.path));
  return paths;
}

}  // namespace acr::chart
