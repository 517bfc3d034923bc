#pragma once

// Which commit of the source branch a push has brought to the release branch: src/release/merged_heads.hpp (B-16, A-79)

#include <string>
#include <vector>

#include "git/objects.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// Of `after` and its parents those that lie on `source_branch` as the server has it, and hold the charts at `paths` with the
/// same files as `after`. Refused (head-not-on-branch) when there is none: a squash merge, or content that was pushed by
/// another way.
Verdict<std::vector<git::ObjectId>> merged_heads(git::ObjectSource& objects, git::ObjectId const& after,
                                                 std::string const& source_branch, std::vector<std::string> const& paths);

}  // namespace acr::release
