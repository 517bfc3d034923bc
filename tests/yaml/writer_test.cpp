#include "yaml/writer.hpp"

#include <algorithm>

#include "chart/chart_metadata.hpp"
#include "chart/metadata_writer.hpp"
#include "support/catch2.hpp"
#include "yaml/helm_answers.hpp"

namespace writer_test {
namespace {

using namespace acr;
using namespace acr::chart;
using namespace acr::yaml;

std::string as_keyword(std::string const& text) {
  ChartMetadata metadata;
  metadata.keywords = {text};
  auto const written = write_metadata(metadata);
  REQUIRE(written.has_value());
  REQUIRE(written->starts_with("keywords:\n- "));
  return written->substr(12, written->size() - 13);
}

TEST_CASE("quoting follows the table of the specification, section 17", "[yaml]") {
  struct Row {
    char const* text;
    char const* written;
  };
  auto const row = one_of<Row>({
      {"a b ", "'a b '"},
      {">=1.0", "'>=1.0'"},
      {"x:", "'x:'"},
      {"a#b", "a#b"},
      {"1e400", "1e400"},
      {"1_000", "\"1_000\""},
      {"190:20:30", "\"190:20:30\""},
      {"0o8", "0o8"},
      {"emoji \xF0\x9F\x98\x80", "\"emoji \\U0001F600\""},
      {"", "\"\""},
      // P-103 and P-103a
      {":x", ":x"},
      {"?x", "?x"},
      {"-x", "-x"},
      {"x]", "x]"},
      {"a,b", "a,b"},
      {"=", "="},
      {"<<", "<<"},
      {"it's", "it's"},
      {"back\\slash", "back\\slash"},
      {"'x", "'''x'"},
      {"a: b", "'a: b'"},
      {"a #b", "'a #b'"},
      {" x", "' x'"},
      {"- x", "'- x'"},
      {"-", "'-'"},
      {"yes", "\"yes\""},
      {"1.0", "\"1.0\""},
      {"~", "\"~\""},
      {"12:30", "\"12:30\""},
      {"0xg", "0xg"},
      {"_1", "_1"},
      {"1.2.3", "1.2.3"},
      {"0x1p-2", "0x1p-2"},
      {".e3", ".e3"},
      {"08", "\"08\""},
      {".1_0", "\".1_0\""},
      {".5_", ".5_"},
      {"0b+1", "\"0b+1\""},
      {"2020-01-01", "\"2020-01-01\""},
      {"2020-02-30", "2020-02-30"},
      {"\xEF\xBB\xBF"
       "a",
       "\"\\uFEFF\\x61\""},
  });
  CAPTURE(row.text);
  CHECK(as_keyword(row.text) == row.written);
}

TEST_CASE("annotations of several lines become blocks", "[yaml]") {
  struct Row {
    char const* text;
    char const* written;
  };
  auto const row = one_of<Row>({
      {"a\tb", "annotations:\n  k: \"a\\tb\"\n"},
      {"\na", "annotations:\n  k: |2-\n\n    a\n"},
      {"a\n\n", "annotations:\n  k: |+\n    a\n\n"},
      {"a\nb\n", "annotations:\n  k: |\n    a\n    b\n"},
      {"a \nb", "annotations:\n  k: \"a \\nb\"\n"},
  });
  ChartMetadata metadata;
  metadata.annotations["k"] = row.text;
  auto const written = write_metadata(metadata);
  REQUIRE(written.has_value());
  CHECK(*written == row.written);
}

TEST_CASE("what cannot be read back is refused, naming the field", "[yaml]") {
  struct Row {
    char const* value;
    char const* why;
  };
  auto const row = one_of<Row>({
      {"a\x7f", "\"annotations\": control characters are not allowed in what is written to YAML"},
      {"a\xC2\x80", "\"annotations\": control characters are not allowed in what is written to YAML"},
      {"a\nb\xE2\x80\xA8", "\"annotations\": a text of several lines ends in a line separator, which YAML cannot hold"},
      {"\xC2\x85--- x", "\"annotations\": a document marker after a next-line character cannot be written to YAML"},
  });
  ChartMetadata metadata;
  metadata.annotations["k"] = row.value;
  auto const written = write_metadata(metadata);
  REQUIRE(!written);
  CHECK(written.error().code == "chart-yaml-unwritable");
  CHECK(written.error().where == "Chart.yaml");
  CHECK(written.error().why == row.why);
}

TEST_CASE("a next-line character is folded like a line break (P-100)", "[yaml]") {
  CHECK(*through_json("a \xC2\x85  b") == "a b");
  CHECK(*through_json("a\xC2\x85\xC2\x85 \xC2\x85"
                      "b") == "a\n\nb");
  CHECK(*through_json("\xC2\x85") == " ");
  CHECK(!key_through_json("a\xC2\x85"));
  CHECK(key_through_json("<<").error().rule_number == "P-155a");  // read back as a merge key, by Helm too
  CHECK(key_through_json("<<<").has_value());
}

TEST_CASE("keys of more than 1024 characters in JSON are refused (P-100)", "[yaml]") {
  CHECK(key_through_json(std::string(1022, 'a')).has_value());
  CHECK(!key_through_json(std::string(1023, 'a')));
  CHECK(!key_through_json(std::string(171, '<')));
  CHECK(key_through_json(std::string(170, '<')).has_value());
}

TEST_CASE("keys are ordered naturally (P-101)", "[yaml]") {
  std::vector<std::string_view> const ordered = {"", "A1", "a1", "a2", "a10", "b-1", "b.1", "b/1", "b_1", "ba"};
  auto shuffled = ordered;
  std::reverse(shuffled.begin(), shuffled.end());
  auto const order = natural_order(shuffled);
  for (std::size_t i = 0; i < order.size(); ++i) CHECK(shuffled[order[i]] == ordered[i]);
}

TEST_CASE("a key set without a natural order gets a fixed one (P-101a)", "[yaml]") {
  std::vector<std::vector<std::string_view>> const same = {{"9", "15z", "1b"}, {"1b", "9", "15z"}, {"15z", "1b", "9"}};
  std::vector<std::string> results;
  for (auto const& keys : same) {
    std::string joined;
    for (auto const position : natural_order(keys)) joined += std::string(keys[position]) + " ";
    results.push_back(joined);
  }
  CHECK(results[0] == results[1]);
  CHECK(results[1] == results[2]);
}

TEST_CASE("lists and maps are laid out as Helm lays them out (P-102)", "[yaml]") {
  auto const answer = test::our_answer(
      "chart",
      "name: c\nversion: 1.0.0\napiVersion: v2\nkeywords: [a, b]\nmaintainers: [{name: m, email: e}]\n"
      "annotations: {k: v}\ndependencies: [{name: d, version: 1, import-values: [[a, [b]], [], {}, {x: u, z: [w]}]}]\n");
  CHECK(
      answer.text ==
      "ok:annotations:\n  k: v\napiVersion: v2\ndependencies:\n- import-values:\n  - - a\n    - - b\n  - []\n  - {}\n  - x: u\n    z:\n    - w\n"
      "  name: d\n  repository: \"\"\n  version: \"1\"\nkeywords:\n- a\n- b\nmaintainers:\n- email: e\n  name: m\nname: c\nversion: 1.0.0\n");
}

TEST_CASE("a key of more than 128 bytes stands behind a question mark, its value behind a colon (P-102, P-102a)", "[yaml]") {
  auto const fits = std::string(128, 'k'), longer = std::string(129, 'k');
  ChartMetadata metadata;
  metadata.annotations[fits] = "v";
  CHECK(write_metadata(metadata).value() == "annotations:\n  " + fits + ": v\n");
  metadata.annotations = {{longer, "v"}};
  CHECK(write_metadata(metadata).value() == "annotations:\n  ? " + longer + "\n  : v\n");
  auto const written = [&](std::string const& value) {
    auto const text =
        test::our_answer("chart", "name: c\nversion: 1.0.0\napiVersion: v2\ndependencies: [{name: d, import-values: [{? " +
                                      longer + " : " + value + "}]}]\n")
            .text;
    auto const from = text.find("  - ? " + longer + "\n"), to = text.find("  name: d\n");
    return from < to ? text.substr(from + 7 + longer.size(), to - from - 7 - longer.size()) : text;
  };
  CHECK(written("[a, b]") == "    : - a\n      - b\n");
  CHECK(written("{a: b, c: d}") == "    : a: b\n      c: d\n");
  CHECK(written("1") == "    : 1\n");
}

TEST_CASE("numbers of import-values are written as Helm writes them (P-64)", "[yaml]") {
  struct Row {
    double number;
    char const* text;
  };
  auto const row = one_of<Row>({
      {9223372036854775807.0, "9223372036854776000"},
      {-0.0, "0"},
      {1e6, "1000000"},
      {1e20, "1e+20"},
      {1234567.5, "1.2345675e+06"},
      {1e21, "1e+21"},
      {1e-6, "1e-06"},
      {1.5, "1.5"},
      {0.0001, "0.0001"},
      {-7.0, "-7"},
      {18446744073709551615.0, "1.8446744073709552e+19"},
  });
  CAPTURE(row.text);
  CHECK(any_number_text(row.number) == row.text);
}

TEST_CASE("deeply nested import-values are written without machine stack", "[yaml]") {
  ChartMetadata metadata;
  metadata.api_version = "v2";
  auto& dependency = metadata.dependencies.emplace_back();
  dependency.name = "d";
  for (int level = 0; level < 9'990; ++level) {
    AnyValue list;
    list.kind = AnyValue::Kind::list;
    list.children = level == 9'989 ? 0 : 1;
    dependency.import_values.push_back(list);
  }
  auto const written = write_metadata(metadata);
  REQUIRE(written.has_value());
  auto const expected = std::string("- import-values:\n  - - - ");
  CHECK(written->find(expected) != std::string::npos);
  CHECK(written->find("- []\n  name: d\n") != std::string::npos);
}

}  // namespace
}  // namespace writer_test
