#include "support/nearest_name.hpp"

#include <array>
#include <string>

#include "support/catch2.hpp"

namespace nearest_name_test {
namespace {

constexpr std::array<std::string_view, 4> names{"signer-workflows", "charts-dir", "chart", "tag-wait"};

TEST_CASE("the nearest name is the one with the fewest edits", "[support]") {
  struct Row {
    char const *given, *nearest;
  };
  auto const row = one_of<Row>({{"signer-workflow", "signer-workflows"},
                                {"chart_dir", "charts-dir"},
                                {"CHARTS-DIRS", "charts-dir"},
                                {"chart", "chart"},
                                {"char", "chart"},
                                {"wait-tag", "tag-wait"},
                                {"tagwait", "tag-wait"}});
  CAPTURE(row.given);
  CHECK(acr::nearest_name(row.given, names) == row.nearest);
}

TEST_CASE("a name is likely meant when a third of it is wrong at most", "[support]") {
  CHECK(acr::likely_name("chart-dirs", names) == "charts-dir");
  CHECK(acr::likely_name("cahrt", names) == "chart");  // two of five
  CHECK(acr::likely_name("cat", names).empty());       // two of three
  CHECK(acr::likely_name("CHART", names) == "chart");
  CHECK(acr::likely_name("nonsense", names).empty());
  CHECK(acr::likely_name("", names).empty());
  CHECK(acr::likely_name("x", {}).empty());
}

TEST_CASE("any name has a nearest one, none when there are none", "[support]") {
  CHECK_FALSE(acr::nearest_name("", names).empty());
  CHECK_FALSE(acr::nearest_name(std::string(1'000'000, 'x'), names).empty());
  CHECK(acr::nearest_name("x", {}).empty());
}

}  // namespace
}  // namespace nearest_name_test
