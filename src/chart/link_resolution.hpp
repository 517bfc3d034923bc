#pragma once

// Following symlinks inside a SourceTree and nowhere else: src/chart/link_resolution.hpp (P-15, P-16, P-151)
// Links are resolved against the tree itself, never against the host's file system.

#include <string>
#include <string_view>

#include "chart/source_tree.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

/// What a path stands for when all links in it are followed.
struct Resolved {
  std::string path;  ///< in the tree, free of links
  Node node;         ///< at `path`; never a symlink
};

/// Follows the links in every component of `path`. `path` may hold `.` and `..`. Rejected, naming link and
/// target: `link-absolute`, `link-outside` (leaves the repository), `link-into-git` (a component `.git`),
/// `link-dangling` (also a file where a directory is needed), `link-loop` (more than 40 links, as the kernel
/// counts).
Verdict<Resolved> resolve(SourceTree const& tree, std::string_view path);

}  // namespace acr::chart
