#include "release/source_digests.hpp"

#include "chart/source_list.hpp"
#include "memory/tree.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"

namespace source_digests_test {
namespace {

using namespace acr;
using chart::MemoryTree;

std::string chart_yaml(std::string const& name, std::string const& version = "1.0.0") {
  return "apiVersion: v2\nname: " + name + "\nversion: " + version + "\n";
}

MemoryTree two_charts() {
  MemoryTree tree;
  tree.file("charts/web/Chart.yaml", chart_yaml("web", "1.2.0"))
      .file("charts/api/Chart.yaml", chart_yaml("api"))
      .file("charts/README.md", "x");
  return tree;
}

std::vector<std::string> paths(release::SourceDigests const& found) {
  std::vector<std::string> all;
  for (auto const& chart : found.charts) all.push_back(chart.path);
  return all;
}

Verdict<release::SourceDigests> ask(MemoryTree const& tree, std::vector<std::string> const& wanted,
                                    chart::ChartsScope const& scope = {{"charts"}}) {
  return release::source_digests(tree, scope, wanted, 1);
}

TEST_CASE("without a name all charts of the charts directories are listed, each with its source digest (B-3)", "[digest]") {
  auto const tree = two_charts();
  auto const found = ask(tree, {});
  REQUIRE(found.has_value());
  CHECK(paths(*found) == std::vector<std::string>{"charts/api", "charts/web"});
  CHECK(found->charts[1].name == "web");
  CHECK(found->charts[1].version == "1.2.0");
  CHECK(found->charts[1].digest == chart::source_digest(tree, "charts/web").value());
  CHECK(found->charts[0].digest != found->charts[1].digest);
}

TEST_CASE("a chart is found by name, by directory and by path, and a name counts before a directory (B-3, B-22)", "[digest]") {
  auto tree = two_charts();
  tree.file("charts/front/Chart.yaml", chart_yaml("shop")).file("charts/shop/Chart.yaml", chart_yaml("other"));
  tree.file("elsewhere/tool/Chart.yaml", chart_yaml("tool"))
      .file("Chart.yaml", chart_yaml("root"))
      .file("lone/Chart.yaml", chart_yaml("lone"))
      .file("web/Chart.yaml", chart_yaml("page"));
  struct Row {
    char const *wanted, *path;
  };
  auto const row = one_of<Row>({{"web", "charts/web"},
                                {"charts/web", "charts/web"},
                                {"./charts/web/", "charts/web"},
                                {"shop", "charts/front"},
                                {"front", "charts/front"},
                                {"charts/shop", "charts/shop"},
                                {"elsewhere/tool", "elsewhere/tool"},
                                {"lone", "lone"},
                                {"./web", "web"},
                                {".", "."}});
  CAPTURE(row.wanted);
  auto const found = ask(tree, {row.wanted});
  REQUIRE(found.has_value());
  CHECK(paths(*found) == std::vector<std::string>{row.path});
}

TEST_CASE("a question that names no chart is refused as a whole", "[digest]") {
  auto tree = two_charts();
  tree.file("charts/web-2/Chart.yaml", chart_yaml("web")).file("docs/a.md", "x").symlink("charts/out", "../../outside");
  struct Row {
    std::vector<std::string> wanted, dirs;
    std::string code, where;
  };
  auto const row = one_of<Row>({{{"nobody"}, {"charts"}, "no-chart", "input chart"},
                                {{"charts/nobody"}, {"charts"}, "no-chart", "input chart"},
                                {{"charts/README.md"}, {"charts"}, "no-chart", "input chart"},
                                {{"docs"}, {"charts"}, "no-chart", "input chart"},
                                {{"/charts/api"}, {"charts"}, "no-chart", "input chart"},
                                {{"../charts/api"}, {"charts"}, "no-chart", "input chart"},
                                {{"docs/../charts/api"}, {"charts"}, "no-chart", "input chart"},
                                {{"api", "web"}, {"charts"}, "duplicate-name", "input chart"},
                                {{}, {"chart"}, "charts-dir-missing", "input charts-dir"},
                                {{}, {"charts", "charts"}, "charts-dir-overlap", "input charts-dir"}});
  CAPTURE(row.wanted, row.dirs);
  auto const found = ask(tree, row.wanted, {row.dirs});
  REQUIRE(found.has_error());
  CHECK(found.error().code == row.code);
  CHECK(found.error().where == row.where);
  CHECK(ask(tree, {"api"}).has_value());
}

TEST_CASE("a chart that cannot be read is named, and the others are listed all the same (B-3)", "[digest]") {
  auto tree = two_charts();
  std::string path = "charts/bad";
  SECTION("a submodule") { tree.submodule(path); }
  SECTION("a link that leads nowhere") { tree.symlink(path, "gone"); }
  SECTION("Chart.yaml is a directory") { tree.file(path + "/Chart.yaml/x", "x"); }
  SECTION("Chart.yaml is not YAML") { tree.file(path + "/Chart.yaml", "name: [\n"); }
  SECTION("a file that leads out") {
    tree.file(path + "/Chart.yaml", chart_yaml("bad")).symlink(path + "/values.yaml", "/etc/passwd");
  }
  for (auto const& wanted : {std::vector<std::string>{}, std::vector<std::string>{"web", path}}) {
    auto const found = ask(tree, wanted);
    REQUIRE(found.has_value());
    REQUIRE(found->refusals.size() == 1);
    CHECK(found->refusals[0].code == "chart-unreadable");
    CHECK(found->refusals[0].where == path);
    CHECK(found->charts.size() == (wanted.empty() ? 2 : 1));
    CHECK(found->charts.back().path == "charts/web");
  }
}

TEST_CASE("exclude-charts leaves charts out when all are asked for, and says so (B-19)", "[digest]") {
  auto tree = two_charts();
  tree.symlink("charts/bad", "gone");
  auto const found = ask(tree, {}, {{"charts"}, {"web", "charts/bad"}});
  REQUIRE(found.has_value());
  CHECK(paths(*found) == std::vector<std::string>{"charts/api"});
  CHECK(found->refusals.empty());
  REQUIRE(found->skipped.size() == 2);
  CHECK(found->skipped[1].name == "web");
  CHECK(paths(*ask(tree, {"web"}, {{"charts"}, {"web"}})) == std::vector<std::string>{"charts/web"});
}

TEST_CASE("outputs: the array always, digest, name and version of one chart alone (B-3)", "[digest]") {
  auto tree = two_charts();
  auto const one = release::digest_outputs(ask(tree, {"web"}).value());
  CHECK(*one.find("result") == "success");
  CHECK(*one.find("reason") == "");
  CHECK(*one.find("chart-count") == "1");
  CHECK(*one.find("source-digest") == chart::source_digest(tree, "charts/web").value());
  CHECK(*one.find("name") == "web");
  CHECK(*one.find("version") == "1.2.0");
  CHECK(*one.find("charts") ==
        R"([{"path":"charts/web","name":"web","version":"1.2.0","source-digest":")" + *one.find("source-digest") + "\"}]");

  auto const both = release::digest_outputs(ask(tree, {}).value());
  CHECK(*both.find("chart-count") == "2");
  for (auto const* name : {"source-digest", "name", "version"}) CHECK(both.find(name) == nullptr);

  tree.symlink("charts/bad", "gone");
  auto const bad = release::digest_outputs(ask(tree, {"web", "charts/bad"}).value());
  CHECK(*bad.find("result") == "failed");
  CHECK(*bad.find("reason") == "chart-unreadable");
  CHECK(bad.find("source-digest") == nullptr);
  CHECK(acr::parse_json(*bad.find("charts"), "charts")->as_array().size() == 1);

  MemoryTree empty;
  empty.directory("charts");
  auto const none = release::digest_outputs(ask(empty, {}).value());
  CHECK(*none.find("result") == "no-charts");
  CHECK(*none.find("charts") == "[]");
}

}  // namespace
}  // namespace source_digests_test
