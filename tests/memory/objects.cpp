#include "memory/objects.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "git/history.hpp"
#include "git/limits.hpp"
#include "git/object_format.hpp"
#include "support/errors.hpp"

namespace acr::git {
namespace {

template <class T>
T readable(Verdict<T> parsed) {
  if (!parsed) throw BadEnvironment("object-corrupt", parsed.error().sentence());
  return std::move(*parsed);
}

// As LocalObjects has it.
void must_be_small(std::string const& bytes, std::string const& what) {
  if (bytes.size() > max_commit_bytes) throw BadEnvironment("object-too-large", what + " is larger than allowed");
}

}  // namespace

ObjectId MemoryObjects::add_object(ObjectType type, std::string bytes) {
  auto id = object_id(type, bytes, algorithm_);
  objects_.insert_or_assign(id, Object{type, std::move(bytes)});
  return id;
}

ObjectId MemoryObjects::add_blob(std::string bytes) { return add_object(ObjectType::blob, std::move(bytes)); }

ObjectId MemoryObjects::add_tree(std::vector<TreeEntry> entries) {
  Tree tree{std::move(entries)};
  sort_entries(tree);
  return add_object(ObjectType::tree, serialize_tree(tree));
}

ObjectId MemoryObjects::add_files(std::map<std::string, std::string> const& files) {
  std::vector<TreeEntry> entries;
  std::map<std::string, std::map<std::string, std::string>> below;
  for (auto const& [path, bytes] : files) {
    auto const slash = path.find('/');
    if (slash == std::string::npos)
      entries.push_back({.name = path, .mode = EntryMode::file, .id = add_blob(bytes), .size = {}});
    else
      below[path.substr(0, slash)].emplace(path.substr(slash + 1), bytes);
  }
  for (auto const& [name, children] : below)
    entries.push_back({.name = name, .mode = EntryMode::directory, .id = add_files(children), .size = {}});
  return add_tree(std::move(entries));
}

ObjectId MemoryObjects::add_commit(ObjectId const& tree, std::vector<ObjectId> parents, std::int64_t committer_time) {
  std::string bytes = "tree " + tree + "\n";
  for (auto const& parent : parents) bytes += "parent " + parent + "\n";
  std::string const person = "Test <test@example.org> " + std::to_string(committer_time) + " +0000\n";
  bytes += "author " + person + "committer " + person + "\nmessage\n";
  return add_object(ObjectType::commit, std::move(bytes));
}

ObjectId MemoryObjects::add_tag(std::string name, ObjectId const& target, ObjectType target_type, std::string message) {
  return add_object(ObjectType::tag, "object " + target + "\ntype " + std::string(to_text(target_type)) + "\ntag " + name +
                                         "\ntagger Test <test@example.org> 1700000000 +0000\n\n" + message);
}

void MemoryObjects::set_ref(std::string name, ObjectId target) { refs_.insert_or_assign(std::move(name), std::move(target)); }

void MemoryObjects::forget(ObjectId const& id) { objects_.erase(id); }

std::vector<ObjectId> MemoryObjects::reads() const {
  std::lock_guard const lock(mutex_);
  return reads_;
}

MemoryObjects::Object const* MemoryObjects::find(ObjectId const& id, ObjectType type) {
  {
    std::lock_guard const lock(mutex_);
    reads_.push_back(id);
  }
  auto const found = objects_.find(id);
  return found != objects_.end() && found->second.type == type ? &found->second : nullptr;
}

std::optional<Commit> MemoryObjects::commit(ObjectId const& id) {
  auto const* object = find(id, ObjectType::commit);
  if (object == nullptr) return std::nullopt;
  must_be_small(object->bytes, "commit " + id);
  return readable(parse_commit_object(object->bytes, id));
}

std::optional<Tree> MemoryObjects::tree(ObjectId const& id) {
  auto const* object = find(id, ObjectType::tree);
  if (object == nullptr) return std::nullopt;
  return readable(parse_tree_object(object->bytes, "tree " + id, algorithm_));
}

std::optional<std::string> MemoryObjects::blob(ObjectId const& id, std::size_t limit) {
  auto const* object = find(id, ObjectType::blob);
  if (object == nullptr) return std::nullopt;
  if (object->bytes.size() > limit) throw BadEnvironment("object-too-large", "blob " + id + " is larger than allowed");
  return object->bytes;
}

std::optional<Tag> MemoryObjects::tag(ObjectId const& id) {
  auto const* object = find(id, ObjectType::tag);
  if (object == nullptr) return std::nullopt;
  must_be_small(object->bytes, "tag " + id);
  return readable(parse_tag_object(object->bytes, id));
}

std::optional<Ref> MemoryObjects::ref(std::string_view name) {
  auto const found = refs_.find(name);
  if (found == refs_.end()) return std::nullopt;
  Ref ref{.name = found->first, .target = found->second, .type = {}};
  if (auto const object = objects_.find(ref.target); object != objects_.end()) ref.type = object->second.type;
  return ref;
}

std::vector<std::string> MemoryObjects::refs_with_prefix(std::string_view prefix, std::size_t limit) {
  std::vector<std::string> names;
  for (auto at = refs_.lower_bound(prefix); at != refs_.end() && at->first.starts_with(prefix) && names.size() < limit; ++at)
    names.push_back(at->first);
  return names;
}

std::optional<bool> MemoryObjects::is_ancestor(ObjectId const& ancestor, ObjectId const& descendant) {
  return git::is_ancestor([this](ObjectId const& id) { return commit(id); }, ancestor, descendant, max_commits_walked);
}

std::optional<ObjectId> MemoryObjects::merge_base(ObjectId const& a, ObjectId const& b) {
  return git::merge_base([this](ObjectId const& id) { return commit(id); }, a, b, max_commits_walked);
}

}  // namespace acr::git
