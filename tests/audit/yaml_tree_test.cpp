// YAML of workflow files, against yaml-cpp as a second reader (U-20).
#include "audit/yaml_tree.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "audit/limits.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"

namespace yaml_tree_test {
namespace {

using namespace acr::audit;
namespace fs = std::filesystem;

YamlTree tree_of(std::string const& text) {
  auto tree = read_yaml_tree(text, "w.yaml");
  INFO(text);
  if (!tree) FAIL(tree.error().sentence());
  return std::move(*tree);
}

void compare(YamlTree const& tree, YamlNode const& ours, YAML::Node const& theirs) {
  CAPTURE(ours.line);
  switch (ours.kind) {
    case YamlNode::Kind::scalar:
      if (theirs.IsNull()) {
        CHECK(ours.is_null());
      } else {
        REQUIRE(theirs.IsScalar());
        CHECK(ours.text == theirs.Scalar());
        CHECK(ours.plain == (theirs.Tag() == "?"));
      }
      return;
    case YamlNode::Kind::list:
      REQUIRE(theirs.IsSequence());
      REQUIRE(ours.items.size() == theirs.size());
      for (std::size_t i = 0; i < ours.items.size(); ++i) compare(tree, tree.at(ours.items[i]), theirs[i]);
      return;
    case YamlNode::Kind::map:
      REQUIRE(theirs.IsMap());
      REQUIRE(ours.entries.size() == theirs.size());
      for (auto const& entry : ours.entries) {
        CAPTURE(entry.key);
        REQUIRE(theirs[entry.key]);
        compare(tree, tree.at(entry.value), theirs[entry.key]);
      }
      return;
  }
}

TEST_CASE("our own workflows and examples read as yaml-cpp reads them (U-20)", "[audit]") {
  std::size_t files = 0;
  for (auto const* folder : {"/.github/workflows", "/docs/examples"})
    for (auto const& item : fs::directory_iterator(acr::test::source_folder().string() + folder)) {
      auto const name = item.path().extension();
      if (name != ".yml" && name != ".yaml") continue;
      auto const bytes = acr::read_file(item.path(), limits::workflow_bytes);
      CAPTURE(item.path());
      auto const tree = tree_of(bytes);
      compare(tree, tree.at(tree.root), YAML::Load(bytes));
      ++files;
    }
  CHECK(files >= 10);
}

TEST_CASE("scalars keep their text, and YAML 1.1's truth values are words", "[audit]") {
  auto const tree = tree_of("on: yes\na: \"false\"\nb: false\nc: ~\nd:\ne: !!str false\nf: 0x10\ng: True\n");
  auto const& root = tree.at(tree.root);
  CHECK(root.entries.front().key == "on");  // YAML 1.1 reads true here
  CHECK(tree.find(root, "on")->text == "yes");
  CHECK_FALSE(tree.find(root, "a")->is_false());
  CHECK(tree.find(root, "b")->is_false());
  CHECK(tree.find(root, "c")->is_null());
  CHECK(tree.find(root, "d")->is_null());
  CHECK_FALSE(tree.find(root, "e")->is_false());
  CHECK(tree.find(root, "f")->text == "0x10");
  CHECK(tree.find(root, "g")->text == "True");
  CHECK(tree.find(root, "g")->line == 8);
  CHECK(tree.find(root, "h") == nullptr);
}

TEST_CASE("an alias shares its anchor's value", "[audit]") {
  auto const tree = tree_of("a: &x [1, 2]\nb: *x\nc: &x 3\nd: *x\n");
  auto const& root = tree.at(tree.root);
  CHECK(tree.find(root, "b") == tree.find(root, "a"));
  CHECK(tree.find(root, "d")->text == "3");
}

TEST_CASE("what GitHub refuses or reads otherwise is refused with its line (U-20)", "[audit]") {
  struct Row {
    std::string text;
    std::string where, why;
  };
  std::string deep;
  for (std::size_t i = 0; i <= limits::yaml_levels; ++i) deep += "[";
  auto const row = one_of<Row>({
      {"a: 1\nb: 2\nA: 3\n", "w.yaml:3", "the key A occurs twice"},
      {"a: &x {b: 1}\nc:\n  <<: *x\n", "w.yaml:3", "a merge key, which GitHub does not read"},
      {"a: 1\n---\nb: 2\n", "w.yaml:2", "a second document follows, which GitHub does not read"},
      {"a: !!binary aGk=\n", "w.yaml:1", "a tag that GitHub does not read"},
      {"a: !!set {b}\n", "w.yaml:1", "a tag that GitHub does not read"},
      {"a: *x\n", "w.yaml:1", "an alias has no anchor before it"},
      {"a: &x [*x]\n", "w.yaml:1", "an alias has no anchor before it"},
      {"? [a]\n: 1\n", "w.yaml:1", "a key that is not a text"},
      {"&x a: 1\n", "w.yaml:1", "an anchor at a key"},
      {"a: [1\n", "w.yaml:2", "the YAML cannot be read: did not find expected ',' or ']'"},
      {"", "w.yaml:1", "the file is empty"},
      {"# nothing\n", "w.yaml:2", "the file is empty"},
      {deep, "w.yaml:1", "the YAML is nested too deeply"},
      {"a: \xff\n", "w.yaml", "the file is not UTF-8"},
      {std::string(limits::workflow_bytes + 1, '#'), "w.yaml", "the file is too large"},
  });
  CAPTURE(row.text.substr(0, 100));
  auto const tree = read_yaml_tree(row.text, "w.yaml");
  REQUIRE(tree.has_error());
  CHECK(tree.error().code == "workflow-unreadable");
  CHECK(tree.error().where == row.where);
  CHECK(tree.error().why == row.why);
  CHECK(tree.error().rule_number == "U-20");
}

TEST_CASE("bounds are reached before they are passed", "[audit]") {
  std::string levels;
  for (std::size_t i = 0; i < limits::yaml_levels; ++i) levels += "[";
  for (std::size_t i = 0; i < limits::yaml_levels; ++i) levels += "]";
  CHECK(read_yaml_tree(levels, "w").has_value());
  std::string many = "[";
  for (std::size_t i = 1; i < limits::yaml_nodes; ++i) many += "1,";
  CHECK(read_yaml_tree(many + "]", "w").has_value());
  auto const more = read_yaml_tree(many + "1]", "w");
  REQUIRE(more.has_error());
  CHECK(more.error().why == "the file holds too many values");
  // An alias is no value of its own, and still takes a place in its list.
  std::string aliases = "[&a 1";
  for (std::size_t i = 1; i < limits::yaml_nodes; ++i) aliases += ",*a";
  CHECK(read_yaml_tree(aliases + "]", "w").has_value());
  auto const longer = read_yaml_tree(aliases + ",*a]", "w");
  REQUIRE(longer.has_error());
  CHECK(longer.error().why == "the file holds too many values");
  CHECK(read_yaml_tree("#" + std::string(limits::workflow_bytes - 3, ' ') + "\n1", "w").has_value());
}

}  // namespace
}  // namespace yaml_tree_test
