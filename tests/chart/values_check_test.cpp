#include "chart/values_check.hpp"

#include "support/catch2.hpp"

namespace values_check_test {
namespace {

using namespace acr;
using namespace acr::chart;

TEST_CASE("values are split at document markers, each part read alone (P-59)", "[chart]") {
  struct Row {
    char const* text;
    bool accepted;
  };
  auto const row = one_of<Row>({
      {"", true},
      {"# nothing\n", true},
      {"a: 1\n", true},
      {"a: 1", true},
      {"~\n", true},
      {"{}\n", true},
      {"[]\n", false},
      {"x\n", false},
      {"a: 1\n---\nb: 2\n", true},
      {"---\na: 1\n", true},
      {"a: 1\n--- # c\nb: 2\n", true},
      {"a: 1\n---# c\nb: 2\n", true},
      {"---# c\na: 1\n", false},
      {"a: 1\n--- b: 2\n", false},
      {"a: 1\n---\n- b\n", false},
      {"%YAML 1.1\n---\na: 1\n", false},
      {"a: &a 1\n---\nb: *a\n", false},
      {"a: 1\n...\n- x\n", true},
      {"a: .inf\n", false},
      {"a: .nan\n", false},
      {"~: 1\n", false},
      {"1: a\n1.5: b\ntrue: c\n", true},
      {"[a]: b\n", false},
      {"18446744073709551615: a\n", false},
      {"a: 1\na: 2\n", true},
      {"a: 1\r\n---\r\nb: 2\r\n", true},
      {"a: 1\n---\xC2\xA0\nb: 2\n", true},
      {"a:\n\tb: 1\n", false},
  });
  CAPTURE(row.text);
  CHECK(check_values(row.text, "values.yaml").has_value() == row.accepted);
}

TEST_CASE("a refusal names the line of the whole file", "[chart]") {
  auto const checked = check_values("a: 1\n---\nb: 2\n---\nc:\n  - .inf\n", "charts/web/values.yaml");
  REQUIRE(!checked);
  CHECK(checked.error().where == "charts/web/values.yaml:6");
  CHECK(checked.error().code == "values-yaml");
}

TEST_CASE("a key that stands twice in values is told with its line (P-158)", "[chart]") {
  auto const checked = check_values("a: 1\nb:\n  c: 1\n  c: 2\n", "values.yaml");
  REQUIRE(checked.has_value());
  REQUIRE(checked->size() == 1);
  CHECK((*checked)[0].code == "duplicate-key");
  CHECK((*checked)[0].line == 3);
}

}  // namespace
}  // namespace values_check_test
