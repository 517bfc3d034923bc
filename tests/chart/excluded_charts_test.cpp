// Items of exclude-charts (B-19).
#include "chart/excluded_charts.hpp"

#include "support/catch2.hpp"

namespace excluded_charts_test {
namespace {

using namespace acr::chart;

TEST_CASE("an item of exclude-charts fits names, or paths when it has a slash", "[chart]") {
  struct Row {
    char const* item;
    char const* path;
    char const* name;
    bool fits;
  };
  auto const row = one_of<Row>({
      {"web", "charts/x", "web", true},
      {"web", "charts/web", "x", false},  // a name, not a directory
      {"we?", "charts/x", "web", true},
      {"*", "charts/x", "web", true},
      {"w*b*", "charts/x", "weeb", true},
      {"web", "charts/x", "", false},
      {"charts/web", "charts/web", "", true},
      {"./charts/web", "charts/web", "", true},
      {"/charts/web", "charts/web", "", true},
      {"charts/*", "charts/web", "", true},
      {"charts/*", "charts/group/web", "", false},  // within a segment
      {"*/web", "charts/web", "", true},
      {"charts/web", "charts/web/charts/x", "", false},
      {"charts/", "charts/web", "", true},
      {"charts/", "charts/group/web", "", true},
      {"charts/", "charts", "", false},  // what is below, not itself
      {"charts/", "charts2/web", "", false},
      {"charts/web", "web", "web", false},
  });
  CAPTURE(row.item, row.path, row.name);
  ExcludedCharts excluded({row.item});
  auto const* item = excluded.fitting(row.path, row.name);
  CHECK((item != nullptr) == row.fits);
  CHECK(excluded.idle().empty() == row.fits);
}

TEST_CASE("a hostile pattern costs no more than its length times the text", "[chart]") {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "a*";
  CHECK_FALSE(segment_match(pattern + "b", std::string(5000, 'a')));
}

}  // namespace
}  // namespace excluded_charts_test
