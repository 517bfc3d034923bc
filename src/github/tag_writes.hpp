#pragma once

// Creating annotated tags: src/github/tag_writes.hpp (B-14; github-api.md G-16, G-17)
// Two calls, as GitHub has it: the tag object, then the ref that makes it a tag. A ref that exists is never moved.

#include <string>

#include "git/objects.hpp"
#include "github/api.hpp"
#include "support/verdict.hpp"

namespace acr::github {

struct NewTag {
  std::string name;     ///< "web-v1.2.0"
  std::string message;  ///< UTF-8
  git::ObjectId commit;
};

enum class TagWrite {
  created,  ///< also when the answer was lost and the ref is there
  exists,   ///< somebody else was faster: it is what it is
};

/// Rejected: `tag-forbidden` (403, 404: the token lacks `contents: write`), `tag-rejected` (409, 422: a ruleset, an unknown
/// commit, an empty repository), `tag-altered` (GitHub keeps another object than was sent; no ref is made). Throws ApiError and
/// Unreachable as Api::call().
Verdict<TagWrite> create_tag(Api& api, NewTag const& tag);

}  // namespace acr::github
