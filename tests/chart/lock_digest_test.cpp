// The lock's digest (D-8, D-9, P-91), against the specification's vector and locks that Helm wrote.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "chart/chart_lock.hpp"
#include "chart/lock_digest.hpp"
#include "chart/read_metadata.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"

namespace lock_digest_test {
namespace {

namespace fs = std::filesystem;
using acr::chart::AnyValue;
using acr::chart::Dependency;
using acr::chart::DependencyList;

std::string content(fs::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Dependency dependency(std::string name, std::string version, std::string repository) {
  Dependency made;
  made.name = std::move(name);
  made.version = std::move(version);
  made.repository = std::move(repository);
  return made;
}

AnyValue value(AnyValue::Kind kind, std::string text = {}, std::string key = {}, std::uint32_t children = 0) {
  AnyValue made;
  made.kind = kind;
  made.text = std::move(text);
  made.key = std::move(key);
  made.children = children;
  return made;
}

DependencyList vector_declared() {
  auto a = dependency("a", ">=1 <2", "https://e.org/s");
  a.condition = "a.on";
  a.tags = {"t"};
  a.enabled = true;
  a.alias = "x";
  a.import_values = {value(AnyValue::Kind::string, "d"), value(AnyValue::Kind::map, "", "", 2),
                     value(AnyValue::Kind::string, "p", "parent"), value(AnyValue::Kind::string, "c", "child")};
  return {a, dependency("b", "0.x.x", "")};
}

DependencyList vector_locked() { return {dependency("a", "1.3.0", "https://e.org/s"), dependency("b", "0.x.x", "")}; }

TEST_CASE("The digest of the specification's vector comes out, today's form and Helm 2's", "[lock]") {
  auto declared = vector_declared();
  CHECK(acr::chart::lock_digest(declared, vector_locked()) ==
        "sha256:41d2c543dd9c0e19233782d3eea55f0e7bf46920c74529da3c3bc082efb0eefa");
  declared.front().repository = "@s";
  CHECK(acr::chart::legacy_lock_digest(declared) == "sha256:a986912bd170c2e3ce518d3de77edabce74f1a4138b8d43321acf72691fef0d5");
}

TEST_CASE("Both lists are hashed as Go writes them", "[lock]") {
  CHECK(acr::chart::lock_digest_input({}, DependencyList{}) == "[null,[]]");
  auto odd = dependency("a\"\\\b\f\n\r\t\x01\x7f", std::string("\xff", 1) + "<>&", "\xE2\x80\xA8\xE2\x80\xA9é");
  CHECK(acr::chart::lock_digest_input(DependencyList{odd}, {}) ==
        "[[{\"name\":\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7f\",\"version\":\"\\ufffd\\u003c\\u003e\\u0026\","
        "\"repository\":\"\\u2028\\u2029é\"}],null]");
}

TEST_CASE("Numbers are written in Go's shortest form", "[lock]") {
  struct Row {
    double number;
    std::string text;
  };
  auto const row = one_of<Row>({{0, "0"},
                                {-0.0, "-0"},
                                {1, "1"},
                                {-12.5, "-12.5"},
                                {1e-6, "0.000001"},
                                {1e-7, "1e-7"},
                                {1.5e-10, "1.5e-10"},
                                {1e20, "100000000000000000000"},
                                {9223372036854775807.0, "9223372036854776000"},
                                {1e21, "1e+21"},
                                {1.25e100, "1.25e+100"}});
  auto with = dependency("a", "1", "");
  with.import_values = {value(AnyValue::Kind::number)};
  with.import_values.front().number = row.number;
  CHECK(acr::chart::lock_digest_input({}, DependencyList{with}) ==
        "[null,[{\"name\":\"a\",\"version\":\"1\",\"repository\":\"\",\"import-values\":[" + row.text + "]}]]");
}

TEST_CASE("Nesting costs no stack", "[lock]") {
  auto with = dependency("a", "1", "");
  for (int i = 0; i < 50'000; ++i) with.import_values.push_back(value(AnyValue::Kind::list, "", "", 1));
  with.import_values.push_back(value(AnyValue::Kind::null));
  CHECK(acr::chart::lock_digest_input({}, DependencyList{with}).ends_with("null" + std::string(50'001, ']') + "}]]"));
}

TEST_CASE("Locks of real charts fit their charts", "[lock]") {
  std::size_t fits = 0, legacy = 0;
  for (auto const& directory : fs::directory_iterator(acr::test::data_folder() / "dependencies/charts")) {
    INFO(directory.path().filename().string());
    auto metadata = acr::chart::read_metadata(content(directory.path() / "Chart.yaml"), "Chart.yaml");
    REQUIRE(metadata.has_value());
    auto const requirements = directory.path() / "requirements.yaml";
    if (fs::exists(requirements))
      REQUIRE(acr::chart::merge_requirements(*metadata, content(requirements), "requirements.yaml").has_value());
    auto const valid = acr::chart::validate(*metadata, "Chart.yaml");
    REQUIRE(valid.has_value());
    auto lock_path = directory.path() / "Chart.lock";
    if (!fs::exists(lock_path)) lock_path = directory.path() / "requirements.lock";
    auto const lock = acr::chart::read_lock(content(lock_path), "Chart.lock");
    REQUIRE(lock.has_value());
    REQUIRE(lock->has_value());
    if (acr::chart::lock_digest(valid->metadata.dependencies, (*lock)->dependencies) == (*lock)->digest) ++fits;
    if (acr::chart::legacy_lock_digest(valid->metadata.dependencies) == (*lock)->digest) ++legacy;
  }
  CHECK(fits == 8);
  CHECK(legacy == 3);  // orangehrm, phpmyadmin, node: locked by Helm 2
}

}  // namespace
}  // namespace lock_digest_test
