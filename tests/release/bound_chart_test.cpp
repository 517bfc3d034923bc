// Names of tags, and words for what differs between tag and head. What a tag is refused for is in
// pipeline_test.cpp.
#include "release/bound_chart.hpp"

#include "release/one_chart.hpp"
#include "release/pipeline_world.hpp"
#include "support/catch2.hpp"

namespace bound_chart_test {
namespace {

using namespace acr::test;
using acr::git::EntryMode;

TEST_CASE("tag-format is filled in, whatever name and version hold", "[release]") {
  struct Row {
    char const *format, *name, *version, *tag;
  };
  auto const row = one_of<Row>({
      {"{name}-v{version}", "web", "1.2.0", "web-v1.2.0"},
      {"v{version}/{name}", "web", "1.2.0", "v1.2.0/web"},
      {"{version}{name}", "web", "1.2.0", "1.2.0web"},
      {"{name}-{version}", "{version}", "1.2.0", "{version}-1.2.0"},  // what was filled in is not filled in again
      {"{name}-v{version}", "web", "1.2.0+b.1", "web-v1.2.0+b.1"},
  });
  CHECK(acr::release::tag_name(row.format, row.name, row.version) == row.tag);
}

// A chart at its tag and at the head, as trees of these entries.
struct Bound : OneChart {
  std::string tree(Files const& files, EntryMode mode = EntryMode::file) {
    std::vector<acr::git::TreeEntry> below, templates;
    for (auto const& [name, bytes] : files) {
      auto& list = name.starts_with("templates/") ? templates : below;
      list.push_back({.name = name.substr(name.rfind('/') + 1),
                      .mode = name == "templates/a.yaml" ? mode : EntryMode::file,
                      .id = objects.add_blob(bytes),
                      .size = {}});
    }
    if (!templates.empty())
      below.push_back({.name = "templates", .mode = EntryMode::directory, .id = objects.add_tree(templates), .size = {}});
    auto const charts =
        objects.add_tree({{.name = "web", .mode = EntryMode::directory, .id = objects.add_tree(below), .size = {}}});
    return objects.add_tree({{.name = "charts", .mode = EntryMode::directory, .id = charts, .size = {}}});
  }
};

Files const web{{"Chart.yaml", chart_yaml("web", "1.1.0")}, {"templates/a.yaml", "kind: A\n"}};

TEST_CASE("the first difference between tag and head is said in words", "[release]") {
  struct Row {
    char const* what;
    Files head;
    EntryMode mode;
    std::string found;
  };
  auto const row = one_of<Row>({
      {"the same", web, EntryMode::file, ""},
      {"content", web + Files{{"templates/a.yaml", "kind: B\n"}}, EntryMode::file, "templates/a.yaml has other content"},
      {"new", web + Files{{"templates/b.yaml", "kind: B\n"}}, EntryMode::file, "templates/b.yaml is new"},
      {"missing", {{"Chart.yaml", chart_yaml("web", "1.1.0")}}, EntryMode::file, "templates/a.yaml is missing"},
      {"mode", web, EntryMode::executable, "templates/a.yaml has another mode"},
      {"ignore rules", web + Files{{".helmignore", "templates\n"}}, EntryMode::file, "templates/a.yaml is missing"},
  });
  CAPTURE(row.what);
  Bound world;
  auto const bound = world.bound(world.tree(web), world.tree(row.head, row.mode));
  if (row.found.empty()) {
    REQUIRE(bound);
    CHECK_FALSE(world.findings.refused());
    CHECK(bound->contents().size() == 2);
    return;
  }
  CHECK_FALSE(bound);
  REQUIRE(world.findings.refusals.size() == 1);
  CHECK(world.findings.refusals.front().code == "tag-content-mismatch");
  CHECK(world.findings.refusals.front().found_value.find(row.found) != std::string::npos);
}

TEST_CASE("a head that cannot be read is refused as what it is", "[release]") {
  Bound world;
  CHECK_FALSE(world.bound(world.tree(web), world.tree(web + Files{{".helmignore", "**\n"}})));
  CHECK(findings_of(world.findings.refusals) == Findings{"ignore-rule @ charts/web: .helmignore:1"});
}

TEST_CASE("a tag whose chart cannot be read is other content, with the reason", "[release]") {
  Bound world;
  CHECK_FALSE(world.bound(world.tree(web + Files{{".helmignore", "**\n"}}), world.tree(web)));
  REQUIRE(world.findings.refusals.size() == 1);
  CHECK(world.findings.refusals.front().code == "tag-content-mismatch");
  CHECK(world.findings.refusals.front().found_value.find(".helmignore:1") != std::string::npos);
}

TEST_CASE("a tag behind which an object is missing refuses its chart", "[release]") {
  PipelineWorld world;
  world.build();
  auto const tag = world.objects.ref("refs/tags/web-v1.1.0")->target;
  world.objects.forget(tag);
  CHECK(refusals(world.run()) == Findings{"object-missing @ tag web-v1.1.0"});
}

}  // namespace
}  // namespace bound_chart_test
