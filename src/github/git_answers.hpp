#pragma once

// Reading git objects out of REST answers: src/github/git_answers.hpp (github-api.md G-16 … G-20)
// Trees and blobs are proven: their object ids are computed anew from what came. Commits and tags have no raw
// form in REST; their fields are taken as sent over TLS (G-18).

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "git/objects.hpp"
#include "github/api.hpp"

namespace acr::github {

struct TreeAnswer {
  bool truncated = false;                    ///< then `trees` is empty: nothing can be proven (G-18)
  std::map<git::ObjectId, git::Tree> trees;  ///< the tree asked for and, of a recursive answer, all below it
};

/// Reads `GET …/git/trees/{root}[?recursive=1]`. Throws ApiError "bad-response" for another shape and
/// "object-mismatch" (exit 1) when the entries of any tree do not give its id.
TreeAnswer read_tree_answer(Answer const& answer, git::ObjectId const& root);

/// Reads `GET …/git/blobs/{id}`, raw or base64 (G-19), and proves it; throws as read_tree_answer().
std::string read_blob_answer(Answer const& answer, git::ObjectId const& id);

// Throw ApiError "bad-response" for another shape and for an answer about something else.
git::Commit read_commit_answer(Answer const& answer, git::ObjectId const& id);
git::Tag read_tag_answer(Answer const& answer, git::ObjectId const& id);
/// `name`: full, "refs/…".
git::Ref read_ref_answer(Answer const& answer, std::string const& name);
/// Reads one page of `GET …/git/matching-refs/{prefix}`: the refs of it that `wanted` holds; `entries`: how many it has in all.
std::vector<git::Ref> read_matching_refs(Answer const& answer, std::set<std::string> const& wanted, std::size_t& entries);

/// Seconds since 1970 of an RFC 3339 time with any offset; fractions are dropped. Nothing for other text.
std::optional<std::int64_t> rfc3339_seconds(std::string_view text);

}  // namespace acr::github
