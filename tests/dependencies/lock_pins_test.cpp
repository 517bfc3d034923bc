// Pins written into locks (D-29).

#include "dependencies/lock_pins.hpp"

#include "dependencies/sample_charts.hpp"
#include "support/catch2.hpp"

namespace lock_pins_test {
namespace {

using acr::dependencies::with_pins;

std::string const one = "sha256:" + std::string(64, '1'), two = "sha256:" + std::string(64, '2');

constexpr auto as_helm_writes =
    "dependencies:\n"
    "- name: redis\n"
    "  repository: https://charts.example.org/stable\n"
    "  version: 1.3.0\n"
    "- name: web\n"
    "  repository: oci://registry.example.org/team\n"
    "  version: 2.0.0\n"
    "digest: sha256:0000\n"
    "generated: \"2026-01-02T03:04:05.123456789Z\"\n";

TEST_CASE("a pin is one more line of its entry, all else stays", "[dependencies]") {
  auto const pinned = with_pins(as_helm_writes, "Chart.lock", {{2, one}, {5, two}});
  REQUIRE(pinned.has_value());
  std::string expected = as_helm_writes;
  expected.insert(expected.find("- name: web"), "  digest: " + one + "\n");
  expected.insert(expected.find("digest: sha256:0000"), "  digest: " + two + "\n");
  CHECK(*pinned == expected);
}

TEST_CASE("comments, blank lines, carriage returns, a BOM and a missing last line end stay", "[dependencies]") {
  std::string const text =
      "\xEF\xBB\xBF# made by hand\r\ngenerated: 2026-01-02T03:04:05Z\r\ndigest: x\r\ndependencies:\r\n  # first\r\n  -   name: redis # here\r\n\r\n      version: 1.3.0\r\n\r\n"
      "  - name: web\r\n    version: 2.0.0";
  auto const pinned = with_pins(text, "Chart.lock", {{6, one}, {10, two}});
  REQUIRE(pinned.has_value());
  auto expected = text;
  expected.insert(expected.find("\r\n  - name: web"), "      digest: " + one + "\r\n");
  expected += "\n    digest: " + two;
  CHECK(*pinned == expected);
}

TEST_CASE("a lock of another form is left alone", "[dependencies]") {
  struct Row {
    char const* what;
    char const* text;
    std::size_t line;
  };
  auto const row = one_of<Row>({
      {"flow", "dependencies: [{name: redis, version: 1.3.0}]\n", 1},
      {"flow entry", "dependencies:\n- {name: redis, version: 1.3.0}\n", 2},
      {"dash alone", "dependencies:\n-\n  name: redis\n", 2},
      {"pinned already", "dependencies:\n- name: redis\n  digest: sha256:1\n", 2},
      {"a comment that the key hides in", "dependencies:\n- name: redis\n  version: '1\n\n    .3'\n  # x\n? digest\n: y\n", 3},
      {"no such line", "dependencies:\n- name: redis\n", 9},
      {"an entry of something else", "other:\n- name: redis\ndependencies:\n- name: web\n", 2},
      {"nothing", "", 1},
  });
  CAPTURE(row.what);
  auto const refused = with_pins(row.text, "Chart.lock", {{row.line, one}});
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "lock-form");
}

}  // namespace
}  // namespace lock_pins_test
