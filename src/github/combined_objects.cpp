// `object-source: auto`.
#include "github/combined_objects.hpp"

#include "support/errors.hpp"

namespace acr::github {
namespace {

// Whether a blob is there, without reading it: sizes are checked first, so a limit of nothing stops right
// behind that.
bool has_blob(git::ObjectSource& source, git::ObjectId const& id) {
  try {
    return source.blob(id, 0).has_value();
  } catch (BadEnvironment const& error) {
    if (error.code() == "object-too-large") return true;
    throw;
  }
}

}  // namespace

std::optional<git::Commit> CombinedObjects::commit(git::ObjectId const& id) {
  if (local_)
    if (auto found = local_->commit(id)) return found;
  return remote_.commit(id);
}

std::optional<git::Tree> CombinedObjects::tree(git::ObjectId const& id) {
  if (local_)
    if (auto found = local_->tree(id)) return found;
  return remote_.tree(id);
}

std::optional<std::string> CombinedObjects::blob(git::ObjectId const& id, std::size_t limit) {
  if (local_)
    if (auto found = local_->blob(id, limit)) return found;
  return remote_.blob(id, limit);
}

std::optional<git::Tag> CombinedObjects::tag(git::ObjectId const& id) {
  if (local_)
    if (auto found = local_->tag(id)) return found;
  return remote_.tag(id);
}

std::optional<git::Ref> CombinedObjects::ref(std::string_view name) {
  if (local_ && !name.starts_with("refs/tags/"))
    if (auto found = local_->ref(name)) return found;
  return remote_.ref(name);
}

std::vector<git::ObjectSource::RefAnswer> CombinedObjects::refs(std::vector<std::string> const& names) {
  auto answers = remote_.refs(names);
  for (std::size_t i = 0; local_ && i < names.size(); ++i) {
    auto const here = local_->ref(names[i]);
    if (here && (!answers[i].ref || answers[i].ref->target != here->target)) answers[i].in_checkout = here->target;
  }
  return answers;
}

std::vector<std::string> CombinedObjects::refs_with_prefix(std::string_view prefix, std::size_t limit) {
  return remote_.refs_with_prefix(prefix, limit);
}

std::optional<bool> CombinedObjects::is_ancestor(git::ObjectId const& ancestor, git::ObjectId const& descendant) {
  if (local_)
    if (auto found = local_->is_ancestor(ancestor, descendant)) return found;
  return remote_.is_ancestor(ancestor, descendant);
}

std::optional<git::ObjectId> CombinedObjects::merge_base(git::ObjectId const& a, git::ObjectId const& b) {
  if (local_)
    if (auto found = local_->merge_base(a, b)) return found;
  return remote_.merge_base(a, b);
}

bool CombinedObjects::prefetch_objects(git::ObjectType type, std::vector<git::ObjectId> const& ids) {
  if (type == git::ObjectType::blob) {
    auto const missing = not_in_checkout(ids);
    return !missing.empty() && remote_.prefetch_objects(type, missing);
  }
  auto missing = ids;
  if (local_) std::erase_if(missing, [&](git::ObjectId const& id) { return local_->has(id); });
  return !missing.empty() && remote_.prefetch_objects(type, missing);
}

void CombinedObjects::prefetch_ancestry(std::vector<git::ObjectId> const& ancestors, git::ObjectId const& descendant) {
  auto open = ancestors;
  if (local_) std::erase_if(open, [&](git::ObjectId const& id) { return local_->is_ancestor(id, descendant).has_value(); });
  if (!open.empty()) remote_.prefetch_ancestry(open, descendant);
}

void CombinedObjects::prefetch_trees(git::ObjectId const& root) {
  // A checkout that has the root has what is below; a clone without (filter=tree:0) is asked for tree by tree.
  if (!local_ || !local_->has(root)) remote_.prefetch_trees(root);
}

std::vector<git::ObjectId> CombinedObjects::not_in_checkout(std::vector<git::ObjectId> const& ids) {
  if (!local_) return ids;
  std::vector<git::ObjectId> missing;
  for (auto const& id : ids)
    if (!has_blob(*local_, id)) missing.push_back(id);
  return missing;
}

void CombinedObjects::expect_blobs(std::vector<git::ObjectId> const& ids) { remote_.expect_blobs(not_in_checkout(ids)); }
void CombinedObjects::prefetch_blobs(std::vector<git::ObjectId> const& ids) { remote_.prefetch_blobs(not_in_checkout(ids)); }

}  // namespace acr::github
