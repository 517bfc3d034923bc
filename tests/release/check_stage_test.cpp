// What a check works on (B-13): the changed charts, and a chart's package as the commit has it.
#include "release/check_stage.hpp"

#include "chart/source_list.hpp"
#include "dependencies/sample_charts.hpp"
#include "memory/tree.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"

namespace check_stage_test {
namespace {

using namespace acr;
using chart::MemoryTree;
namespace samples = dependencies::samples;

std::string chart_yaml(std::string const& name, std::string const& version) {
  return "apiVersion: v2\nname: " + name + "\nversion: " + version + "\n";
}

MemoryTree base_tree() {
  MemoryTree tree;
  tree.file("charts/web/Chart.yaml", chart_yaml("web", "1.2.0")).file("charts/api/Chart.yaml", chart_yaml("api", "1.0.0"));
  return tree;
}

chart::ChartsScope const scope{{"charts"}};

std::vector<std::string> changed(MemoryTree const& head, MemoryTree const* base, std::vector<std::string>* refused = nullptr) {
  auto const found = release::changed_source_digests(base, head, scope, 1).value();
  std::vector<std::string> all;
  for (auto const& chart : found.charts) {
    all.push_back(chart.path);
    CHECK(chart.digest == chart::source_digest(head, chart.path).value());
  }
  if (refused)
    for (auto const& why : found.refusals) refused->push_back(std::string(why.code.text()));
  return all;
}

using Paths = std::vector<std::string>;

TEST_CASE("the charts that differ from the base are checked, all of them where there is none", "[check-stage]") {
  auto const base = base_tree();
  auto head = base;
  CHECK(changed(head, &base) == Paths{});
  CHECK(changed(head, nullptr) == Paths{"charts/api", "charts/web"});
  head.file("charts/web/Chart.yaml", chart_yaml("web", "1.3.0"));
  CHECK(changed(head, &base) == Paths{"charts/web"});
}

TEST_CASE("a chart whose version was not raised is checked all the same, and one that cannot be read is refused",
          "[check-stage]") {
  auto const base = base_tree();
  auto head = base;
  head.file("charts/web/values.yaml", "replicas: 2\n");
  std::vector<std::string> refused;
  CHECK(changed(head, &base, &refused) == Paths{"charts/web"});
  CHECK(refused.empty());
  head.symlink("charts/api/notes", "../../../outside");
  CHECK(changed(head, &base, &refused) == Paths{"charts/web"});
  CHECK(refused.size() == 1);
}

TEST_CASE("the outputs of changed have a matrix of the same charts", "[check-stage]") {
  auto const outputs = release::changed_outputs(release::changed_source_digests(nullptr, base_tree(), scope, 1).value());
  auto const matrix = parse_json(*outputs.find("matrix"), "matrix").value();
  CHECK(matrix.at("include") == parse_json(*outputs.find("charts"), "charts").value());
  CHECK(*outputs.find("chart-count") == "2");
}

TEST_CASE("a package to check is the commit's, and its source digest the same chart's", "[check-stage]") {
  auto tree = base_tree();
  auto const checked = release::package_to_check(tree, scope, "./charts/web", 1'790'000'000, nullptr);
  REQUIRE(checked.has_value());
  CHECK(checked->source.digest == chart::source_digest(tree, "charts/web").value());
  chart::PackageOptions options;
  options.time = 1'790'000'000;
  CHECK(checked->package.digest == chart::package(tree, "charts/web", options).value().digest);
  CHECK(release::package_to_check(tree, scope, "nobody", 1'790'000'000, nullptr).error().code == "no-chart");
  tree.file("charts/web/values.yaml", "a: [\n");
  CHECK(release::package_to_check(tree, scope, "web", 1'790'000'000, nullptr).error().code == "values-yaml");
  tree.symlink("charts/web/notes", "../../../outside");
  CHECK(release::package_to_check(tree, scope, "web", 1'790'000'000, nullptr).error().code == "chart-unreadable");
}

TEST_CASE("a charts directory that is not there ends the search for changed charts", "[check-stage]") {
  auto const base = base_tree();
  chart::ChartsScope const elsewhere{{"helm"}};
  CHECK(release::changed_source_digests(&base, base, elsewhere, 1).error().code == "charts-dir-missing");
  CHECK(release::changed_source_digests(nullptr, base, elsewhere, 1).error().code == "charts-dir-missing");
}

TEST_CASE("a package to check has its dependencies, or is refused for them", "[check-stage]") {
  std::vector<samples::Entry> const redis{{"redis", "1.0.0", "https://charts.example.org"}};
  MemoryTree tree;
  tree.file("charts/web/Chart.yaml", samples::chart_yaml("web", redis))
      .file("charts/web/Chart.lock", samples::lock_text(redis, redis));
  samples::FakeSource source;
  release::RebuildTools const tools{.source = source, .plan = {}};
  auto const refused = release::package_to_check(tree, scope, "web", 1'790'000'000, &tools);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "dep-not-found");
  source.holds("https://charts.example.org", "redis", "1.0.0", samples::archive_of("redis"));
  CHECK(release::package_to_check(tree, scope, "web", 1'790'000'000, &tools).has_value());
}

}  // namespace
}  // namespace check_stage_test
