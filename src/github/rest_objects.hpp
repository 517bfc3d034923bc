#pragma once

// Git objects from GitHub's API: src/github/rest_objects.hpp (github-api.md G-16 … G-20, G-37 … G-41; A-56)

#include <cstdint>
#include <memory>

#include "git/objects.hpp"
#include "github/api.hpp"

namespace acr::github {

/// What was fetched.
struct ObjectUse {
  std::uint64_t commits = 0, trees = 0, blobs = 0, tags = 0;
  std::uint64_t blob_bytes = 0;
  friend bool operator==(ObjectUse const&, ObjectUse const&) = default;
};

/// The repository's objects from the API. A tree comes by itself; prefetch_trees() brings it with everything below in one
/// request, and where GitHub cuts such a listing, level by level (G-18). Trees and blobs are proven by their ids, else ApiError
/// "object-mismatch"; they are kept up to limits::kept_tree_entries and kept_blob_bytes and fetched again beyond. Thread-safe.
class RestObjects final : public git::ObjectSource {
 public:
  explicit RestObjects(Api& api);
  ~RestObjects() override;

  std::optional<git::Commit> commit(git::ObjectId const& id) override;
  std::optional<git::Tree> tree(git::ObjectId const& id) override;
  std::optional<std::string> blob(git::ObjectId const& id, std::size_t limit) override;
  std::optional<git::Tag> tag(git::ObjectId const& id) override;

  /// Asked each time, as a conditional request: polling for a tag costs nothing against the limit once it is
  /// there (G-16, G-30).
  std::optional<git::Ref> ref(std::string_view name) override;
  /// Several in one listing of what their names have in common, also as a conditional request. Names that a listing of
  /// limits::ref_pages pages has not shown are asked for one by one.
  std::vector<RefAnswer> refs(std::vector<std::string> const& names) override;
  std::vector<std::string> refs_with_prefix(std::string_view prefix, std::size_t limit) override;

  /// By commits that were read (G-41), else by `compare` (G-20).
  std::optional<bool> is_ancestor(git::ObjectId const& ancestor, git::ObjectId const& descendant) override;
  std::optional<git::ObjectId> merge_base(git::ObjectId const& a, git::ObjectId const& b) override;

  void prefetch_trees(git::ObjectId const& root) override;
  /// In bulk where that pays (G-37), the rest side by side.
  bool prefetch_objects(git::ObjectType type, std::vector<git::ObjectId> const& ids) override;
  /// What the parents of commits that were read do not tell (G-41) is compared side by side.
  void prefetch_ancestry(std::vector<git::ObjectId> const& ancestors, git::ObjectId const& descendant) override;
  /// Throws Unreachable("too-many-objects") when the blobs that are not here would take more than half of the requests that are
  /// left. A hundred that can be had in bulk take one.
  void expect_blobs(std::vector<git::ObjectId> const& ids) override;
  /// As expect_blobs(), then fetches them as prefetch_objects() does.
  void prefetch_blobs(std::vector<git::ObjectId> const& ids) override;

  [[nodiscard]] ObjectUse use() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acr::github
