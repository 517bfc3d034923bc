#pragma once

// The git command line, for tests: tests/loopback/git_command.hpp
// The stand-in reads its repository with it, so that our own object code is never its own witness.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace acr::loopback {

/// Standard output of `git --git-dir=<git_dir> <arguments>`, run without a shell and without system or user
/// configuration; nothing when it exits non-zero. Throws std::runtime_error when git cannot be started.
std::optional<std::string> git_output(std::filesystem::path const& git_dir, std::vector<std::string> const& arguments);

}  // namespace acr::loopback
