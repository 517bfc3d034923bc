#pragma once

// Git objects and where they come from: src/git/objects.hpp (A-18, A-56; G-16 … G-20)
// One narrow interface, several sources: the local object database (local_objects.hpp), GitHub's API
// (github/rest_objects.hpp), both combined, and memory for tests (memory_objects.hpp).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acr::git {

/// 40 (SHA-1) or 64 (SHA-256) lower-case hex digits.
using ObjectId = std::string;

enum class ObjectType { commit, tree, blob, tag };

enum class EntryMode {
  file,        ///< 100644 (and the old 100664)
  executable,  ///< 100755
  symlink,     ///< 120000
  directory,   ///< 040000
  submodule,   ///< 160000
};

struct TreeEntry {
  std::string name;  ///< one path component, raw bytes, never empty, "." or ".."
  EntryMode mode = EntryMode::file;
  ObjectId id;
  std::optional<std::uint64_t> size;  ///< bytes, of blobs; nothing when the source does not know without a read

  friend bool operator==(TreeEntry const&, TreeEntry const&) = default;
};

/// Entries in git's order (a directory sorts as if its name ended in "/").
struct Tree {
  std::vector<TreeEntry> entries;
  friend bool operator==(Tree const&, Tree const&) = default;
};

struct Commit {
  ObjectId id;
  ObjectId tree;
  std::vector<ObjectId> parents;
  std::int64_t committer_time = 0;  ///< seconds since 1970
  friend bool operator==(Commit const&, Commit const&) = default;
};

struct Tag {
  ObjectId id;
  std::string name;  ///< the `tag` header
  ObjectId target;
  ObjectType target_type = ObjectType::commit;
  std::string message;  ///< raw bytes, signature included
  friend bool operator==(Tag const&, Tag const&) = default;
};

/// What a ref points at.
struct Ref {
  std::string name;  ///< full: "refs/tags/web-v1.0.0"
  ObjectId target;
  std::optional<ObjectType> type;  ///< nothing when the source does not know without a read
  friend bool operator==(Ref const&, Ref const&) = default;
};

/// Read-only and safe to call from several threads. "Not there" is nothing; an object that is there and cannot be read, does
/// not have its id's hash or is malformed throws std::runtime_error (BadEnvironment("object-corrupt")); a source that cannot be
/// reached throws Unreachable.
class ObjectSource {
 public:
  virtual ~ObjectSource() = default;

  /// A ref as it counts, and where the checkout has it when it has something else there (B-24).
  struct RefAnswer {
    std::optional<Ref> ref;               ///< nothing: absent
    std::optional<ObjectId> in_checkout;  ///< nothing: the same, or the checkout was not asked
  };

  [[nodiscard]] virtual std::optional<Commit> commit(ObjectId const& id) = 0;
  [[nodiscard]] virtual std::optional<Tree> tree(ObjectId const& id) = 0;
  /// Nothing also when the object is not a blob. Throws BadEnvironment("object-too-large") beyond `limit` bytes.
  [[nodiscard]] virtual std::optional<std::string> blob(ObjectId const& id, std::size_t limit) = 0;
  [[nodiscard]] virtual std::optional<Tag> tag(ObjectId const& id) = 0;
  /// True when the object is known to be at hand, so that reading it asks nobody.
  [[nodiscard]] virtual bool has(ObjectId const& /*id*/) { return false; }

  /// `name`: full name, "refs/…"; exact match only.
  [[nodiscard]] virtual std::optional<Ref> ref(std::string_view name) = 0;
  /// ref() of many names, in their order. A source that pays for each looks them up together.
  [[nodiscard]] virtual std::vector<RefAnswer> refs(std::vector<std::string> const& names) {
    std::vector<RefAnswer> answers;
    for (auto const& name : names) answers.push_back({ref(name), {}});
    return answers;
  }
  /// Full names of refs that start with `prefix`, sorted, at most `limit`.
  [[nodiscard]] virtual std::vector<std::string> refs_with_prefix(std::string_view prefix, std::size_t limit) = 0;

  /// True when `ancestor` is `descendant` or one of its ancestors; nothing when this source cannot tell (shallow history).
  [[nodiscard]] virtual std::optional<bool> is_ancestor(ObjectId const& ancestor, ObjectId const& descendant) = 0;

  /// The best common ancestor; nothing when there is none or this source cannot tell.
  [[nodiscard]] virtual std::optional<ObjectId> merge_base(ObjectId const& a, ObjectId const& b) = 0;

  /// Hint: these objects of one type will be read, each by itself. A source that pays for each question asks for all of them
  /// together. Blobs are counted as by expect_blobs(). True: there was something to ask for.
  virtual bool prefetch_objects(ObjectType /*type*/, std::vector<ObjectId> const& /*ids*/) { return false; }
  /// Hint: is_ancestor() will be asked about each of these commits.
  virtual void prefetch_ancestry(std::vector<ObjectId> const& /*ancestors*/, ObjectId const& /*descendant*/) {}
  /// Hint: this tree and everything below it will be read.
  virtual void prefetch_trees(ObjectId const& /*root*/) {}
  /// All blobs that the run is going to read: a source that pays for each counts them first and throws Unreachable when
  /// they cannot be had.
  virtual void expect_blobs(std::vector<ObjectId> const& /*ids*/) {}
  /// Hint: these blobs will be read soon. Counted as by expect_blobs().
  virtual void prefetch_blobs(std::vector<ObjectId> const& /*ids*/) {}

 protected:
  ObjectSource() = default;
  ObjectSource(ObjectSource const&) = default;
  ObjectSource& operator=(ObjectSource const&) = default;
};

}  // namespace acr::git
