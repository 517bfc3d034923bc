// `file://` dependencies inside the repository: src/chart/local_dependency.hpp (D-24)

#include "chart/local_dependency.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "chart/link_resolution.hpp"
#include "support/text.hpp"

namespace acr::chart {
namespace {

constexpr std::string_view scheme = "file://";

/// Cleaned as Helm's filepath.Join cleans it, before any link is looked at; nothing when it leaves the
/// repository.
std::optional<std::string> joined_lexically(std::string_view chart_root, std::string_view relative) {
  std::vector<std::string_view> kept;
  for (auto const part : {chart_root, relative})
    for (auto const component : split(part, '/')) {
      if (component.empty() || component == ".") continue;
      if (component != "..") {
        kept.push_back(component);
      } else if (kept.empty()) {
        return {};
      } else {
        kept.pop_back();
      }
    }
  std::string path;
  for (auto const component : kept) path = joined(path, component);
  return path;
}

/// What stands behind the scheme; relative to the chart unless it begins with a slash.
std::string_view path_in(std::string_view repository) { return repository.substr(std::min(repository.size(), scheme.size())); }

}  // namespace

bool is_local_repository(std::string_view repository) { return repository.starts_with(scheme); }

std::optional<std::string> local_directory(SourceTree const& tree, std::string_view chart_root, std::string_view repository) {
  auto const relative = path_in(repository);
  auto const chart = resolve(tree, chart_root);
  if (!is_local_repository(repository) || relative.starts_with('/') || !chart) return {};
  auto const path = joined_lexically(chart->path, relative);
  if (!path) return {};
  auto target = resolve(tree, *path);
  // A Chart.yaml that is not a file is somebody's mistake: the reader of the directory says so.
  if (!target || target->node.kind != NodeKind::directory || !tree.node(joined(target->path, "Chart.yaml"))) return {};
  return std::move(target->path);
}

Verdict<std::string> local_dependency(SourceTree const& tree, std::string_view chart_root, std::string_view repository) {
  auto const refuse = [&](std::string why) {
    return reject("dep-local-path", "Chart.yaml", std::move(why))
        .rule("D-24")
        .expected("file:// and a path, relative to the chart, of another chart's directory in this repository")
        .found(std::string(repository))
        .fix("correct Chart.yaml, update the lock");
  };
  auto const relative = path_in(repository);
  if (relative.starts_with('/')) return refuse("the path of a local dependency is absolute");
  // From where the chart really lies: a link to it must not move what its dependencies mean (B-2).
  auto const chart = resolve(tree, chart_root);
  if (!chart) return chart.error();
  auto const path = joined_lexically(chart->path, relative);
  if (!path) return refuse("a local dependency lies outside the repository");
  auto target = resolve(tree, *path);
  if (!target) return refuse("a local dependency is not there: " + target.error().why);
  if (target->node.kind != NodeKind::directory) return refuse("a local dependency is not a directory");
  auto const described = resolve(tree, joined(target->path, "Chart.yaml"));
  if (!described || !described->node.is_file()) return refuse("a local dependency has no Chart.yaml");
  bool const is_ancestor = target->path.empty() || chart->path == target->path || chart->path.starts_with(target->path + "/");
  if (is_ancestor) return refuse("a local dependency is the chart itself or holds it");
  return std::move(target->path);
}

}  // namespace acr::chart
