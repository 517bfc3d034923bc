#include "git/history.hpp"

#include "git/limits.hpp"
#include "memory/objects.hpp"
#include "support/catch2.hpp"
#include "support/work_budget.hpp"

namespace history_test {
namespace {

using namespace acr::git;

// A history drawn in a few lines: add("c", {"a", "b"}) makes commit c on parents a and b.
class History {
 public:
  ObjectId add(std::string const& name, std::vector<std::string> const& parents, std::int64_t time) {
    std::vector<ObjectId> ids;
    for (auto const& parent : parents) ids.push_back(id(parent));
    return ids_[name] = objects.add_commit(objects.add_files({{name, name}}), std::move(ids), time);
  }
  [[nodiscard]] ObjectId id(std::string const& name) const { return ids_.at(name); }
  MemoryObjects objects;

 private:
  std::map<std::string, ObjectId> ids_;
};

//   a - b - c - d - m      e: side branch from b, merged in m; x: another root
//        \- e -----/
struct SmallHistory : History {
  SmallHistory() {
    add("a", {}, 10), add("b", {"a"}, 20), add("c", {"b"}, 30), add("d", {"c"}, 40);
    add("e", {"b"}, 35), add("m", {"d", "e"}, 50), add("x", {}, 60);
  }
};

TEST_CASE("an ancestor is found on every way back", "[git]") {
  SmallHistory history;
  for (auto const* name : {"a", "b", "c", "d", "e", "m"}) {
    CAPTURE(name);
    CHECK(history.objects.is_ancestor(history.id(name), history.id("m")) == true);
  }
  CHECK(history.objects.is_ancestor(history.id("e"), history.id("d")) == false);
  CHECK(history.objects.is_ancestor(history.id("m"), history.id("a")) == false);
  CHECK(history.objects.is_ancestor(history.id("x"), history.id("m")) == false);
}

TEST_CASE("wrong commit times do not change an answer", "[git]") {
  History history;
  history.add("a", {}, 100), history.add("b", {"a"}, 1), history.add("c", {"b"}, 100000), history.add("d", {"a"}, 2);
  CHECK(history.objects.is_ancestor(history.id("a"), history.id("c")) == true);
  CHECK(history.objects.is_ancestor(history.id("d"), history.id("c")) == false);
  CHECK(history.objects.merge_base(history.id("c"), history.id("d")) == history.id("a"));
}

TEST_CASE("a missing parent hides the answer, unless it is the answer", "[git]") {
  SmallHistory history;
  history.objects.forget(history.id("b"));
  CHECK(history.objects.is_ancestor(history.id("b"), history.id("m")) == true);  // c names it
  CHECK(history.objects.is_ancestor(history.id("a"), history.id("m")) == std::nullopt);
  CHECK(history.objects.is_ancestor(history.id("x"), history.id("m")) == std::nullopt);
  CHECK(history.objects.is_ancestor(history.id("a"), ObjectId(40, '0')) == std::nullopt);
  CHECK(history.objects.is_ancestor(ObjectId(40, '0'), ObjectId(40, '0')) == std::nullopt);
}

TEST_CASE("a question that costs too many reads stays open", "[git]") {
  SmallHistory history;
  auto const read = [&](ObjectId const& id) { return history.objects.commit(id); };
  CHECK(is_ancestor(read, history.id("x"), history.id("m"), 6) == false);
  CHECK(is_ancestor(read, history.id("x"), history.id("m"), 3) == std::nullopt);
  CHECK(merge_base(read, history.id("d"), history.id("e"), 2) == std::nullopt);
}

TEST_CASE("many questions about one head read its history once", "[git]") {
  SmallHistory history;
  std::size_t reads = 0;
  AncestorWalk walk(
      [&](ObjectId const& id) {
        ++reads;
        return history.objects.commit(id);
      },
      history.id("m"), 100);
  CHECK(walk.reaches(history.id("m")) == true);
  CHECK(walk.reaches(history.id("d")) == true);
  auto const near = reads;
  CHECK(near < 6);  // what is recent is found without the rest
  CHECK(walk.reaches(history.id("a")) == true);
  CHECK(walk.reaches(history.id("x")) == false);
  CHECK(reads == 6);
  CHECK(walk.reaches(history.id("e")) == true);
  CHECK(walk.reaches(history.id("x")) == false);
  CHECK(reads == 6);
}

TEST_CASE("the best common ancestor", "[git]") {
  SmallHistory history;
  CHECK(history.objects.merge_base(history.id("d"), history.id("e")) == history.id("b"));
  CHECK(history.objects.merge_base(history.id("e"), history.id("d")) == history.id("b"));
  CHECK(history.objects.merge_base(history.id("m"), history.id("c")) == history.id("c"));
  CHECK(history.objects.merge_base(history.id("m"), history.id("m")) == history.id("m"));
  CHECK(history.objects.merge_base(history.id("m"), history.id("x")) == std::nullopt);
}

TEST_CASE("after a merge from main, the base moves on", "[git]") {
  //  main: a - b - c - d; release: r from a, then n, which merged b
  History history;
  history.add("a", {}, 1), history.add("b", {"a"}, 2), history.add("c", {"b"}, 3), history.add("d", {"c"}, 4);
  history.add("r", {"a"}, 2), history.add("n", {"r", "b"}, 5);
  CHECK(history.objects.merge_base(history.id("n"), history.id("d")) == history.id("b"));
}

TEST_CASE("of two best ones, the later", "[git]") {
  // Criss-cross: f and g both merged b and c.
  History history;
  history.add("a", {}, 1), history.add("b", {"a"}, 2), history.add("c", {"a"}, 3);
  history.add("f", {"b", "c"}, 4), history.add("g", {"c", "b"}, 5);
  CHECK(history.objects.merge_base(history.id("f"), history.id("g")) == history.id("c"));
}

TEST_CASE("a hole below the base does not hide it, one above does", "[git]") {
  SmallHistory history;
  history.objects.forget(history.id("a"));
  CHECK(history.objects.merge_base(history.id("d"), history.id("e")) == history.id("b"));
  history.objects.forget(history.id("c"));
  CHECK(history.objects.merge_base(history.id("d"), history.id("e")) == std::nullopt);
}

TEST_CASE("a long line is walked without recursion", "[git]") {
  MemoryObjects objects;
  auto const tree = objects.add_tree({});
  ObjectId const root = objects.add_commit(tree, {}, 0);
  ObjectId tip = root;
  for (int i = 1; i < 20000; ++i) tip = objects.add_commit(tree, {tip}, i);
  CHECK(objects.is_ancestor(root, tip) == true);
}

// A walk answers in memory that grows with what it read, not with what commits name again and again.
TEST_CASE("a walk gives up when commits name too many parents", "[git]") {  // B-25
  std::size_t const width = 1000;
  std::size_t const depth = one_of({max_parents_walked / 1000, max_parents_walked / 1000 + 2});
  auto const id = [](std::size_t number) {
    auto const text = std::to_string(number);
    return ObjectId(std::string(40 - text.size(), '0') + text);
  };
  // Commit n names n + 1, and the last one many times over.
  ReadCommit const read = [&](ObjectId const& wanted) -> std::optional<Commit> {
    auto const number = std::stoul(wanted);
    Commit commit{.id = wanted, .tree = {}, .parents = {}, .committer_time = static_cast<std::int64_t>(depth + 10 - number)};
    if (number < depth) commit.parents.assign(width - 1, id(depth)), commit.parents.push_back(id(number + 1));
    return commit;
  };
  bool const fits = depth == max_parents_walked / 1000;
  CHECK(is_ancestor(read, id(depth + 5), id(0), max_commits_walked) == (fits ? std::optional(false) : std::nullopt));
  CHECK(merge_base(read, id(0), id(depth), max_commits_walked) == (fits ? std::optional(id(depth)) : std::nullopt));
}

TEST_CASE("the run's clock ends a walk", "[git]") {  // B-25
  ReadCommit const endless = [](ObjectId const& wanted) -> std::optional<Commit> {
    auto next = std::to_string(std::stoul(wanted) + 1);
    return Commit{.id = wanted, .tree = {}, .parents = {std::string(40 - next.size(), '0') + next}, .committer_time = 0};
  };
  acr::RunClock clock;
  acr::WorkBudget budget(clock);
  acr::WorkScope const scope(&budget);
  CHECK(is_ancestor(endless, ObjectId(40, 'f'), ObjectId(40, '0'), 2000) == std::nullopt);
  clock.cancel(acr::ExitStatus::terminated);
  CHECK_THROWS_AS(is_ancestor(endless, ObjectId(40, 'f'), ObjectId(40, '0'), 2000), acr::Cancelled);
  CHECK_THROWS_AS(merge_base(endless, ObjectId(39, '0') + "1", ObjectId(40, '0'), 2000), acr::Cancelled);
}

}  // namespace
}  // namespace history_test
