// action.yml, docs/inputs.md and the README against the one table of inputs and outputs (A-43, section 12).
// ACR_UPDATE_GOLDEN=1 writes the tables of the documents anew.

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <set>

#include "event/action_interface.hpp"
#include "event/interface_tables.hpp"
#include "support/catch2.hpp"
#include "support/marked_parts.hpp"
#include "support/places.hpp"

namespace action_yml_test {
namespace {

using namespace acr::event;
namespace fs = std::filesystem;

fs::path const source = acr::test::source_folder();

YAML::Node action() { return YAML::LoadFile((source / "action.yml").string()); }

std::vector<std::string> keys(YAML::Node const& map) {
  std::vector<std::string> names;
  for (auto const& entry : map) names.push_back(entry.first.as<std::string>());
  return names;
}

TEST_CASE("action.yml has the keys of a docker action and no arguments", "[event]") {
  auto const file = action();
  CHECK(keys(file) == std::vector<std::string>{"name", "description", "author", "branding", "inputs", "outputs", "runs"});
  CHECK(file["runs"]["using"].as<std::string>() == "docker");
  CHECK(file["runs"]["image"].as<std::string>() == "Dockerfile");
  CHECK(keys(file["runs"]) == std::vector<std::string>{"using", "image"});  // no args; A-15: no post stage
  CHECK(keys(file["branding"]) == std::vector<std::string>{"icon", "color"});
  std::set<std::string> const colours{"white", "black", "yellow", "blue", "green", "orange", "red", "purple", "gray-dark"};
  CHECK(colours.contains(file["branding"]["color"].as<std::string>()));
  CHECK(file["description"].as<std::string>().size() < 125);  // the Marketplace cuts longer ones
}

TEST_CASE("action.yml declares every input as the program reads it", "[event]") {
  auto const declared = action()["inputs"];
  std::vector<std::string> names;
  for (auto const& row : input_table()) {
    CAPTURE(row.name);
    names.emplace_back(row.name);
    auto const input = declared[std::string(row.name)];
    REQUIRE(input.IsMap());
    CHECK(input["description"].as<std::string>() == row.description);
    CHECK((input["default"] ? input["default"].as<std::string>() : std::string()) == row.default_value);
    // A default that the YAML reader of the runner could take for another type is quoted.
    if (input["default"]) CHECK(input["default"].Tag() == "!");
    for (auto const& key : keys(input)) CHECK((key == "description" || key == "default" || key == "required"));
    CHECK_FALSE(input["required"].as<bool>());
  }
  CHECK(keys(declared) == names);
}

TEST_CASE("action.yml declares every output that does not bear a chart's name", "[event]") {
  auto const declared = action()["outputs"];
  std::vector<std::string> names;
  for (auto const& row : output_table()) {
    if (row.name.find('<') != std::string_view::npos) continue;
    CAPTURE(row.name);
    names.emplace_back(row.name);
    REQUIRE(declared[std::string(row.name)].IsMap());
    CHECK(keys(declared[std::string(row.name)]) == std::vector<std::string>{"description"});
    CHECK(declared[std::string(row.name)]["description"].as<std::string>() == row.description);
  }
  CHECK(keys(declared) == names);
}

TEST_CASE("docs/inputs.md has the tables of inputs and outputs", "[event]") {
  acr::test::check_marked_parts(source / "docs" / "inputs.md",
                                {{"inputs", acr::test::input_markdown()}, {"outputs", acr::test::output_markdown()}});
}

TEST_CASE("README has the inputs that most repositories decide", "[event]") {
  if (!fs::exists(source / "README.md")) return;  // the image's build stage goes without it
  acr::test::check_marked_parts(source / "README.md",
                                {{"inputs", acr::test::short_input_markdown(
                                                {"charts-dir", "tag-format", "signer-workflows", "required-attestations",
                                                 "subject-binding", "deny-self-hosted", "missing-lineage", "verify-policy"})}});
}

}  // namespace
}  // namespace action_yml_test
