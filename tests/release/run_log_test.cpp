#include "release/run_log.hpp"

#include <sstream>

#include "support/catch2.hpp"

namespace run_log_test {
namespace {

TEST_CASE("an annotation points at the chart's file that a refusal names (A-33)", "[release]") {
  struct Row {
    char const* chart;
    char const* where;
    char const* file;
    std::size_t line;
  };
  auto const row = one_of<Row>({
      {"charts/web", "charts/web: Chart.yaml:3", "charts/web/Chart.yaml", 3},
      {"charts/web", "charts/web/Chart.yaml:3", "charts/web/Chart.yaml", 3},
      {"charts/web", "charts/web: values.schema.json:3:14", "charts/web/values.schema.json", 3},
      {"charts/web", "charts/web: Chart.lock", "charts/web/Chart.lock", 0},
      {"charts/web", "charts/web: templates/a.yaml:7", "charts/web/templates/a.yaml", 7},
      {"", ".: Chart.yaml:3", "Chart.yaml", 3},
      {"charts/web", "charts/web: redis", "", 0},                // a dependency's name
      {"charts/web", "charts/web: a.tgz: Chart.yaml:3", "", 0},  // a line within an archive
      {"charts/web", "charts/web", "", 0},
      {"charts/web", "charts/web: :3", "", 0},
      {"charts/web", "charts/website: Chart.yaml:3", "", 0},
      {"charts/web", "charts/web: Chart.yaml:99999999999", "", 0},
      {"charts/web", "tag web-v1.2.0:3", "", 0},
      {"charts/web", "", "", 0},
  });
  CAPTURE(row.where);
  auto const found = acr::release::pointing_at_file(acr::reject("chart-yaml", row.where, "why"), row.chart);
  CHECK(found.source_file == row.file);
  CHECK(found.source_line == row.line);
  CHECK(found.where == row.where);
}

TEST_CASE("a file that a refusal has already stays", "[release]") {
  auto const found = acr::release::pointing_at_file(
      acr::reject("chart-yaml", "charts/web: Chart.yaml:3", "why").in_source("charts/web/x", 1), "charts/web");
  CHECK(found.source_file == "charts/web/x");
  CHECK(found.source_line == 1);
}

TEST_CASE("a chart's group ends before its errors, and they name file, line and chart", "[release]") {
  acr::report::ChartRecord chart;
  chart.name = "web";
  chart.version = "1.2.0";
  chart.path = "charts/web";
  chart.tag = "web-v1.2.0";
  chart.refusals = {acr::reject("chart-metadata", "charts/web: Chart.yaml:4", "version is missing")};
  std::ostringstream sink;
  {
    acr::report::WorkflowLog log(sink, acr::report::WorkflowLog::Style::actions);
    acr::release::log_chart(chart, log);
  }
  CHECK(sink.str() ==
        "::group::web 1.2.0: refused\nFAIL  charts/web: Chart.yaml:4: version is missing\n::endgroup::\n"
        "::error file=charts/web/Chart.yaml,line=4,title=Refused%3A web::chart-metadata: chart web, tag web-v1.2.0: "
        "charts/web: Chart.yaml:4: version is missing\n");
}

}  // namespace
}  // namespace run_log_test
