#include "git/annotated_tag.hpp"

#include <optional>
#include <utility>

#include "git/limits.hpp"
#include "git/object_format.hpp"
#include "support/errors.hpp"

namespace acr::git {
namespace {

// What a ref points at when it is not a tag object, or nothing when no source has the object.
std::optional<ObjectType> type_of(ObjectSource& objects, ObjectId const& id) {
  if (objects.commit(id)) return ObjectType::commit;
  if (objects.tree(id)) return ObjectType::tree;
  return std::nullopt;
}

Rejection missing(std::string place, ObjectId const& id) {
  return reject("object-missing", std::move(place), "an object behind the tag is in no object source")
      .rule("A-91")
      .expected(id)
      .fix("push the tag anew with everything it points at");
}

Verdict<ResolvedTag> resolved_tag(ObjectSource& objects, std::string_view name, std::optional<Ref> const& ref) {
  std::string const place = "tag " + std::string(name);
  if (!ref)
    return reject("tag-not-found", place, "the repository has no such tag")
        .rule("A-91")
        .expected("an annotated tag that holds the chart's attestation lineage")
        .fix("wait for the tagging workflow to push it, then run this job again");

  ResolvedTag resolved;
  resolved.name = std::string(name);
  resolved.tag_object = ref->target;
  std::optional<Tag> tag;
  if (!ref->type || *ref->type == ObjectType::tag) tag = objects.tag(ref->target);
  if (!tag) {
    auto const type = ref->type ? ref->type : type_of(objects, ref->target);
    if (!type || *type == ObjectType::tag) return missing(place, ref->target);
    return reject("tag-not-annotated", place,
                  "this is a lightweight tag; an annotated tag is required, because its message lists the attestations")
        .rule("A-91")
        .expected("a tag object (git tag -a or git tag -s)")
        .found("a " + std::string(to_text(*type)) + ", " + ref->target)
        .fix("delete the tag and create it again as an annotated one");
  }
  // A tag object can be put under any ref: what it was made for is what its own header says.
  if (tag->name != name)
    return reject("tag-name-mismatch", place, "the tag object under this ref was made for another tag")
        .rule("A-91")
        .expected(std::string(name))
        .found(tag->name)
        .fix("delete the tag and create it again");
  resolved.message = tag->message;

  for (std::size_t depth = 1; tag->target_type == ObjectType::tag; ++depth) {
    if (depth == max_tag_depth)
      return reject("tag-nesting", place, "the tag points at a tag, and that at another, too many times in a row")
          .rule("A-91")
          .expected("at most " + std::to_string(max_tag_depth) + " tag objects in a row")
          .fix("tag the commit itself");
    auto const inner = tag->target;
    tag = objects.tag(inner);
    if (!tag) return missing(place, inner);
  }
  if (tag->target_type != ObjectType::commit)
    return reject("tag-target-not-commit", place, "the tag does not point at a commit")
        .rule("A-91")
        .expected("a commit")
        .found("a " + std::string(to_text(tag->target_type)) + ", " + tag->target)
        .fix("delete the tag and create it again on the release commit");
  auto commit = objects.commit(tag->target);
  if (!commit) return missing(place, tag->target);
  resolved.commit = std::move(*commit);
  return resolved;
}

}  // namespace

Verdict<ResolvedTag> resolve_tag(ObjectSource& objects, std::string_view name) {
  return resolve_tag(objects, name, objects.ref("refs/tags/" + std::string(name)));
}

Verdict<ResolvedTag> resolve_tag(ObjectSource& objects, std::string_view name, std::optional<Ref> const& ref) {
  try {
    return resolved_tag(objects, name, ref);
  } catch (BadEnvironment const& error) {
    // An object of such a size spoils its own chart, not the run.
    if (error.code() != "object-too-large") throw;
    return reject("tag-too-large", "tag " + std::string(name), error.what())
        .rule("A-91")
        .expected("an annotation and a commit message of ordinary size")
        .fix("delete the tag and create it again with a shorter annotation");
  }
}

}  // namespace acr::git
