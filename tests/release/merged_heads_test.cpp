#include "release/merged_heads.hpp"

#include "memory/objects.hpp"
#include "support/catch2.hpp"

namespace merged_heads_test {
namespace {

using namespace acr;
using Files = std::map<std::string, std::string>;
using Ids = std::vector<git::ObjectId>;

Files chart(std::string const& version) {
  return {{"charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: " + version + "\n"}};
}

struct Branches {
  git::MemoryObjects objects;
  git::ObjectId old_release = commit(chart("1.0.0"), {});
  git::ObjectId main = commit(chart("1.1.0"), {old_release});

  git::ObjectId commit(Files const& files, std::vector<git::ObjectId> parents, std::int64_t time = 1'790'000'000) {
    return objects.add_commit(objects.add_files(files), std::move(parents), time);
  }
  Verdict<Ids> heads(git::ObjectId const& after, std::vector<std::string> const& paths = {"charts/web"}) {
    if (!objects.ref("refs/heads/main")) objects.set_ref("refs/heads/main", main);
    return release::merged_heads(objects, after, "main", paths);
  }
};

TEST_CASE("the merged commit is found among the pushed one and its parents (B-16)", "[release]") {
  Branches world;
  auto const merge = world.commit(chart("1.1.0"), {world.old_release, world.main});
  CHECK(world.heads(merge).value() == Ids{world.main});
  CHECK(world.heads(world.main).value() == Ids{world.main});
  // The branch went on, and took the release branch back.
  world.objects.set_ref("refs/heads/main", world.commit(chart("1.2.0"), {world.main, merge}));
  CHECK(world.heads(merge).value() == Ids{merge, world.main});
}

TEST_CASE("what never was on the source branch is refused (B-16, A-79)", "[release]") {
  Branches world;
  git::ObjectId after;
  std::string found;
  SECTION("a squash merge") {
    after = world.commit(chart("1.1.0"), {world.old_release}, 1'790'000'001);
    found = " on 'main' has other files in charts/web";  // the old release is on it
  }
  SECTION("a commit without history") {
    after = world.commit(chart("1.1.0"), {}, 1'790'000'002);
    found = "none of them on 'main'";
  }
  SECTION("a merge of another branch") {
    after = world.commit(chart("1.1.0"), {world.commit(chart("1.1.0"), {}, 1'790'000'003)});
    found = "none of them on 'main'";
  }
  SECTION("a merge that changed a chart") {
    after = world.commit(chart("6.6.6"), {world.old_release, world.main});
    found = " on 'main' has other files in charts/web";
  }
  SECTION("a chart that cannot be read") {
    after = world.commit({{"charts/web/values.yaml", "a: b\n"}}, {world.old_release, world.main});
    found = " on 'main' has other files in charts/web";
  }
  SECTION("a commit that nobody has") {
    after = std::string(40, 'd');
    found = "the commit is in no object source";
  }
  SECTION("no branch") {
    after = world.main;
    world.objects.set_ref("refs/heads/other", world.main);
    auto const refused = release::merged_heads(world.objects, after, "trunk", {"charts/web"});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == "head-not-on-branch");
    CHECK(refused.error().found_value == "no branch 'trunk'");
    return;
  }
  auto const refused = world.heads(after);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "head-not-on-branch");
  CHECK(refused.error().where == "commit " + after);
  CHECK(refused.error().rule_number == "B-16");
  CAPTURE(refused.error().found_value);
  CHECK(refused.error().found_value.find(found) != std::string::npos);
}

TEST_CASE("of each chart the files must be the same", "[release]") {
  Branches world;
  auto const both = chart("1.1.0"), other = Files{{"charts/api/Chart.yaml", "apiVersion: v2\nname: api\nversion: 1.0.0\n"}};
  auto merged = both;
  merged.insert(other.begin(), other.end());
  auto const after = world.commit(merged, {world.old_release, world.main});
  CHECK(world.heads(after).value() == Ids{world.main});  // charts that did not change do not matter
  CHECK_FALSE(world.heads(after, {"charts/web", "charts/api"}).has_value());
}

TEST_CASE("of a commit with many parents the first sixteen are looked at", "[release]") {
  Branches world;
  auto const with_parents = [&](std::size_t before) {
    std::vector<git::ObjectId> parents;
    for (std::size_t i = 0; i < before; ++i)
      parents.push_back(world.commit(chart("1.1.0"), {}, static_cast<std::int64_t>(i) + 1));
    parents.push_back(world.main);
    return world.commit(chart("1.1.0"), parents);
  };
  CHECK(world.heads(with_parents(15)).has_value());
  CHECK_FALSE(world.heads(with_parents(16)).has_value());
}

TEST_CASE("a history that no source knows says how it can be known", "[release]") {
  Branches world;
  auto const lost = world.commit({{"README.md", "x"}}, {world.main}, 1'790'000'009);
  auto const tip = world.commit(chart("1.2.0"), {lost}, 1'790'000'010);
  world.objects.set_ref("refs/heads/main", tip);
  world.objects.forget(lost);
  auto const merge = world.commit(chart("1.1.0"), {world.old_release, world.main});
  auto const refused = world.heads(merge);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().fix_text.find("fetch-depth: 0") != std::string::npos);
}

}  // namespace
}  // namespace merged_heads_test
