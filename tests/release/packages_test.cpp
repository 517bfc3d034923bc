// What a run tells about a chart's files.

#include "release/packages.hpp"

#include "support/catch2.hpp"

using acr::release::finding;

TEST_CASE("a warning about a chart's file becomes a finding that points at it", "[release]") {
  auto const told = finding({"vendored-version", "Chart.yaml", 7, "why", "P-72"}, "charts/web");
  CHECK(told.where == "charts/web/Chart.yaml:7");
  CHECK(told.source_file == "charts/web/Chart.yaml");
  CHECK(told.source_line == 7);
  CHECK(told.rule_number == "P-72");

  auto const whole = finding({"name-differs", "", 0, "why", "P-71"}, "charts/web");
  CHECK(whole.where == "charts/web");
  CHECK(whole.source_file.empty());

  // A chart at the root of its repository.
  CHECK(finding({"no-icon", "Chart.yaml", 0, "why", "P-71"}, "").source_file == "Chart.yaml");
}

TEST_CASE("a warning about what lies in an archive points at the archive", "[release]") {
  auto const told = finding({"duplicate-key", "charts/s-1.0.0.tgz/values.yaml", 3, "why", "P-158"}, "charts/web");
  CHECK(told.where == "charts/web/charts/s-1.0.0.tgz/values.yaml:3");
  CHECK(told.source_file == "charts/web/charts/s-1.0.0.tgz");
  CHECK(told.source_line == 0);
}
