#include "memory/tree.hpp"

#include <stdexcept>
#include <utility>

#include "support/digest.hpp"
#include "support/encoding.hpp"

namespace acr::chart {
namespace {

/// Takes the first component off the front.
std::string_view next_component(std::string_view& rest) {
  auto const slash = rest.find('/');
  auto const component = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return component;
}

char const* mode_text(NodeKind kind) {
  switch (kind) {
    case NodeKind::file:
      return "100644";
    case NodeKind::executable:
      return "100755";
    case NodeKind::directory:
      return "40000";
    case NodeKind::symlink:
      return "120000";
    case NodeKind::submodule:
      return "160000";
    case NodeKind::irregular:
      return "0";
  }
  throw std::logic_error("unknown node kind");
}

}  // namespace

std::string MemoryTree::Entry::id() const {
  if (kind != NodeKind::directory)
    return hex(digest(HashAlgorithm::sha1, "blob " + std::to_string(content.size()) + std::string(1, '\0') + content));
  std::string listing;
  for (auto const& [name, child] : children)
    listing.append(mode_text(child.kind)).append(" ").append(name).append(1, '\0').append(child.id());
  return hex(digest(HashAlgorithm::sha1, "tree " + std::to_string(listing.size()) + std::string(1, '\0') + listing));
}

MemoryTree::Entry& MemoryTree::put(std::string_view path, NodeKind kind, std::string_view content,
                                   std::optional<std::int64_t> mtime) {
  Entry* at = &root_;
  for (auto rest = path; !rest.empty();) {
    if (at->kind != NodeKind::directory) throw std::logic_error("a file stands where a directory is needed");
    at = &at->children[std::string(next_component(rest))];
  }
  at->kind = kind;
  at->content = content;
  at->mtime = mtime;
  if (kind != NodeKind::directory) at->children.clear();
  return *at;
}

MemoryTree& MemoryTree::file(std::string_view path, std::string_view bytes, std::optional<std::int64_t> mtime) {
  put(path, NodeKind::file, bytes, mtime);
  return *this;
}
MemoryTree& MemoryTree::executable(std::string_view path, std::string_view bytes, std::optional<std::int64_t> mtime) {
  put(path, NodeKind::executable, bytes, mtime);
  return *this;
}
MemoryTree& MemoryTree::symlink(std::string_view path, std::string_view target) {
  put(path, NodeKind::symlink, target, {});
  return *this;
}
MemoryTree& MemoryTree::directory(std::string_view path) {
  put(path, NodeKind::directory, {}, {});
  return *this;
}
MemoryTree& MemoryTree::submodule(std::string_view path) {
  put(path, NodeKind::submodule, {}, {});
  return *this;
}
MemoryTree& MemoryTree::irregular(std::string_view path) {
  put(path, NodeKind::irregular, {}, {});
  return *this;
}

MemoryTree& MemoryTree::remove(std::string_view path) {
  Entry* at = &root_;
  auto rest = parent_path(path);
  while (!rest.empty()) {
    auto const found = at->children.find(next_component(rest));
    if (found == at->children.end()) return *this;
    at = &found->second;
  }
  if (auto const found = at->children.find(base_name(path)); found != at->children.end()) at->children.erase(found);
  return *this;
}

MemoryTree::Entry const* MemoryTree::find(std::string_view path) const {
  Entry const* at = &root_;
  for (auto rest = path; !rest.empty();) {
    if (at->kind != NodeKind::directory) return nullptr;
    auto const found = at->children.find(next_component(rest));
    if (found == at->children.end()) return nullptr;
    at = &found->second;
  }
  return at;
}

std::optional<Node> MemoryTree::node(std::string_view path) const {
  auto const* entry = find(path);
  if (!entry) return {};
  Node node{std::string(base_name(path)), entry->kind, {}, entry->mtime, entry->id()};
  if (node.is_file()) node.size = entry->content.size();
  return node;
}

std::vector<Node> MemoryTree::list(std::string_view path) const {
  auto const* entry = find(path);
  if (!entry || entry->kind != NodeKind::directory) throw std::runtime_error("no directory: " + std::string(path));
  std::vector<Node> nodes;
  for (auto const& [name, child] : entry->children) nodes.push_back(*node(joined(path, name)));
  return nodes;
}

std::optional<std::string> MemoryTree::read(std::string_view path, std::size_t limit) const {
  auto const* entry = find(path);
  if (!entry || (entry->kind != NodeKind::file && entry->kind != NodeKind::executable))
    throw std::runtime_error("no regular file: " + std::string(path));
  reads_.emplace_back(path);
  if (entry->content.size() > limit) return {};
  return entry->content;
}

std::string MemoryTree::link_target(std::string_view path) const {
  auto const* entry = find(path);
  if (!entry || entry->kind != NodeKind::symlink) throw std::runtime_error("no symlink: " + std::string(path));
  return entry->content;
}

}  // namespace acr::chart
