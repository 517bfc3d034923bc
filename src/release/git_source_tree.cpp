#include "release/git_source_tree.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "chart/limits.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

// A link's text is a path; git itself allows no more (PATH_MAX).
constexpr std::size_t link_bytes = 4096;

chart::NodeKind kind(git::EntryMode mode) {
  switch (mode) {
    case git::EntryMode::file: return chart::NodeKind::file;
    case git::EntryMode::executable: return chart::NodeKind::executable;
    case git::EntryMode::symlink: return chart::NodeKind::symlink;
    case git::EntryMode::directory: return chart::NodeKind::directory;
    case git::EntryMode::submodule: return chart::NodeKind::submodule;
  }
  throw std::logic_error("unknown entry mode");
}

chart::Node node_of(git::TreeEntry const& entry) {
  return {.name = entry.name, .kind = kind(entry.mode), .size = entry.size, .mtime = {}, .id = entry.id};
}

BadEnvironment missing(std::string_view what, git::ObjectId const& id, std::string_view path) {
  return {"object-missing", "the " + std::string(what) + " " + id + " of " + printable(path) +
                                " is in no object source; fetch it (actions/checkout) or allow the API (object-source: auto)"};
}

}  // namespace

GitSourceTree::GitSourceTree(git::ObjectSource& objects, git::ObjectId root) : objects_(objects), root_(std::move(root)) {}

std::shared_ptr<git::Tree const> GitSourceTree::tree(git::ObjectId const& id, std::string_view path) const {
  {
    std::lock_guard const lock(mutex_);
    if (auto const known = trees_.find(id); known != trees_.end()) return known->second;
  }
  auto read = objects_.tree(id);
  if (!read) throw missing("tree", id, path);
  auto shared = std::make_shared<git::Tree const>(std::move(*read));
  std::lock_guard const lock(mutex_);
  return trees_.emplace(id, std::move(shared)).first->second;
}

std::optional<git::TreeEntry> GitSourceTree::entry(std::string_view path) const {
  git::TreeEntry current{.name = {}, .mode = git::EntryMode::directory, .id = root_, .size = {}};
  if (path.empty()) return current;
  for (auto const component : split(path, '/')) {
    if (current.mode != git::EntryMode::directory) return std::nullopt;
    auto const parent = tree(current.id, path);
    auto const found = std::ranges::find(parent->entries, component, &git::TreeEntry::name);
    if (found == parent->entries.end()) return std::nullopt;
    current = *found;
  }
  return current;
}

std::optional<chart::Node> GitSourceTree::node(std::string_view path) const {
  auto const found = entry(path);
  if (!found) return std::nullopt;
  return node_of(*found);
}

std::vector<chart::Node> GitSourceTree::list(std::string_view path) const {
  auto const found = entry(path);
  if (!found || found->mode != git::EntryMode::directory)
    throw std::runtime_error(printable(path) + " is no directory of the commit");
  std::vector<chart::Node> nodes;
  for (auto const& child : tree(found->id, path)->entries) nodes.push_back(node_of(child));
  // Git sorts a directory as if its name ended in a slash, packages go by the bytes of the name (P-12).
  std::ranges::sort(nodes, {}, &chart::Node::name);
  return nodes;
}

std::optional<std::string> GitSourceTree::read(std::string_view path, std::size_t limit) const {
  auto const found = entry(path);
  if (!found || (found->mode != git::EntryMode::file && found->mode != git::EntryMode::executable))
    throw std::runtime_error(printable(path) + " is no file of the commit");
  if (found->size && *found->size > limit) return std::nullopt;
  try {
    auto bytes = objects_.blob(found->id, limit);
    if (!bytes) throw missing("blob", found->id, path);
    return bytes;
  } catch (BadEnvironment const& error) {
    if (error.code() == "object-too-large") return std::nullopt;
    throw;
  }
}

std::string GitSourceTree::link_target(std::string_view path) const {
  auto const found = entry(path);
  if (!found || found->mode != git::EntryMode::symlink) throw std::runtime_error(printable(path) + " is no link of the commit");
  auto bytes = objects_.blob(found->id, link_bytes);
  if (!bytes) throw missing("blob", found->id, path);
  return *bytes;
}

void GitSourceTree::prefetch(std::vector<std::string> const& paths) const {
  std::vector<git::ObjectId> ids;
  for (auto const& path : paths) {
    auto const found = entry(path);
    if (!found || found->mode == git::EntryMode::directory || found->mode == git::EntryMode::submodule) continue;
    if (found->size.value_or(0) <= chart::Limits{}.file_bytes)  // a larger one is refused unread
      ids.push_back(found->id);
  }
  objects_.prefetch_blobs(ids);
}

}  // namespace acr::release
