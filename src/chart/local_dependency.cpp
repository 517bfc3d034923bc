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

}  // namespace

bool is_local_repository(std::string_view repository) { return repository.starts_with(scheme); }

Verdict<std::string> local_dependency(SourceTree const& tree, std::string_view chart_root,
                                      std::string_view repository) {
  auto const refuse = [&](std::string why) {
    return reject("dep-local-path", "Chart.yaml", std::move(why))
        .rule("D-24")
        .expected(
            "file:// and a path, relative to the chart, of another chart's directory in this repository")
        .found(std::string(repository))
        .mend("correct Chart.yaml, update the lock");
  };
  auto const relative = repository.substr(std::min(repository.size(), scheme.size()));
  if (relative.starts_with('/')) return refuse("the path of a local dependency is absolute");
  auto const path = joined_lexically(chart_root, relative);
  if (!path) return refuse("a local dependency lies outside the repository");
  auto target = resolve(tree, *path);
  if (!target) return refuse("a local dependency is not there: " + target.error().why);
  if (target->node.kind != NodeKind::directory) return refuse("a local dependency is no directory");
  auto const described = resolve(tree, joined(target->path, "Chart.yaml"));
  if (!described || !described->node.is_file()) return refuse("a local dependency has no Chart.yaml");
  auto const chart = resolve(tree, chart_root);
  if (!chart) return chart.error();
  bool const is_ancestor =
      target->path.empty() || chart->path == target->path || chart->path.starts_with(target->path + "/");
  if (is_ancestor) return refuse("a local dependency is the chart itself or holds it");
  return std::move(target->path);
}

}  // namespace acr::chart
