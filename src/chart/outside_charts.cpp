// The search for changed charts that nobody releases: src/chart/outside_charts.hpp (B-19)

#include "chart/outside_charts.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

namespace acr::chart {
namespace {

// Each hit costs the way to it, so their number bounds the walk (B-25); charts that are excluded or are sources count, too.
constexpr std::size_t hits_followed = 1'000;

class Search {
 public:
  Search(SourceTree const& base, SourceTree const& head, OutsideScope const& scope) : base_(base), head_(head), scope_(scope) {}

  OutsideCharts result;

  void run() {
    auto const now = head_.node(""), before = base_.node("");
    if (now) visit("", *now, before ? &*before : nullptr, 0);
    std::sort(result.paths.begin(), result.paths.end());
  }

 private:
  static constexpr unsigned deepest = 1'000;  // levels of our own stack (P-154)
  SourceTree const& base_;
  SourceTree const& head_;
  OutsideScope const& scope_;
  std::unordered_set<std::string> barren_;  ///< pairs of tree ids without any hit below, wherever they stand
  std::size_t hits_ = 0;

  [[nodiscard]] bool is_charts_dir(std::string_view path) const {
    return std::ranges::find(scope_.charts_dirs, path) != scope_.charts_dirs.end();
  }

  [[nodiscard]] bool leads_to_charts_dir(std::string_view path) const {
    return std::ranges::any_of(scope_.charts_dirs, [&](std::string const& directory) {
      return path.empty() || directory == path || directory.starts_with(std::string(path) + "/");
    });
  }

  /// True when there was a hit in `path` or below, or the place has a say in what counts, so that the same objects elsewhere
  /// must be looked at again.
  bool visit(std::string const& path, Node const& now, Node const* before, unsigned depth) {
    if (before && !now.id.empty() && now.id == before->id) return false;
    if (scope_.charts.contains(path)) return true;
    if (depth > deepest || hits_ >= hits_followed) {
      result.complete = false;
      return true;
    }
    bool const leads = leads_to_charts_dir(path);
    std::string key;
    if (!now.id.empty() && !leads) {
      key = now.id + ":" + (before ? before->id : "");
      if (barren_.contains(key)) return false;
    }

    auto const entries = head_.list(path);
    bool const was_directory = before && before->kind == NodeKind::directory;
    auto const earlier = was_directory ? base_.list(path) : std::vector<Node>{};
    auto const old_entry = [&](std::string const& name) -> Node const* {
      auto const found = std::ranges::lower_bound(earlier, name, {}, &Node::name);
      return found == earlier.end() || found->name != name ? nullptr : &*found;
    };
    auto const chart_yaml = std::ranges::lower_bound(entries, std::string("Chart.yaml"), {}, &Node::name);
    bool const is_chart =
        chart_yaml != entries.end() && chart_yaml->name == "Chart.yaml" && chart_yaml->kind != NodeKind::directory;
    if (is_chart && (!leads || changed_beside(path, entries, earlier))) {
      note(path);
      if (!leads) return true;
    }
    bool hit = leads;
    for (auto const& entry : entries)
      if (entry.kind == NodeKind::directory) hit |= visit(joined(path, entry.name), entry, old_entry(entry.name), depth + 1);
    if (!hit && !key.empty()) barren_.insert(std::move(key));
    return hit;
  }

  void note(std::string const& path) {
    ++hits_;
    for (auto const& source : scope_.sources)
      if (path == source || path.starts_with(source + "/")) return;
    if (scope_.excluded && scope_.excluded(path)) return;
    result.paths.push_back(path);
  }

  /// Of a directory above a charts directory: has anything changed that does not lead there?
  [[nodiscard]] bool changed_beside(std::string const& path, std::vector<Node> const& entries,
                                    std::vector<Node> const& earlier) const {
    auto const rest = [&](std::vector<Node> const& list) {
      std::map<std::string_view, std::pair<NodeKind, std::string_view>> kept;
      for (auto const& entry : list)
        if (!leads_to_charts_dir(joined(path, entry.name)))
          kept.emplace(entry.name, std::pair(entry.kind, std::string_view(entry.id)));
      return kept;
    };
    return is_charts_dir(path) || rest(entries) != rest(earlier);
  }
};

}  // namespace

OutsideCharts outside_charts(SourceTree const& base, SourceTree const& head, OutsideScope const& scope) {
  Search search(base, head, scope);
  search.run();
  return std::move(search.result);
}

}  // namespace acr::chart
