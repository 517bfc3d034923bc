#pragma once

// Patterns of refs and paths, in the dialects of rulesets and of workflow filters: src/audit/patterns.hpp (U-21)
// Matching takes time in proportion to pattern times text, whatever the pattern.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acr::audit {

/// A ruleset's pattern of refs ("refs/tags/*-v*"), as Ruby's fnmatch with FNM_PATHNAME: `*` and `?` stay within a segment,
/// `**/` is any number of directories, `[…]` a set. Nothing: the pattern is malformed or too long.
std::optional<bool> ruleset_pattern_matches(std::string_view pattern, std::string_view ref);

/// A ruleset's condition on a ref: in `include`, which may hold `~ALL`, and not in `exclude`. `~DEFAULT_BRANCH` is nobody's
/// tag. Nothing: a pattern that may decide it is malformed.
std::optional<bool> ruleset_covers(std::vector<std::string> const& include, std::vector<std::string> const& exclude,
                                   std::string_view ref);

/// The filter `branches` of a trigger: the last pattern that matches decides, `!` excludes; `*` stays within a segment, `**`
/// does not. Nothing: a pattern with `?`, `+`, `[` or a backslash, which this does not judge.
std::optional<bool> branch_filter_admits(std::vector<std::string> const& patterns, std::string_view branch);

/// How far a pattern of CODEOWNERS reaches.
enum class Reach {
  sure,     ///< what certainly matches
  perhaps,  ///< what some reader of the rules would let match, too
};

/// A pattern of CODEOWNERS and a path of the repository. A pattern without a slash, but for one at its end, matches at any
/// depth; a directory's stands for all below it. `Reach::sure` takes the last segment with `*` for files of that directory
/// alone.
bool owner_pattern_matches(std::string_view pattern, std::string_view path, Reach reach);

}  // namespace acr::audit
