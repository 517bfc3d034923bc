#pragma once

// A repository in memory: tests/memory/objects.hpp
// Ids are real: what is built here has the ids that git would give it.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "git/objects.hpp"
#include "support/digest.hpp"

namespace acr::git {

/// Thread-safe for reading; fill it before it is shared.
class MemoryObjects final : public ObjectSource {
 public:
  explicit MemoryObjects(HashAlgorithm algorithm = HashAlgorithm::sha1) : algorithm_(algorithm) {}

  ObjectId add_blob(std::string bytes);
  /// Sorts the entries.
  ObjectId add_tree(std::vector<TreeEntry> entries);
  /// Trees for all directories of these paths ("charts/web/Chart.yaml" → bytes), regular files.
  ObjectId add_files(std::map<std::string, std::string> const& files);
  ObjectId add_commit(ObjectId const& tree, std::vector<ObjectId> parents = {}, std::int64_t committer_time = 1700000000);
  ObjectId add_tag(std::string name, ObjectId const& target, ObjectType target_type, std::string message);
  /// Any bytes under the id of their content.
  ObjectId add_object(ObjectType type, std::string bytes);
  /// `name`: "refs/…". Moves an existing one.
  void set_ref(std::string name, ObjectId target);
  /// As if it had never been fetched.
  void forget(ObjectId const& id);

  /// Called when objects are asked for ahead; throws what a server would.
  std::function<void(ObjectType)> on_prefetch{};
  bool prefetch_objects(ObjectType type, std::vector<ObjectId> const& /*ids*/) override {
    if (on_prefetch) on_prefetch(type);
    return false;
  }

  /// Ids asked for so far, in order.
  [[nodiscard]] std::vector<ObjectId> reads() const;

  std::optional<Commit> commit(ObjectId const& id) override;
  std::optional<Tree> tree(ObjectId const& id) override;
  std::optional<std::string> blob(ObjectId const& id, std::size_t limit) override;
  std::optional<Tag> tag(ObjectId const& id) override;
  bool has(ObjectId const& id) override { return objects_.contains(id); }
  std::optional<Ref> ref(std::string_view name) override;
  std::vector<std::string> refs_with_prefix(std::string_view prefix, std::size_t limit) override;
  std::optional<bool> is_ancestor(ObjectId const& ancestor, ObjectId const& descendant) override;
  std::optional<ObjectId> merge_base(ObjectId const& a, ObjectId const& b) override;

 private:
  struct Object {
    ObjectType type;
    std::string bytes;
  };
  HashAlgorithm algorithm_;
  std::map<ObjectId, Object> objects_;
  std::map<std::string, ObjectId, std::less<>> refs_;
  mutable std::mutex mutex_;
  std::vector<ObjectId> reads_;

  Object const* find(ObjectId const& id, ObjectType type);
};

}  // namespace acr::git
