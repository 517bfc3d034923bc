#pragma once

// The object database of a checkout, and nothing else of it: src/git/local_objects.hpp
// Objects come from `<workspace>/.git/objects` by libgit2, refs from our own reader of loose and packed refs. The
// repository's configuration, hooks, attributes, replacements and owner are never looked at, so none of them matters.

#include <filesystem>
#include <memory>

#include "git/objects.hpp"
#include "support/verdict.hpp"

namespace acr::git {

/// libgit2's global state. One, owned by the entrypoint, outlives everything below. Switches on strict verification of
/// object hashes and off everything that would read configuration.
class Libgit2 {
 public:
  Libgit2();
  ~Libgit2();
  Libgit2(Libgit2 const&) = delete;
  Libgit2& operator=(Libgit2 const&) = delete;
};

/// Thread-safe. Every object's hash is checked when it is read; sizes are checked before.
class LocalObjects final : public ObjectSource {
 public:
  /// Opens `<workspace>/.git`; never a directory above it. A rejection (code "checkout-unavailable") is not a failure of the
  /// run: it is the notice to print when the API is asked instead. It comes for: no `.git`, `.git` as a file or link
  /// (worktree, submodule), no objects directory, another ref format, SHA-256 objects.
  /// Alternates (`objects/info/alternates`) are not followed: they may name any directory of the machine.
  static Verdict<std::unique_ptr<LocalObjects>> open(Libgit2 const& library, std::filesystem::path const& workspace);
  ~LocalObjects() override;
  LocalObjects(LocalObjects const&) = delete;
  LocalObjects& operator=(LocalObjects const&) = delete;

  /// Parents are those of the commit object, at the edge of a shallow clone too.
  std::optional<Commit> commit(ObjectId const& id) override;
  /// Sizes of entries are not filled in.
  std::optional<Tree> tree(ObjectId const& id) override;
  std::optional<std::string> blob(ObjectId const& id, std::size_t limit) override;
  std::optional<Tag> tag(ObjectId const& id) override;
  bool has(ObjectId const& id) override;

  /// Loose before packed. A symbolic ref is nothing.
  std::optional<Ref> ref(std::string_view name) override;
  std::vector<std::string> refs_with_prefix(std::string_view prefix, std::size_t limit) override;

  /// The one object whose id begins with these 4 to 39 digits; nothing when there is none. Several: a rejection (code
  /// "unknown-commit").
  Verdict<std::optional<ObjectId>> with_prefix(std::string_view digits);

  std::optional<bool> is_ancestor(ObjectId const& ancestor, ObjectId const& descendant) override;
  std::optional<ObjectId> merge_base(ObjectId const& a, ObjectId const& b) override;

 private:
  struct State;
  explicit LocalObjects(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace acr::git
