#include "release/object_waves.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "support/errors.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace {

using git::ObjectId;
using git::ObjectType;

// A chart's way down from the root of its tag's commit.
struct Way {
  ObjectId tree;  ///< where it has come to
  std::vector<std::string> left;
};

std::optional<git::Tag> small_tag(git::ObjectSource& objects, ObjectId const& id) {
  try {
    return objects.tag(id);
  } catch (BadEnvironment const& error) {
    if (error.code() != "object-too-large") throw;  // its chart is refused when the tag is resolved
    return std::nullopt;
  }
}

// One step down; false at the end, and where there is no directory.
bool step(Way& way, git::ObjectSource& objects) {
  auto const tree = objects.tree(way.tree);
  if (!tree) return false;
  auto const found = std::ranges::find(tree->entries, way.left.front(), &git::TreeEntry::name);
  if (found == tree->entries.end() || found->mode != git::EntryMode::directory) return false;
  way.tree = found->id;
  way.left.erase(way.left.begin());
  return !way.left.empty();
}

}  // namespace

void prefetch_tags(std::vector<git::ObjectSource::RefAnswer> const& refs, git::ObjectSource& objects) {
  std::vector<ObjectId> tags, commits;
  for (auto const& answer : refs)
    if (answer.ref && answer.ref->type.value_or(ObjectType::tag) == ObjectType::tag) tags.push_back(answer.ref->target);
  if (!objects.prefetch_objects(ObjectType::tag, tags)) return;
  for (auto const& id : tags)
    if (auto const tag = small_tag(objects, id); tag && tag->target_type == ObjectType::commit) commits.push_back(tag->target);
  objects.prefetch_objects(ObjectType::commit, commits);
}

void prefetch_tagged(std::vector<TaggedChart const*> const& charts, git::ObjectSource& objects, ObjectId const& head) {
  std::vector<ObjectId> commits;
  std::vector<Way> ways;
  for (auto const* tagged : charts) {
    commits.push_back(tagged->commit().id);
    auto& way = ways.emplace_back(Way{tagged->commit().tree, {}});
    for (auto const component : split(tagged->chart().path, '/')) way.left.emplace_back(component);
  }
  objects.prefetch_ancestry(commits, head);
  std::erase_if(ways, [](Way const& way) { return way.left.size() == 1 && way.left.front().empty(); });  // the root itself
  while (!ways.empty()) {
    std::vector<ObjectId> trees;
    for (auto const& way : ways) trees.push_back(way.tree);
    // A source that has the trees of one level has those below.
    if (!objects.prefetch_objects(ObjectType::tree, trees)) return;
    std::erase_if(ways, [&](Way& way) { return !step(way, objects); });
  }
}

}  // namespace acr::release
