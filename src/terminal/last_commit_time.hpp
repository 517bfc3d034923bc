#pragma once

// The time of a package made with --commit-time: src/terminal/last_commit_time.hpp (P-131)

#include <cstdint>

#include "chart/directory_tree.hpp"
#include "git/local_objects.hpp"
#include "support/verdict.hpp"

namespace acr::terminal {

/// Committer time of the last commit that touched the chart, seen from HEAD; by default simplification along first parents'
/// trees. Rejected: `commit-time`, and a folder that is not a clone.
Verdict<std::int64_t> last_commit_time(git::Libgit2 const& library, chart::ChartLocation const& location);

}  // namespace acr::terminal
