#pragma once

// `object-source: auto`: src/github/combined_objects.hpp
// Every object is looked for in the checkout first and fetched when it is not there. Ids prove trees and
// blobs in both, so where one came from cannot change a result. A tag's name proves nothing: steps of the job and a
// stale clone can write it, so the server's word counts (B-24).

#include <memory>

#include "git/objects.hpp"

namespace acr::github {

/// Thread-safe as both sources are.
class CombinedObjects final : public git::ObjectSource {
 public:
  /// `local`: null when there is no checkout. Both must live longer.
  CombinedObjects(git::ObjectSource* local, git::ObjectSource& remote) : local_(local), remote_(remote) {}

  std::optional<git::Commit> commit(git::ObjectId const& id) override;
  std::optional<git::Tree> tree(git::ObjectId const& id) override;
  std::optional<std::string> blob(git::ObjectId const& id, std::size_t limit) override;
  std::optional<git::Tag> tag(git::ObjectId const& id) override;
  /// A tag: as the server has it. Another ref: the checkout's first.
  std::optional<git::Ref> ref(std::string_view name) override;
  /// The server's, with what the checkout has otherwise.
  std::vector<RefAnswer> refs(std::vector<std::string> const& names) override;
  /// The server's.
  std::vector<std::string> refs_with_prefix(std::string_view prefix, std::size_t limit) override;
  std::optional<bool> is_ancestor(git::ObjectId const& ancestor, git::ObjectId const& descendant) override;
  std::optional<git::ObjectId> merge_base(git::ObjectId const& a, git::ObjectId const& b) override;
  /// Of what the checkout lacks.
  bool prefetch_objects(git::ObjectType type, std::vector<git::ObjectId> const& ids) override;
  /// Of commits about which the checkout cannot tell.
  void prefetch_ancestry(std::vector<git::ObjectId> const& ancestors, git::ObjectId const& descendant) override;
  /// Of a root that the checkout lacks.
  void prefetch_trees(git::ObjectId const& root) override;
  // Of the blobs that the checkout lacks.
  void expect_blobs(std::vector<git::ObjectId> const& ids) override;
  void prefetch_blobs(std::vector<git::ObjectId> const& ids) override;

 private:
  std::vector<git::ObjectId> not_in_checkout(std::vector<git::ObjectId> const& ids);

  git::ObjectSource* local_;
  git::ObjectSource& remote_;
};

}  // namespace acr::github
