// Tags that mean two releases (B-23).
#include "release/tag_readings.hpp"

#include "support/catch2.hpp"

namespace tag_readings_test {
namespace {

using namespace acr::release;

TEST_CASE("a tag's name is read in every way that it can be read", "[release]") {
  struct Row {
    char const* format;
    char const* tag;
    std::vector<TagReading> readings;
  };
  auto const row = one_of<Row>({
      {"{name}-v{version}", "web-v1.2.0", {{"web", "1.2.0"}}},
      {"{name}-v{version}", "web-v1-v2.0.0", {{"web", "1-v2.0.0"}, {"web-v1", "2.0.0"}}},
      {"{name}-v{version}", "web-v-v2.0.0", {{"web-v", "2.0.0"}}},
      {"{name}-{version}", "a-1-2.0.0", {{"a", "1-2.0.0"}, {"a-1", "2.0.0"}}},
      {"{name}-{version}", "a-2.0.0-rc-1", {{"a", "2.0.0-rc-1"}, {"a-2.0.0-rc", "1"}}},
      {"{version}/{name}", "1.0.0/web", {{"web", "1.0.0"}}},
      {"x{name}{version}y", "xa1.0.0y", {{"a", "1.0.0"}, {"a1.", "0.0"}, {"a1.0.", "0"}}},
      {"{name}-v{version}", "other", {}},
      {"release/{name}-v{version}", "web-v1.0.0", {}},
      {"{name}-v{version}", "-v1.0.0", {}},
  });
  CAPTURE(row.format, row.tag);
  CHECK(tag_readings(row.format, row.tag) == row.readings);
}

TEST_CASE("only readings whose chart exists count", "[release]") {
  auto const both = tag_readings("{name}-v{version}", "web-v1-v2.0.0");
  CHECK(readings_of(both, {"web", "web-v1", "other"}).size() == 2);
  CHECK(readings_of(both, {"web", "other"}) == std::vector<TagReading>{{"web", "1-v2.0.0"}});
}

}  // namespace
}  // namespace tag_readings_test
