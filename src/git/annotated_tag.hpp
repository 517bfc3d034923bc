#pragma once

// From a tag's name to the commit it vouches for: src/git/annotated_tag.hpp

#include <optional>
#include <string>
#include <string_view>

#include "git/objects.hpp"
#include "support/verdict.hpp"

namespace acr::git {

struct ResolvedTag {
  std::string name;     ///< "web-v1.2.0"
  ObjectId tag_object;  ///< outermost tag object
  std::string message;  ///< its annotation
  Commit commit;        ///< what it points at, peeled
};

/// Rejected: `tag-not-found`, `tag-not-annotated`, `tag-target-not-commit`, `tag-name-mismatch` (any level of nesting counts
/// the outermost name), `tag-nesting` (more than 5 levels), `object-missing` (the ref is there, an object behind it is not),
/// `tag-too-large` (an object behind it is larger than is read).
Verdict<ResolvedTag> resolve_tag(ObjectSource& objects, std::string_view name);
/// The same for a ref that was looked up already; nothing: it is not there.
Verdict<ResolvedTag> resolve_tag(ObjectSource& objects, std::string_view name, std::optional<Ref> const& ref);

}  // namespace acr::git
