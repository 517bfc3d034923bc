#pragma once

// The clone that a terminal command is about: src/release/local_clone.hpp

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "git/local_objects.hpp"
#include "release/git_source_tree.hpp"

namespace acr::release {

/// Throws BadEnvironment("checkout-unavailable").
std::unique_ptr<git::LocalObjects> open_clone(git::Libgit2 const& library, std::filesystem::path const& workspace);

/// What HEAD of the clone stands for: its text is read, nothing else of the repository's state. Empty: a branch without
/// commits.
git::ObjectId head_of(git::ObjectSource& objects, std::filesystem::path const& workspace);

/// A full commit id, a branch, a remote branch or a tag. Throws BadEnvironment("unknown-commit"), "usage" for an empty name.
git::ObjectId commit_named(git::ObjectSource& objects, std::string const& name, std::string_view option);

/// Throws BadEnvironment("object-missing").
GitSourceTree tree_at(git::ObjectSource& objects, git::ObjectId const& id);

}  // namespace acr::release
