// The source digest against the specification's vectors (B-1).
#include <boost/json.hpp>
#include <filesystem>
#include <map>

#include "chart/directory_tree.hpp"
#include "chart/source_list.hpp"
#include "git/git_cli.hpp"
#include "memory/tree.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"

namespace source_digest_test {
namespace {

using namespace acr;
using namespace acr::chart;

/// A commit as the git command line lists it: links and submodules stay what they are, whatever the disk can hold.
MemoryTree tree_of(std::filesystem::path const& clone, std::string const& commit) {
  MemoryTree tree;
  auto const listing = test::shell(clone, "git ls-tree -r -z '" + commit + "' | tr '\\000' '\\n'");
  for (auto const line : split(listing, '\n')) {
    auto const tab = line.find('\t');
    auto const mode = line.substr(0, 6), id = line.substr(tab - 40, 40), path = line.substr(tab + 1);
    if (mode == "160000") {
      tree.submodule(path);
      continue;
    }
    test::shell(clone, "git cat-file blob " + std::string(id) + " >../blob");
    auto const bytes = read_file(clone.parent_path() / "blob", 1 << 22);
    if (mode == "120000")
      tree.symlink(path, bytes);
    else if (mode == "100755")
      tree.executable(path, bytes);
    else
      tree.file(path, bytes);
  }
  return tree;
}

TEST_CASE("source digests are those of the specification's vectors", "[chart]") {
  std::filesystem::path const data = acr::test::data_folder() / "source-digest";
  test::TemporaryDirectory const folder;
  auto const clone = folder.path() / "clone";
  test::shell(folder.path(),
              "git init -q clone; cd clone; git fetch -q '" + (data / "repo.bundle").string() + "' '+refs/*:refs/given/*'");
  auto const vectors = boost::json::parse(read_file(data / "vectors.json", 1 << 20));
  std::map<std::string, MemoryTree> trees;
  std::size_t compared = 0, refused = 0;
  for (auto const& item : vectors.at("vectors").as_array()) {
    auto const& vector = item.as_object();
    auto const text = [&](char const* key) { return std::string(vector.at(key).as_string()); };
    CAPTURE(text("name"), text("about"));
    auto const commit = text("commit");
    if (!trees.contains(commit)) trees.emplace(commit, tree_of(clone, commit));
    auto const digest = source_digest(trees.at(commit), text("path"));
    if (vector.contains("refused")) {
      REQUIRE(digest.has_error());
      CHECK(digest.error().code == text("refused"));
      CHECK(digest.error().where == text("path"));
      ++refused;
      continue;
    }
    REQUIRE(digest.has_value());
    CHECK(*digest == text("digest"));
    auto const records = source_records(trees.at(commit), text("path"));
    std::vector<std::string> expected;
    for (auto const& record : vector.at("records").as_array()) expected.emplace_back(record.as_string());
    CHECK(*records == expected);
    ++compared;
  }
  CHECK(compared >= 15);
  CHECK(refused >= 5);
}

}  // namespace
}  // namespace source_digest_test
