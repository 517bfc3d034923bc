#include "release/object_waves.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "git/object_format.hpp"
#include "memory/objects.hpp"
#include "support/catch2.hpp"

namespace object_waves_test {
namespace {

using namespace acr;
using git::ObjectId;
using git::ObjectType;
using release::TaggedChart;

// A source that pays for each question: it notes what is asked for together, and what is read without having been asked for.
class FarObjects final : public git::ObjectSource {
 public:
  explicit FarObjects(git::MemoryObjects& objects) : objects_(objects) {}
  std::vector<std::pair<ObjectType, std::vector<ObjectId>>> waves;
  std::vector<ObjectId> ancestors, singles;
  bool is_near = false;  ///< as a full checkout: nothing has to be asked for

  std::optional<git::Commit> commit(ObjectId const& id) override { return read(id), objects_.commit(id); }
  std::optional<git::Tree> tree(ObjectId const& id) override { return read(id), objects_.tree(id); }
  std::optional<std::string> blob(ObjectId const& id, std::size_t limit) override { return objects_.blob(id, limit); }
  std::optional<git::Tag> tag(ObjectId const& id) override { return read(id), objects_.tag(id); }
  std::optional<git::Ref> ref(std::string_view name) override { return objects_.ref(name); }
  std::vector<std::string> refs_with_prefix(std::string_view prefix, std::size_t limit) override {
    return objects_.refs_with_prefix(prefix, limit);
  }
  std::optional<bool> is_ancestor(ObjectId const& a, ObjectId const& b) override { return objects_.is_ancestor(a, b); }
  std::optional<ObjectId> merge_base(ObjectId const& a, ObjectId const& b) override { return objects_.merge_base(a, b); }
  bool prefetch_objects(ObjectType type, std::vector<ObjectId> const& ids) override {
    waves.emplace_back(type, ids);
    return !is_near && !ids.empty();
  }
  void prefetch_ancestry(std::vector<ObjectId> const& ids, ObjectId const& head) override {
    ancestors = ids;
    ancestors.push_back(head);
  }

 private:
  git::MemoryObjects& objects_;
  void read(ObjectId const& id) {
    bool const asked = std::ranges::any_of(waves, [&](auto const& wave) { return std::ranges::count(wave.second, id) > 0; });
    if (!asked) singles.push_back(id);
  }
};

// Two charts in directories of different depth, each tagged on a commit of its own.
struct TwoCharts {
  git::MemoryObjects memory;
  FarObjects far{memory};
  std::vector<std::string> paths{"charts/web", "deploy/more/charts/db"};
  std::vector<std::shared_ptr<TaggedChart const>> tagged;
  std::vector<ObjectId> roots, commits, tags;
  std::vector<git::ObjectSource::RefAnswer> refs;
  ObjectId head;

  TwoCharts() {
    for (std::size_t i = 0; i < 2; ++i) {
      roots.push_back(memory.add_files({{paths[i] + "/Chart.yaml", "x"}, {"README.md", std::to_string(i)}}));
      commits.push_back(memory.add_commit(roots.back()));
      tags.push_back(memory.add_tag("t" + std::to_string(i), commits.back(), ObjectType::commit, "x"));
      refs.push_back({git::Ref{"refs/tags/t" + std::to_string(i), tags.back(), ObjectType::tag}, {}});
    }
    head = memory.add_commit(roots[0], commits);
  }
  // Both, at these paths.
  std::vector<TaggedChart const*> charts() {
    std::vector<TaggedChart const*> both;
    for (std::size_t i = 0; i < 2; ++i) {
      release::ChangedChart const chart{.name = "c", .version = "1.0.0", .path = paths[i], .tag = "t" + std::to_string(i)};
      both.push_back(tagged.emplace_back(TaggedChart::resolve(chart, *refs[i].ref, memory).value()).get());
    }
    return both;
  }
  ObjectId below(ObjectId id, std::vector<std::string> const& names) {
    for (auto const& name : names) {
      auto const tree = memory.tree(id).value();
      id = std::ranges::find(tree.entries, name, &git::TreeEntry::name)->id;
    }
    return id;
  }
};

TEST_CASE("tags are one wave and their commits another", "[release]") {  // G-40
  TwoCharts two;
  two.refs.push_back({std::nullopt, {}});                                                     // not there
  two.refs.push_back({git::Ref{"refs/tags/light", two.commits[0], ObjectType::commit}, {}});  // a lightweight one
  release::prefetch_tags(two.refs, two.far);
  REQUIRE(two.far.waves.size() == 2);
  CHECK(two.far.waves[0] == std::pair(ObjectType::tag, two.tags));
  CHECK(two.far.waves[1] == std::pair(ObjectType::commit, two.commits));
  CHECK(two.far.singles.empty());
}

TEST_CASE("trees are a wave for each level down to the charts, which the head has", "[release]") {  // G-40
  TwoCharts two;
  release::prefetch_tagged(two.charts(), two.far, two.head);
  CHECK(two.far.ancestors == std::vector<ObjectId>{two.commits[0], two.commits[1], two.head});
  REQUIRE(two.far.waves.size() == 4);
  CHECK(two.far.waves[0] == std::pair(ObjectType::tree, two.roots));
  CHECK(two.far.waves[1] ==
        std::pair(ObjectType::tree, std::vector{two.below(two.roots[0], {"charts"}), two.below(two.roots[1], {"deploy"})}));
  CHECK(two.far.waves[2] == std::pair(ObjectType::tree, std::vector{two.below(two.roots[1], {"deploy", "more"})}));
  CHECK(two.far.waves[3] == std::pair(ObjectType::tree, std::vector{two.below(two.roots[1], {"deploy", "more", "charts"})}));
  CHECK(two.far.singles.empty());
}

TEST_CASE("a chart that the tag's commit does not have ends its way, the others go on", "[release]") {
  TwoCharts two;
  two.paths[1] = "deploy/none/charts/db";
  release::prefetch_tagged(two.charts(), two.far, two.head);
  CHECK(two.far.waves.size() == 2);
  two.paths[1] = "README.md/charts/db";
  release::prefetch_tagged(two.charts(), two.far, two.head);
  CHECK(two.far.singles.empty());
}

TEST_CASE("where nothing has to be asked for nothing is read in advance", "[release]") {
  TwoCharts two;
  two.far.is_near = true;
  release::prefetch_tags(two.refs, two.far);
  release::prefetch_tagged(two.charts(), two.far, two.head);
  CHECK(two.far.waves.size() == 2);  // tags, roots
  CHECK(two.far.singles.empty());
}

TEST_CASE("a chart in the repository's root needs no trees", "[release]") {
  TwoCharts two;
  two.paths[0] = "";
  release::prefetch_tagged({two.charts().front()}, two.far, two.head);
  CHECK(two.far.waves.empty());
  CHECK(two.far.ancestors == std::vector<ObjectId>{two.commits[0], two.head});
}

TEST_CASE("a tag object that is too large does not end the wave", "[release]") {
  TwoCharts two;
  auto const large =
      two.memory.add_object(ObjectType::tag, "object " + two.commits[0] + "\ntype commit\ntag x\ntagger A <a@x> 1 +0000\n\n" +
                                                 std::string(9 << 20, 'x'));
  two.refs.insert(two.refs.begin(), {git::Ref{"refs/tags/x", large, ObjectType::tag}, {}});
  release::prefetch_tags(two.refs, two.far);
  REQUIRE(two.far.waves.size() == 2);
  CHECK(two.far.waves[1].second == two.commits);
}

}  // namespace
}  // namespace object_waves_test
