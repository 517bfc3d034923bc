#pragma once

// The git command, for what only git may do on a terminal: write to the clone and push: src/terminal/git_process.hpp (B-14)
// The action never starts it: tags are created over the API there.

#include <filesystem>
#include <string>
#include <vector>

namespace acr::terminal {

struct GitResult {
  int status = -1;
  std::string err;  ///< what it printed to standard error, cut; foreign bytes
};

/// Runs git in `directory` with the user's own environment and no shell, `input` on its standard input. Throws
/// BadEnvironment("no-git") when git is not found in PATH.
GitResult run_git(std::filesystem::path const& directory, std::vector<std::string> const& arguments,
                  std::string const& input = {});

}  // namespace acr::terminal
