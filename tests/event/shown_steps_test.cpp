// Steps and calls that README and docs show: their inputs exist, and the program takes the values.

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "event/action_interface.hpp"
#include "event/inputs.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace shown_steps_test {
namespace {

using namespace acr::event;
namespace fs = std::filesystem;

fs::path const source = acr::test::source_folder();
std::string const ours = "org/atomic-chart-release";

struct Shown {
  std::string page;
  YAML::Node yaml;
};

/// The blocks marked `yaml` of a page.
void add_blocks(fs::path const& page, std::vector<Shown>& shown) {
  auto const text = acr::read_file(page, 1 << 20);
  std::string block;
  bool inside = false;
  for (auto const line : acr::lines(text)) {
    auto const bare = acr::trimmed(line);
    if (inside && bare == "```") {
      shown.push_back({page.filename().string(), YAML::Load(block)});
      inside = false;
    } else if (inside) {
      block += std::string(line) + "\n";
    } else if (bare == "```yaml") {
      inside = true;
      block.clear();
    }
  }
}

std::vector<Shown> all_shown() {
  std::vector<Shown> shown;
  add_blocks(source / "README.md", shown);
  for (auto const& entry : fs::directory_iterator(source / "docs"))
    if (entry.path().extension() == ".md") add_blocks(entry.path(), shown);
  add_blocks(source / "docs/examples/README.md", shown);
  for (auto const& entry : fs::directory_iterator(source / "docs/examples"))
    if (entry.path().extension() == ".yaml")
      shown.push_back({entry.path().filename().string(), YAML::LoadFile(entry.path().string())});
  return shown;
}

/// What the runner or the reader puts in: a number of eight digits does for an id, a name and a password.
std::string filled_in(std::string text) {
  for (auto at = text.find("${{"); at != std::string::npos; at = text.find("${{"))
    text.replace(at, text.find("}}", at) + 2 - at, "12345678");
  if (auto const at = text.find("3f0a…64 digits…"); at != std::string::npos)
    text.replace(at, std::string("3f0a…64 digits…").size(), std::string(64, '0'));
  return text;
}

bool is_input(std::string const& name) {
  for (auto const& row : input_table())
    if (row.name == name) return true;
  return false;
}

void check_step(YAML::Node const& with) {
  std::map<std::string, std::string> values;
  for (auto const& entry : with) {
    auto const name = entry.first.as<std::string>();
    CAPTURE(name);
    CHECK(is_input(name));
    values[name] = filled_in(entry.second.as<std::string>());
  }
  for (auto const& mistake : read_inputs(from_map(values), "/github/workspace", TokenRule::optional).mistakes)
    FAIL_CHECK(mistake.sentence());
}

void check_call(std::string const& workflow, YAML::Node const& with) {
  auto const file = YAML::LoadFile((source / workflow).string());
  auto const inputs = file["on"]["workflow_call"]["inputs"];
  for (auto const& entry : with) {
    auto const name = entry.first.as<std::string>();
    CAPTURE(workflow, name);
    CHECK(inputs[name].IsDefined());
  }
}

struct Count {
  std::size_t steps = 0, calls = 0;
};

// NOLINTNEXTLINE(misc-no-recursion): our own pages
void check_uses(YAML::Node const& node, Count& count) {
  if (node.IsMap() && node["uses"] && node["uses"].IsScalar()) {
    auto const uses = node["uses"].as<std::string>();
    auto const with = node["with"] ? node["with"] : YAML::Node(YAML::NodeType::Map);
    if (uses.starts_with(ours + "@")) {
      ++count.steps;
      check_step(with);
    } else if (uses.starts_with(ours + "/")) {
      ++count.calls;
      check_call(uses.substr(ours.size() + 1, uses.find('@') - ours.size() - 1), with);
    }
  }
  if (node.IsMap())
    for (auto const& entry : node) check_uses(entry.second, count);
  if (node.IsSequence())
    for (auto const& item : node) check_uses(item, count);
}

/// A block that shows inputs alone, as they stand below `with`.
bool is_inputs(YAML::Node const& node) {
  if (!node.IsMap() || node.size() == 0) return false;
  for (auto const& entry : node)
    if (!entry.second.IsScalar() || !is_input(entry.first.as<std::string>())) return false;  // not the `dependencies` of a lock
  return true;
}

TEST_CASE("what README and docs show below `with` is taken by the action and by the called workflows", "[event]") {
  if (!fs::exists(source / "README.md")) return;  // the image's build stage goes without it
  Count count;
  std::size_t inputs = 0;
  for (auto const& [page, yaml] : all_shown()) {
    CAPTURE(page);
    if (is_inputs(yaml)) {
      ++inputs;
      check_step(yaml);
    } else {
      check_uses(yaml, count);
    }
  }
  CHECK(count.steps >= 15);
  CHECK(count.calls >= 4);
  CHECK(inputs >= 3);
}

}  // namespace
}  // namespace shown_steps_test
