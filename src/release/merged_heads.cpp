#include "release/merged_heads.hpp"

#include <optional>
#include <utility>

#include "chart/source_list.hpp"
#include "release/git_source_tree.hpp"

namespace acr::release {
namespace {

constexpr std::size_t parents_looked_at = 16;  // each may be a question to the server; a merge of a pull request has two

using Lists = std::vector<std::optional<chart::SourceList>>;

Lists lists_of(git::ObjectSource& objects, git::Commit const& commit, std::vector<std::string> const& paths) {
  GitSourceTree const tree(objects, commit.tree);
  Lists lists;
  for (auto const& path : paths) {
    auto list = chart::source_list(tree, path);
    lists.push_back(list ? std::optional(std::move(*list)) : std::nullopt);
  }
  return lists;
}

// The first chart that differs; what cannot be read is equal to nothing.
std::optional<std::string> first_difference(Lists const& a, Lists const& b, std::vector<std::string> const& paths) {
  for (std::size_t i = 0; i < paths.size(); ++i)
    if (!a[i] || !b[i] || !chart::same_content(*a[i], *b[i])) return paths[i];
  return std::nullopt;
}

Rejection refused(git::ObjectId const& after, std::string const& source_branch, std::string found, std::string fix) {
  return reject("head-not-on-branch", "commit " + after, "what was pushed does not come from the source branch as it is")
      .rule("B-16")
      .expected("this commit or one of its parents on '" + source_branch + "', with the same charts")
      .found(std::move(found))
      .fix(std::move(fix));
}

}  // namespace

Verdict<std::vector<git::ObjectId>> merged_heads(git::ObjectSource& objects, git::ObjectId const& after,
                                                 std::string const& source_branch, std::vector<std::string> const& paths) {
  auto const tip = objects.refs({"refs/heads/" + source_branch}).front().ref;
  if (!tip)
    return refused(after, source_branch, "no branch '" + source_branch + "'",
                   "set source-branch; with object-source: local the checkout must have the branch");
  auto const pushed = objects.commit(after);
  if (!pushed)
    return refused(after, source_branch, "the commit is in no object source",
                   "check out with fetch-depth: 0 or allow the API (object-source: auto)");

  std::vector<git::ObjectId> candidates{after};
  for (auto const& parent : pushed->parents)
    if (candidates.size() <= parents_looked_at) candidates.push_back(parent);
  auto const wanted = lists_of(objects, *pushed, paths);
  std::vector<git::ObjectId> heads;
  std::string found = "none of them on '" + source_branch + "' (" + tip->target + ")";
  std::string fix = "merge pull requests from '" + source_branch +
                    "' with a merge commit: squash and rebase make commits that were never on it (A-79)";
  for (auto const& candidate : candidates) {
    if (candidate != tip->target) {
      auto const reaches = objects.is_ancestor(candidate, tip->target);
      if (!reaches) fix = "check out with fetch-depth: 0 or allow the API (object-source: auto), so that the history is known";
      if (!reaches || !*reaches) continue;
    }
    auto const commit = candidate == after ? pushed : objects.commit(candidate);
    if (!commit) continue;
    if (auto const path = first_difference(wanted, lists_of(objects, *commit, paths), paths))
      found = candidate + " on '" + source_branch + "' has other files in " + *path;
    else
      heads.push_back(candidate);
  }
  if (heads.empty()) return refused(after, source_branch, std::move(found), std::move(fix));
  return heads;
}

}  // namespace acr::release
