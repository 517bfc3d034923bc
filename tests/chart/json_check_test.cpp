#include "chart/json_check.hpp"

#include "support/catch2.hpp"

namespace json_check_test {
namespace {

using namespace acr::chart;

TEST_CASE("JSON validity is Go's, not the letter of the RFC (P-80)", "[chart]") {
  struct Row {
    char const* text;
    bool valid;
  };
  auto const row = one_of<Row>({
      {"{}", true},
      {" [1, -0.5e+3, \"x\"]\n", true},
      {"{\"a\":1,\"a\":2}", true},
      {"\"\\ud800\"", true},
      {"\"\xff\"", true},
      {"", false},
      {"{} x", false},
      {"[1,]", false},
      {"{\"a\":}", false},
      {"{a:1}", false},
      {"01", false},
      {"1.", false},
      {"+1", false},
      {"\"\\x\"", false},
      {"\"\t\"", false},
      {"\v1", false},
      {"nul", false},
      {"\"a", false},
      {"[", false},
      {"{\"a\":1", false},
  });
  CAPTURE(row.text);
  CHECK(check_json(row.text, "f").has_value() == row.valid);
}

TEST_CASE("JSON of ten thousand levels is valid, one more is not", "[chart]") {
  auto const nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  CHECK(check_json(nested(10'000), "f").has_value());
  CHECK(!check_json(nested(10'001), "f").has_value());
  CHECK(!check_json(std::string(5'000'000, '['), "f").has_value());
}

TEST_CASE("the place of bad JSON is named", "[chart]") {
  auto const checked = check_json("{\n  \"a\": 1,\n}\n", "values.schema.json");
  REQUIRE(!checked);
  CHECK(checked.error().where == "values.schema.json:3:1");
  CHECK(checked.error().code == "schema-json");
  CHECK(check_json("{}", "values.schema.json").has_value());
}

}  // namespace
}  // namespace json_check_test
