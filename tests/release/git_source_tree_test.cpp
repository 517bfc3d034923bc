#include "release/git_source_tree.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

#include "memory/objects.hpp"
#include "support/catch2.hpp"
#include "support/charged.hpp"
#include "support/work_budget.hpp"

namespace git_source_tree_test {
namespace {

using namespace acr;
using release::GitSourceTree;

std::string code_of(std::function<void()> const& work) {
  try {
    work();
  } catch (RunError const& error) {
    return std::string(error.code().text());
  } catch (std::runtime_error const&) {
    return "runtime_error";
  }
  return "";
}

TEST_CASE("a commit's tree answers like a directory", "[release]") {
  git::MemoryObjects objects;
  GitSourceTree const tree(objects, objects.add_files({{"a/x", "1"}, {"a.b", "2"}, {"a-b", "3"}, {"a/y/z", "4"}}));
  std::string names;
  for (auto const& node : tree.list("")) names += node.name + " ";
  CHECK(names == "a a-b a.b ");  // P-12: by the bytes of the names, not as git sorts
  CHECK(tree.node("a/y/z")->is_file());
  CHECK(tree.read("a/x", 10) == "1");
  CHECK_FALSE(tree.node("a/none"));
  CHECK_FALSE(tree.node("a.b/x"));
  CHECK(code_of([&] { (void)tree.list("a"); }).empty());
  CHECK(code_of([&] { (void)tree.list("a/x"); }) == "runtime_error");
  CHECK(code_of([&] { (void)tree.list("none"); }) == "runtime_error");
  CHECK(code_of([&] { (void)tree.read("a", 10); }) == "runtime_error");
  CHECK(code_of([&] { (void)tree.read("none", 10); }) == "runtime_error");
  CHECK(code_of([&] { (void)tree.link_target("a/x"); }) == "runtime_error");
  CHECK(tree.read("a/x", 0) == std::nullopt);
}

TEST_CASE("a tree or file that no source has is told as that", "[release]") {
  git::MemoryObjects objects;
  auto const root = objects.add_files({{"a/x", "1"}, {"b", "2"}});
  auto const inner = objects.tree(root)->entries[0].id;
  auto const blob = objects.tree(root)->entries[1].id;
  CHECK(code_of([&] { (void)GitSourceTree(objects, root).list("a"); }).empty());
  CHECK(code_of([&] { (void)GitSourceTree(objects, root).read("b", 9); }).empty());
  objects.forget(inner);
  objects.forget(blob);
  CHECK(code_of([&] { (void)GitSourceTree(objects, root).list("a"); }) == "object-missing");
  CHECK(code_of([&] { (void)GitSourceTree(objects, root).read("b", 9); }) == "object-missing");
}

TEST_CASE("every listing is charged to the run (B-25)", "[release]") {
  git::MemoryObjects objects;
  GitSourceTree const tree(objects, objects.add_files({{"dir/a", "1"}, {"dir/b", "2"}, {"dir/c", "3"}}));
  RunClock clock;
  auto const lists = [&](std::uint64_t entries, std::uint64_t path_bytes, int times) {
    WorkBudget budget(clock, entries, path_bytes);
    WorkScope const scope(&budget);
    return code_of([&] {
      for (int i = 0; i < times; ++i) (void)tree.list("dir");
    });
  };
  CHECK(lists(6, 1000, 2).empty());
  CHECK(lists(6, 1000, 3) == "too-much-work");  // kept or not: it is walked again
  CHECK(lists(6, 30, 2).empty());               // "dir/a" has five bytes
  CHECK(lists(6, 29, 2) == "too-much-work");
}

TEST_CASE("every look-up is charged to the run (B-25)", "[release]") {
  git::MemoryObjects objects;
  GitSourceTree const tree(objects, objects.add_files({{"a/b/c/d", "1"}}));
  CHECK(test::is_charged([&] {
    for (int i = 0; i < 2000; ++i) (void)tree.node("a/b/c/d");
    return true;
  }));
}

TEST_CASE("a look-up among many siblings is not a search (B-26)", "[release]") {
  git::MemoryObjects objects;
  git::Tree wide;
  auto const blob = objects.tree(objects.add_files({{"x", "x"}}))->entries[0].id;
  for (int i = 0; i < 50'000; ++i)
    wide.entries.push_back({"name-" + std::to_string(100'000 + i), git::EntryMode::file, blob, {}});
  GitSourceTree const tree(objects, objects.add_tree(wide.entries));
  auto const begin = std::chrono::steady_clock::now();
  std::size_t found = 0;
  for (int i = 0; i < 50'000; ++i) found += tree.node("name-" + std::to_string(100'000 + i)) ? 1 : 0;
  CHECK(found == 50'000);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));  // a search of each takes minutes, unoptimised
}

TEST_CASE("one of many sibling directories after the other is read, the wide one above them once (B-26)", "[release]") {
  git::MemoryObjects objects;
  auto const chart = objects.add_files({{"Chart.yaml", "x"}});
  std::vector<git::TreeEntry> charts;
  for (int i = 0; i < 50'000; ++i)
    charts.push_back({"name-" + std::to_string(100'000 + i), git::EntryMode::directory, chart, {}});
  auto const wide = objects.add_tree(std::move(charts));
  GitSourceTree const tree(objects, objects.add_tree({{"charts", git::EntryMode::directory, wide, {}}}));
  for (int i = 0; i < 200; ++i) CHECK(tree.node("charts/name-" + std::to_string(100'000 + i) + "/Chart.yaml"));
  CHECK(std::ranges::count(objects.reads(), wide) == 1);
}

}  // namespace
}  // namespace git_source_tree_test
