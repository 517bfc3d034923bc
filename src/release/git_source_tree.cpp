#include "release/git_source_tree.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "chart/limits.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"
#include "support/work_budget.hpp"

namespace acr::release {
namespace {

// A link's text is a path; git itself allows no more (PATH_MAX).
constexpr std::size_t link_bytes = 4096;

// Of one commit's trees: the widest directory (git::max_tree_entries) and the ways through it. Entries take about 200 bytes.
constexpr std::size_t kept_entries = 120'000;

constexpr std::size_t units_of_a_look_up = 200;

chart::NodeKind kind(git::EntryMode mode) {
  switch (mode) {
    case git::EntryMode::file:
      return chart::NodeKind::file;
    case git::EntryMode::executable:
      return chart::NodeKind::executable;
    case git::EntryMode::symlink:
      return chart::NodeKind::symlink;
    case git::EntryMode::directory:
      return chart::NodeKind::directory;
    case git::EntryMode::submodule:
      return chart::NodeKind::submodule;
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

GitSourceTree::GitSourceTree(git::ObjectSource& objects, git::ObjectId root)
    : objects_(objects), root_(std::move(root)), trees_(kept_entries) {}

git::TreeEntry const* GitSourceTree::SortedTree::find(std::string_view name) const {
  auto const name_at = [this](std::uint32_t at) -> std::string_view { return tree.entries[at].name; };
  auto const found = std::ranges::lower_bound(by_name, name, {}, name_at);
  return found != by_name.end() && name_at(*found) == name ? &tree.entries[*found] : nullptr;
}

std::shared_ptr<GitSourceTree::SortedTree const> GitSourceTree::tree(git::ObjectId const& id, std::string_view path) const {
  if (auto known = trees_.read(id)) return known;
  auto read = objects_.tree(id);
  if (!read) throw missing("tree", id, path);
  auto sorted = std::make_shared<SortedTree>();
  sorted->tree = std::move(*read);
  auto const& entries = sorted->tree.entries;
  sorted->by_name.resize(entries.size());
  std::iota(sorted->by_name.begin(), sorted->by_name.end(), 0U);
  // Git sorts a directory as if its name ended in a slash, packages go by the bytes of the name (P-12).
  std::ranges::sort(sorted->by_name, {}, [&](std::uint32_t at) -> std::string_view { return entries[at].name; });
  trees_.put(id, sorted, entries.size() + 1);
  trees_.read(id);  // what was read once may go first
  return sorted;
}

std::optional<git::TreeEntry> GitSourceTree::entry(std::string_view path) const {
  git::TreeEntry current{.name = {}, .mode = git::EntryMode::directory, .id = root_, .size = {}};
  if (path.empty()) return current;
  for (auto const component : split(path, '/')) {
    if (current.mode != git::EntryMode::directory) return std::nullopt;
    charge_work(units_of_a_look_up);
    auto const parent = tree(current.id, path);
    auto const* found = parent->find(component);
    if (!found) return std::nullopt;
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
    throw std::runtime_error(printable(path) + " is not a directory of the commit");
  auto const sorted = tree(found->id, path);
  auto const& entries = sorted->tree.entries;
  std::size_t path_bytes = entries.size() * (path.size() + 1);
  for (auto const& child : entries) path_bytes += child.name.size();
  charge_tree_entries(path, entries.size(), path_bytes);
  std::vector<chart::Node> nodes;
  nodes.reserve(entries.size());
  for (auto const at : sorted->by_name) nodes.push_back(node_of(entries[at]));
  return nodes;
}

std::optional<std::string> GitSourceTree::read(std::string_view path, std::size_t limit) const {
  auto const found = entry(path);
  if (!found || (found->mode != git::EntryMode::file && found->mode != git::EntryMode::executable))
    throw std::runtime_error(printable(path) + " is not a file of the commit");
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
  if (!found || found->mode != git::EntryMode::symlink)
    throw std::runtime_error(printable(path) + " is not a link of the commit");
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
