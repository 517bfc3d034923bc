#pragma once

// Questions about history that need nothing but commits: src/git/history.hpp
// Shared by every source that has commit objects. Parents are the ones that the commit object names: replacements, grafts
// and `.git/shallow` cannot change an answer, a parent that is not there makes it unknown.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "git/objects.hpp"

namespace acr::git {

/// Nothing: not there.
using ReadCommit = std::function<std::optional<Commit>(ObjectId const&)>;

/// Which commits `descendant` descends from, walked once for many questions: each goes on where the one before stopped. Nothing
/// too when more than `limit` commits would have to be read. Not thread-safe.
class AncestorWalk {
 public:
  AncestorWalk(ReadCommit read, ObjectId descendant, std::size_t limit);
  ~AncestorWalk();
  AncestorWalk(AncestorWalk&&) noexcept;
  AncestorWalk& operator=(AncestorWalk&&) noexcept;

  [[nodiscard]] ObjectId const& descendant() const;
  /// As ObjectSource::is_ancestor(ancestor, descendant()).
  std::optional<bool> reaches(ObjectId const& ancestor);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One question to an AncestorWalk. Nothing too when more than `limit` commits would have to be read.
std::optional<bool> is_ancestor(ReadCommit const& read, ObjectId const& ancestor, ObjectId const& descendant,
                                std::size_t limit);

/// As ObjectSource::merge_base; of several best ones the one committed last, then the one with the smallest id.
std::optional<ObjectId> merge_base(ReadCommit const& read, ObjectId const& a, ObjectId const& b, std::size_t limit);

}  // namespace acr::git
