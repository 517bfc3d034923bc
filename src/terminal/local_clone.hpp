#pragma once

// The clone that a terminal command is about: src/terminal/local_clone.hpp

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "git/local_objects.hpp"
#include "release/git_source_tree.hpp"

namespace acr::terminal {

/// Where a work tree's repository lies. A step of a workflow never follows these: there `.git` is a directory.
struct CloneDirectories {
  std::filesystem::path home;  ///< whose `.git` has the objects and refs: the work tree itself, or the main one of a linked one
  std::filesystem::path head;  ///< the directory with this work tree's own HEAD
};
/// Follows `.git` as a file (`git worktree add`). What is not such a file is the work tree itself, whose opening says what is
/// wrong.
CloneDirectories clone_directories(std::filesystem::path const& workspace);

/// Throws BadEnvironment("checkout-unavailable").
std::unique_ptr<git::LocalObjects> open_clone(git::Libgit2 const& library, std::filesystem::path const& workspace);

/// What HEAD of the work tree stands for: its text is read, nothing else of the repository's state. Empty: a branch without
/// commits.
git::ObjectId head_of(git::ObjectSource& objects, std::filesystem::path const& workspace);

/// A commit id, whole or its first 4 digits or more, a branch, a remote branch, a tag, HEAD or `@`, and `~3`, `^`, `^2` behind
/// any of them. `workspace`: whose HEAD, and whose objects for short ids. Throws BadEnvironment("unknown-commit"), "usage" for
/// an empty name.
git::ObjectId commit_named(git::ObjectSource& objects, std::filesystem::path const& workspace, std::string const& name,
                           std::string_view option);

/// Throws BadEnvironment("object-missing").
release::GitSourceTree tree_at(git::ObjectSource& objects, git::ObjectId const& id);

}  // namespace acr::terminal
