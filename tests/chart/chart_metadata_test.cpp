#include "chart/chart_metadata.hpp"
#include "chart/read_metadata.hpp"

#include <algorithm>
#include <filesystem>

#include "chart/limits.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"

namespace chart_metadata_test {
namespace {

using namespace acr;
using namespace acr::chart;

std::string const minimal = "apiVersion: v2\nname: web\nversion: 1.2.3\n";

Verdict<ValidatedMetadata> checked(std::string const& text) {
  auto metadata = read_metadata(text, "Chart.yaml");
  if (!metadata) return metadata.error();
  return validate(std::move(*metadata), "Chart.yaml");
}

bool has_warning(std::vector<Warning> const& warnings, std::string_view code, std::size_t line) {
  return std::any_of(warnings.begin(), warnings.end(), [&](Warning const& w) { return w.code == code && w.line == line; });
}

TEST_CASE("fields are found whatever their case, the Kelvin sign and the long s included (P-62)", "[chart]") {
  auto const metadata = read_metadata(
      "APIVERSION: v2\nname: a\nver\xC5\xBFion: 1.0.0\n\xE2\x84\xAA"
      "eywords: [x]\n",
      "Chart.yaml");
  REQUIRE(metadata.has_value());
  CHECK(metadata->version == "1.0.0");
  CHECK(metadata->keywords == std::vector<std::string>{"x"});
}

TEST_CASE("two spellings of one field are refused (P-62)", "[chart]") {
  auto const metadata = read_metadata(minimal + "Name: other\n", "Chart.yaml");
  REQUIRE(!metadata);
  CHECK(metadata.error().where == "Chart.yaml:4");
  CHECK(metadata.error().why == "two spellings of the field \"name\" stand in one map");
}

TEST_CASE("values of a wrong kind are refused with field and line (P-63)", "[chart]") {
  struct Row {
    char const* line;
    char const* why;
  };
  auto const row = one_of<Row>({
      {"description: [a]", "\"description\" has a value of the wrong kind"},
      {"keywords: a", "\"keywords\" has a value of the wrong kind"},
      {"keywords: [[a]]", "\"keywords\" has a value of the wrong kind"},
      {"deprecated: 1", "\"deprecated\" has a value of the wrong kind"},
      {"deprecated: \"true\"", "\"deprecated\" has a value of the wrong kind"},
      {"annotations: {a: {b: c}}", "\"annotations\" has a value of the wrong kind"},
      {"annotations: [a]", "\"annotations\" has a value of the wrong kind"},
      {"annotations: {18446744073709551615: a}", "a key is larger than Helm can read"},
      {"maintainers: [a]", "\"maintainers\" has a value of the wrong kind"},
      {"dependencies: {name: a}", "\"dependencies\" has a value of the wrong kind"},
      {"other: {~: a}", "a key is null"},
      {"other: {18446744073709551615: a}", "a key is larger than Helm can read"},
      {"other: [.inf]", "infinity and NaN cannot be read here"},
      {"annotations: {1: a, '1': b}", "two annotation keys become the same text, and Helm picks one at random"},
  });
  CAPTURE(row.line);
  auto const metadata = read_metadata(minimal + row.line + "\n", "charts/x/Chart.yaml");
  REQUIRE(!metadata);
  CHECK(metadata.error().code == "chart-yaml");
  CHECK(metadata.error().where == "charts/x/Chart.yaml:4");
  CHECK(metadata.error().why == row.why);
}

TEST_CASE("what a later equal key overwrites may hold anything readable (P-60)", "[chart]") {
  CHECK(read_metadata(minimal + "x: {~: .inf}\nx: 1\n", "Chart.yaml").has_value());
}

TEST_CASE("only the top chart's apiVersion is restricted, and infinity there (P-11, P-57)", "[chart]") {
  CHECK(check_api_version(minimal, "Chart.yaml").has_value());
  CHECK(check_api_version("name: a\n", "Chart.yaml").has_value());
  CHECK(check_api_version("apiVersion: ~\n", "Chart.yaml").has_value());
  auto const third = check_api_version("apiVersion: v3\n", "Chart.yaml");
  REQUIRE(!third);
  CHECK(third.error().code == "api-version");
  CHECK(third.error().found_value == "v3");
  CHECK(!check_api_version("apiVersion: 2\n", "Chart.yaml"));
  CHECK(!check_api_version(minimal + "home: .inf\n", "Chart.yaml"));
  auto const subchart = read_metadata("apiVersion: v9\nname: a\nversion: 1.0.0\nhome: .inf\n", "Chart.yaml");
  REQUIRE(subchart.has_value());
  CHECK(subchart->home == "+Inf");
}

TEST_CASE("an absent apiVersion is v1", "[chart]") {
  auto const metadata = read_metadata("name: a\nversion: 1.0.0\n", "Chart.yaml");
  REQUIRE(metadata.has_value());
  CHECK(metadata->api_version == "v1");
}

TEST_CASE("checks say what Helm says (P-65, P-67)", "[chart]") {
  struct Row {
    char const* text;
    char const* why;
    char const* where;
  };
  auto const row = one_of<Row>({
      {"version: 1.0.0\n", "chart.metadata.name is required", "Chart.yaml"},
      {"name: \"\\u200b\"\nversion: 1.0.0\n", "chart.metadata.name is required", "Chart.yaml:1"},
      {"name: ..\nversion: 1.0.0\n", "chart.metadata.name \"..\" is not allowed", "Chart.yaml:1"},
      {"name: a/b\nversion: 1.0.0\n", "chart.metadata.name \"a/b\" is invalid", "Chart.yaml:1"},
      {"name: /\nversion: 1.0.0\n", "chart.metadata.name \"/\" is invalid", "Chart.yaml:1"},
      {"name: a\n", "chart.metadata.version is required", "Chart.yaml"},
      {"name: a\nversion: 1.2.3.4\n", "chart.metadata.version \"1.2.3.4\" is invalid", "Chart.yaml:2"},
      {"name: a\nversion: 1.0.0\ntype: app\n", "chart.metadata.type must be application or library", "Chart.yaml:3"},
      {"name: a\nversion: 1.0.0\nmaintainers: [~]\n", "maintainers must not contain empty or null nodes", "Chart.yaml"},
      {"name: a\nversion: 1.0.0\ndependencies:\n- ~\n", "dependencies must not contain empty or null nodes", "Chart.yaml:4"},
      {"name: a\nversion: 1.0.0\ndependencies:\n- name: x\n  alias: a b\n",
       "dependency \"x\" has disallowed characters in the alias", "Chart.yaml:4"},
      {"name: a\nversion: 1.0.0\ndependencies:\n- name: x\n- name: y\n  alias: x\n",
       "more than one dependency with name or alias \"x\"", "Chart.yaml:5"},
  });
  CAPTURE(row.text);
  auto const result = checked(row.text);
  REQUIRE(!result);
  CHECK(result.error().code == "chart-metadata");
  CHECK(result.error().why == row.why);
  CHECK(result.error().where == row.where);
}

TEST_CASE("names may be anything else (P-65)", "[chart]") { CHECK(checked("name: Other Name\nversion: 1.0.0\n").has_value()); }

TEST_CASE("white space becomes blanks, and what cannot be printed goes (P-66)", "[chart]") {
  CHECK(sanitized("a\tb\nc\xC2\x85"
                  "d\xC2\xA0"
                  "e\xE2\x80\xA8"
                  "f") == "a b c d e f");
  CHECK(sanitized("a\x01"
                  "b\xE2\x80\x8B"
                  "c\xEF\xBB\xBF"
                  "d\xEE\x80\x80"
                  "e\x7f") == "abcde");
  CHECK(sanitized("\xC3\xA9\xE6\x97\xA5\xF0\x9F\x98\x80") == "\xC3\xA9\xE6\x97\xA5\xF0\x9F\x98\x80");
  CHECK(sanitized("a\xff") == "a\xEF\xBF\xBD");
}

TEST_CASE("fields are written in order, empty ones left out (P-82, P-83)", "[chart]") {
  auto const result = checked(
      "type: library\nversion: 1.2.3\nname: web\nappVersion: 010\nannotations: {b: ~, a10: x, a2: \"y\"}\nmaintainers:\n- {}\n- url: u\n  "
      "name: \"n\"\nkeywords: [~]\napiVersion: v2\ndependencies:\n- version: 1.x\n  import-values: [data, {child: c, parent: p}]\n  enabled: true\n"
      "  tags: [t]\n  alias: q\ndeprecated: false\n# gone\nunknown: [1]\n");
  REQUIRE(result.has_value());
  auto const written = write_metadata(result->metadata);
  REQUIRE(written.has_value());
  CHECK(
      *written ==
      "annotations:\n  a2: \"y\"\n  a10: x\n  b: \"\"\napiVersion: v2\nappVersion: \"8\"\ndependencies:\n- alias: q\n  enabled: true\n"
      "  import-values:\n  - data\n  - child: c\n    parent: p\n  name: \"\"\n  repository: \"\"\n  tags:\n  - t\n  version: 1.x\n"
      "keywords:\n- \"\"\nmaintainers:\n- {}\n- name: \"n\"\n  url: u\nname: web\ntype: library\nversion: 1.2.3\n");
}

TEST_CASE("a chart of apiVersion v1 is written without dependencies (P-84)", "[chart]") {
  auto const result = checked("name: a\nversion: 1.0.0\ndependencies: [{name: x}]\n");
  REQUIRE(result.has_value());
  CHECK(result->metadata.dependencies.size() == 1);
  CHECK(*write_metadata(result->metadata) == "apiVersion: v1\nname: a\nversion: 1.0.0\n");
}

TEST_CASE("requirements.yaml is laid over the dependencies, element by element (P-51)", "[chart]") {
  auto metadata = read_metadata(
      minimal + "dependencies:\n- name: a\n  version: 1.x\n  tags: [s, t]\n  enabled: true\n- name: b\n", "Chart.yaml");
  REQUIRE(metadata.has_value());
  auto const merged = merge_requirements(
      *metadata, "extra: 1\ndependencies:\n- name: c\n  version: ~\n  enabled: ~\n  tags: [~, u]\n", "requirements.yaml");
  REQUIRE(merged.has_value());
  CHECK(has_warning(*merged, "unknown-field", 1));
  REQUIRE(metadata->dependencies.size() == 1);
  CHECK(metadata->dependencies[0].name == "c");
  CHECK(metadata->dependencies[0].version == "1.x");
  CHECK(metadata->dependencies[0].enabled);
  CHECK(metadata->dependencies[0].tags == std::vector<std::string>{"s", "u"});

  REQUIRE(merge_requirements(*metadata, "# nothing\n", "requirements.yaml").has_value());
  CHECK(metadata->dependencies.size() == 1);
  REQUIRE(merge_requirements(*metadata, "dependencies: ~\n", "requirements.yaml").has_value());
  CHECK(metadata->dependencies.empty());
}

TEST_CASE("requirements.yaml cannot rename the chart (P-51, P-158)", "[chart]") {
  auto metadata = read_metadata(minimal, "Chart.yaml");
  auto const merged = merge_requirements(*metadata, "dependencies: []\nname: other\n", "requirements.yaml");
  REQUIRE(!merged);
  CHECK(merged.error().where == "requirements.yaml:2");
  CHECK(metadata->name == "web");
}

TEST_CASE("what a reviewer might misread is told with its line (P-63, P-70, P-71, P-158)", "[chart]") {
  struct Row {
    char const* text;
    char const* code;
    std::size_t line;
  };
  auto const row = one_of<Row>({
      {"name: n\nversion: 1.0.0\n", "typed-text", 1},
      {"name: a\nversion: 1.10\n", "typed-text", 2},
      {"name: a\nversion: 1.2\n", "float-version", 2},
      {"name: a\nversion: v1.2.3\n", "loose-version", 2},
      {"name: a\nversion: 1.0.0\nappVersion: 0x10\n", "typed-text", 3},
      {"name: a\nversion: 1.0.0\ntype: library\n", "type-in-v1", 3},
      {"name: a\nversion: 1.0.0\ndependencies: [{name: x}]\n", "dependencies-in-v1", 3},
      {"name: a\nname: b\nversion: 1.0.0\n", "duplicate-key", 1},
      {"name: a\nversion: 1.0.0\n---\nname: b\n", "second-document", 3},
      {"name: A\nversion: 1.0.0\n", "chart-name", 1},
      {"name: a\nversion: 1.0.0\n", "no-icon", 0},
      {"name: a\nversion: 1.0.0\nicon: x\n", "bad-url", 3},
      {"name: a\nversion: 1.0.0\nsources: [x]\n", "bad-url", 0},
      {"name: a\nversion: 1.0.0\nmaintainers: [{email: x}]\n", "maintainer", 0},
      {"name: a\nversion: 1.0.0\ndeprecated: true\nmaintainers: [{name: x}]\n", "deprecated", 0},
      {"name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nversion: 1.0.0\n", "long-name", 1},
  });
  CAPTURE(row.text);
  auto const result = checked(row.text);
  REQUIRE(result.has_value());
  CHECK(has_warning(result->warnings, row.code, row.line));
}

TEST_CASE("a tidy chart is worth no warning", "[chart]") {
  auto const result = checked(
      "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: \"1.10\"\nicon: https://e.org/i.png\nmaintainers: [{name: x, email: x@e.org, url: "
      "\"https://e.org\"}]\nsources: [\"https://e.org/s\"]\n");
  REQUIRE(result.has_value());
  CHECK(result->warnings.empty());
}

TEST_CASE("every real chart is read, and what is written reads back the same", "[chart]") {
  std::size_t charts = 0;
  for (auto const* folder : {"/charts", "/dependencies"})
    for (auto const& entry : std::filesystem::recursive_directory_iterator(acr::test::data_folder().string() + folder)) {
      if (entry.path().filename() != "Chart.yaml") continue;
      CAPTURE(entry.path().string());
      auto bytes = read_file(entry.path().string(), std::size_t{1} << 20);
      if (bytes.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);
      auto const first = checked(bytes);
      REQUIRE(first.has_value());
      auto const written = write_metadata(first->metadata);
      REQUIRE(written.has_value());
      auto const second = checked(*written);
      REQUIRE(second.has_value());
      CHECK(*write_metadata(second->metadata) == *written);
      CHECK(second->metadata.annotations == first->metadata.annotations);
      CHECK(second->metadata.description == first->metadata.description);
      ++charts;
    }
  CHECK(charts >= 40);
}

TEST_CASE("metadata hold a hundred thousand values at most: every worker reads some (B-25, P-153)", "[chart]") {
  auto const with_keywords = [](std::size_t count) {
    std::string text = minimal + "keywords: [";
    for (std::size_t i = 0; i < count; ++i) text += "a,";
    return text + "a]\n";
  };
  CHECK(read_metadata(with_keywords(metadata_values - 100), "Chart.yaml").has_value());
  auto const refused = read_metadata(with_keywords(metadata_values + 100), "Chart.yaml");
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "chart-yaml");
  CHECK(refused.error().why == "the YAML holds too many values");
  CHECK(refused.error().rule_number == "P-153");
}

}  // namespace
}  // namespace chart_metadata_test
