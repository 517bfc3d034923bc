// Symlinks followed inside the repository's tree: src/chart/link_resolution.hpp (P-15, P-16, P-151)

#include "chart/link_resolution.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "chart/limits.hpp"

namespace acr::chart {
namespace {

std::string joined_all(std::vector<std::string> const& components) {
  std::string path;
  for (auto const& component : components) path = joined(path, component);
  return path;
}

/// Pushes the components of `text` so that the first comes off the back first.
void push_reversed(std::vector<std::string>& pending, std::string_view text) {
  std::vector<std::string> components;
  for (std::size_t at = 0; at <= text.size();) {
    auto const slash = std::min(text.find('/', at), text.size());
    if (slash > at) components.emplace_back(text.substr(at, slash - at));
    at = slash + 1;
  }
  pending.insert(pending.end(), std::make_move_iterator(components.rbegin()), std::make_move_iterator(components.rend()));
}

}  // namespace

Verdict<Resolved> resolve(SourceTree const& tree, std::string_view path) {
  std::vector<std::string> pending;  // components still to walk, next one last
  push_reversed(pending, path);
  std::vector<std::string> done;  // free of links
  std::optional<Node> node = tree.node("");
  if (!node) return reject("link-dangling", std::string(path), "the repository has no root").rule("P-16");
  std::string link, target;  // the last link followed, for the message
  unsigned links = 0;

  auto const refuse = [&](Code code, std::string why) {
    auto rejection = reject(code, link.empty() ? std::string(path) : link, std::move(why))
                         .rule("P-16")
                         .expected("a path inside the repository")
                         .fix("replace the link by the file, or let it point to a place inside the repository");
    if (!link.empty()) rejection.found_value = "link to " + target;
    return rejection;
  };

  while (!pending.empty()) {
    auto const component = std::move(pending.back());
    pending.pop_back();
    if (component == ".") continue;
    if (component == "..") {
      if (done.empty()) return refuse("link-outside", "the path leaves the repository");
      done.pop_back();
      node = tree.node(joined_all(done));
      if (!node) return refuse("link-dangling", "the path leads to nothing");
      continue;
    }
    // Whatever hides in there - hooks, configuration, other commits' objects - is not the reviewed tree.
    if (component == ".git") return refuse("link-into-git", "the path leads into .git");
    if (node->kind != NodeKind::directory) return refuse("link-dangling", "the path leads through a file");
    done.push_back(component);
    auto here = joined_all(done);
    node = tree.node(here);
    if (!node) return refuse("link-dangling", "the path leads to nothing");
    if (node->kind != NodeKind::symlink) continue;

    link = std::move(here);
    target = tree.link_target(link);
    if (++links > links_followed) return refuse("link-loop", "more than 40 links follow one another");
    if (target.empty()) return refuse("link-dangling", "the link is empty");
    if (target.front() == '/') return refuse("link-absolute", "the link is absolute");
    if (target.find('\0') != std::string::npos) return refuse("link-dangling", "the link's target holds a NUL byte");
    done.pop_back();
    node = tree.node(joined_all(done));
    if (!node) return refuse("link-dangling", "the path leads to nothing");
    push_reversed(pending, target);
  }
  return Resolved{joined_all(done), std::move(*node)};
}

}  // namespace acr::chart
