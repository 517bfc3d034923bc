#include "release/chart_annotation.hpp"

#include <map>

#include "memory/objects.hpp"
#include "support/catch2.hpp"

namespace chart_annotation_test {
namespace {

using namespace acr;

std::string const digest = "sha256:" + std::string(64, 'a');
std::string const good_chart = "apiVersion: v2\nname: web\nversion: 1.2.0\n";

struct Stage {
  std::map<std::string, std::string> files{{"charts/web/Chart.yaml", good_chart}};
  event::ActionInputs inputs;
  bool forget_commit = false;

  Stage() {
    inputs.charts_dirs = {"other", "charts"};
    inputs.chart = "web";
    inputs.tag_format = "{name}-v{version}";
    inputs.lineage = {"lint: 101 " + digest};
  }

  Verdict<release::Annotation> annotation() {
    git::MemoryObjects objects;
    auto const commit = objects.add_commit(objects.add_files(files));
    if (forget_commit) objects.forget(commit);
    return release::annotation_of(objects, commit, inputs);
  }
};

TEST_CASE("the annotation of a tag, from the commit and the lines of the input", "[annotate]") {
  Stage stage;
  for (auto const* dash : {"", "- "}) {
    stage.inputs.lineage = {dash + ("lint: 101 " + digest)};
    auto const annotation = stage.annotation();
    REQUIRE(annotation.has_value());
    CHECK(annotation->tag == "web-v1.2.0");
    CHECK(annotation->chart == "web");
    CHECK(annotation->version == "1.2.0");
    CHECK(annotation->text.find("- lint: 101 " + digest) != std::string::npos);
  }
}

TEST_CASE("each refusal of annotate, at its place", "[annotate]") {
  Stage stage;
  std::string code, where;
  SECTION("the commit is not to be had") {
    stage.forget_commit = true;
    code = "object-missing", where = "commit ";
  }
  SECTION("no such chart") {
    stage.inputs.chart = "api";
    code = "no-chart", where = "input chart";
  }
  SECTION("Chart.yaml is a directory") {
    stage.files = {{"charts/web/Chart.yaml/x", "x"}};
    code = "irregular-file", where = "charts/web";
  }
  SECTION("a line without a colon") {
    stage.inputs.lineage = {"lint 101"};
    code = "bad-line", where = "input lineage";
  }
  SECTION("a line without an id") {
    stage.inputs.lineage = {"lint: "};
    code = "bad-line", where = "input lineage";
  }
  SECTION("a line without a key") {
    stage.inputs.lineage = {": 101 " + digest};
    code = "bad-line", where = "input lineage";
  }
  SECTION("an entry without a digest") {
    stage.inputs.lineage = {"lint: 101"};
    code = "annotation", where = "annotation";
  }
  auto const annotation = stage.annotation();
  REQUIRE(annotation.has_error());
  CHECK(annotation.error().code == code);
  CHECK(annotation.error().where.rfind(where, 0) == 0);
}

TEST_CASE("a chart is found in a directory of another name (B-22)", "[annotate]") {
  Stage stage;
  stage.files["charts/web/Chart.yaml"] = "apiVersion: v2\nname: api\nversion: 1.2.0\n";
  auto const annotation = stage.annotation();
  REQUIRE(annotation.has_value());
  CHECK(annotation->tag == "api-v1.2.0");
}

TEST_CASE("a Chart.yaml that cannot be read is refused with its own reason", "[annotate]") {
  Stage stage;
  stage.files["charts/web/Chart.yaml"] = "name: [\n";
  auto const annotation = stage.annotation();
  REQUIRE(annotation.has_error());
  CHECK(annotation.error().where.find("Chart.yaml") != std::string::npos);
}

}  // namespace
}  // namespace chart_annotation_test
