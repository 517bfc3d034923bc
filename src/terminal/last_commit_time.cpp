#include "terminal/last_commit_time.hpp"

#include <optional>
#include <string>
#include <utility>

#include "release/git_source_tree.hpp"
#include "terminal/local_clone.hpp"

namespace acr::terminal {

Verdict<std::int64_t> last_commit_time(git::Libgit2 const& library, chart::ChartLocation const& location) {
  auto const opened = git::LocalObjects::open(library, clone_directories(location.repository).home);
  if (!opened) return opened.error();
  auto& objects = **opened;
  auto const id = head_of(objects, location.repository);
  if (id.empty()) return reject("commit-time", location.chart_root, "HEAD has no commit").rule("P-131");
  auto const chart_id = [&](git::Commit const& commit) -> std::string {
    release::GitSourceTree const tree(objects, commit.tree);
    auto const node = tree.node(location.chart_root);
    return node ? node->id : std::string();
  };
  auto commit = objects.commit(id);
  if (!commit) return reject("commit-time", location.chart_root, "the commit " + id + " is not in the clone").rule("P-131");
  auto const wanted = chart_id(*commit);
  for (;;) {
    if (commit->parents.empty()) return commit->committer_time;
    std::optional<git::Commit> same;
    for (auto const& parent : commit->parents) {
      auto candidate = objects.commit(parent);
      if (!candidate)
        return reject("commit-time", location.chart_root, "a shallow clone hides the last commit that touched the chart")
            .rule("P-131")
            .fix("fetch the full history, or give --source-date-epoch");
      if (chart_id(*candidate) == wanted) {
        same = std::move(candidate);
        break;
      }
    }
    if (!same) return commit->committer_time;
    commit = std::move(same);
  }
}

}  // namespace acr::terminal
