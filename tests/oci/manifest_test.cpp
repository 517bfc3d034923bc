// The manifest of a chart before it is pushed (O-1 … O-7), against the specification's vector. What Helm itself pushes:
// tests/oci/recorded_digests_test.cpp, scripts/compare-oci-digests.

#include "oci/manifest.hpp"

#include <cstdlib>
#include <map>
#include <string>

#include "chart/chart_loader.hpp"
#include "chart/chart_reader.hpp"
#include "chart/packager.hpp"
#include "chart/source_tree.hpp"
#include "memory/tree.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"

namespace manifest_test {
namespace {

using acr::chart::ChartMetadata;
using acr::oci::Blob;
using acr::oci::chart_manifest;
using acr::oci::config_json;

constexpr std::int64_t t = 1'700'000'000;

std::string fill(char c) { return "sha256:" + std::string(64, c); }

acr::chart::Package packaged(std::map<std::string, std::string> const& files) {
  acr::chart::MemoryTree tree;
  for (auto const& [path, bytes] : files) tree.file("web/" + path, bytes);
  acr::chart::PackageOptions options;
  options.time = t;
  options.dependencies_must_be_present = false;
  return acr::chart::package(tree, "web", options).value();
}

/// What Helm would load from the package of these files.
ChartMetadata metadata_of(std::map<std::string, std::string> const& files) {
  auto const package = packaged(files);
  return acr::chart::packaged_metadata(package.chart_yaml, package.requirements_yaml).value();
}

ChartMetadata metadata_of(std::string const& chart_yaml) { return metadata_of({{"Chart.yaml", chart_yaml}}); }

std::string config_of(std::string const& more) {
  return config_json(metadata_of("apiVersion: v2\nname: web\nversion: 1.0.0\n" + more));
}

std::string manifest_of(std::string const& more) {
  return chart_manifest(metadata_of("apiVersion: v2\nname: web\nversion: 1.0.0\n" + more), {fill('0'), 1}, {}, t).text;
}

/// From "annotations": to the end.
std::string annotations_of(std::string const& more) {
  auto const text = manifest_of(more);
  auto const key = text.find("\"annotations\":");
  REQUIRE(key != std::string::npos);
  return text.substr(key + 14, text.size() - key - 15);
}

constexpr char const* plain =
    R"({"org.opencontainers.image.created":"2023-11-14T22:13:20Z","org.opencontainers.image.title":"web","org.opencontainers.image.version":"1.0.0"})";

bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

TEST_CASE("the specification's vector comes out", "[oci]") {
  auto const metadata = metadata_of(
      "apiVersion: v2\nname: web\nversion: 1.2.0+b1\ndescription: A <small> web & more\nhome: https://acme.example/web\n"
      "maintainers:\n- name: Zoë\n  email: z@acme.example\n- name: Ops\n"
      "annotations:\n  a<b: \"\"\n  org.opencontainers.image.licenses: MIT\n  org.opencontainers.image.title: other\n");
  auto const manifest = chart_manifest(metadata, {fill('0'), 0}, {}, t);
  CHECK(manifest.config.size() == 324);
  CHECK(acr::sha256_text(manifest.config) == "sha256:d2073d38c524b46bb63948a05b223fcb3ef9fe559c5c733e539a6276bd3a3676");
  CHECK(manifest.text.size() == 764);
  CHECK(manifest.digest == "sha256:60f4272572bd46e2cf3fafd38edd6f038ba47613d6fed834eb983ef335265dec");
  CHECK(manifest.created == "2023-11-14T22:13:20Z");
  CHECK(has(manifest.text, R"("annotations":{"a\u003cb":"","org.opencontainers.image.authors":"Zoë (z@acme.example), Ops",)"
                           R"("org.opencontainers.image.created":"2023-11-14T22:13:20Z",)"
                           R"("org.opencontainers.image.description":"A \u003csmall\u003e web \u0026 more",)"
                           R"("org.opencontainers.image.licenses":"MIT",)"));
  CHECK(manifest.text.starts_with(
      R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":"sha256:d2073d)"));
}

TEST_CASE("the config has its fields in Helm's order, without empty ones (O-3)", "[oci]") {
  CHECK(config_of("") == R"({"name":"web","version":"1.0.0","apiVersion":"v2"})");
  CHECK(config_of(
            "home: \"\"\nsources: []\nkeywords: []\nmaintainers: []\nannotations: {}\ndependencies: []\ndeprecated: false\n") ==
        R"({"name":"web","version":"1.0.0","apiVersion":"v2"})");
  CHECK(config_of("type: library\nkubeVersion: \">=1\"\ndeprecated: true\nappVersion: \"2\"\ntags: t\ncondition: c\nicon: i\n"
                  "keywords: [k, \"\"]\ndescription: d\nsources: [s]\nhome: h\nannotations: {z: \"\", a: b}\n") ==
        R"({"name":"web","home":"h","sources":["s"],"version":"1.0.0","description":"d","keywords":["k",""],"icon":"i",)"
        R"("apiVersion":"v2","condition":"c","tags":"t","appVersion":"2","deprecated":true,"annotations":{"a":"b","z":""},)"
        R"("kubeVersion":"\u003e=1","type":"library"})");
  CHECK(has(config_of("keywords: [\"\"]\n"), R"("keywords":[""])"));
  CHECK(has(config_of("maintainers:\n- {}\n- email: e@x.example\n- url: https://x.example\n- {}\n"),
            R"("maintainers":[{},{"email":"e@x.example"},{"url":"https://x.example"},{}])"));
  CHECK(has(
      config_of(
          "dependencies:\n- name: db\n- {name: q, version: 1.x.x, repository: r, condition: c, tags: [t], enabled: true, alias: a}\n"),
      R"("dependencies":[{"name":"db","repository":""},)"
      R"({"name":"q","version":"1.x.x","repository":"r","condition":"c","tags":["t"],"enabled":true,"alias":"a"}])"));
}

TEST_CASE("texts are written as Go writes JSON, in keys and in values (O-4)", "[oci]") {
  ChartMetadata metadata;  // not from a chart: Helm's writer of YAML refuses some of these characters
  metadata.annotations = {{"<\xe2\x80\xa8>\b", "&\f\x01\x7f\t\"\\ \xf0\x9f\x98\x80\xe2\x80\xa9\n\r\x1f"}};
  std::string const json =
      "{\"\\u003c\\u2028\\u003e\\b\":\"\\u0026\\f\\u0001\x7f\\t\\\"\\\\ \xf0\x9f\x98\x80\\u2029\\n\\r\\u001f\"";
  CHECK(config_json(metadata) == "{\"annotations\":" + json + "}}");
  CHECK(has(chart_manifest(metadata, {fill('0'), 1}, {}, t).text, "\"annotations\":" + json + ","));
}

TEST_CASE("annotations come in the order of their bytes (O-4)", "[oci]") {
  CHECK(has(
      config_of("annotations: {\"\\U0001F600\": e, \"\\uFB01\": d, \"é\": c, a2: b, a10: a, \"\": z}\n"),
      "\"annotations\":{\"\":\"z\",\"a10\":\"a\",\"a2\":\"b\",\"é\":\"c\",\"\xef\xac\x81\":\"d\",\"\xf0\x9f\x98\x80\":\"e\"}"));
}

TEST_CASE("numbers of import-values are 64-bit floats in Go's form (O-4)", "[oci]") {
  struct Row {
    char const *written, *json;
  };
  auto const row = one_of<Row>({{"1e20", "100000000000000000000"},
                                {"1.0e+21", "1e+21"},
                                {"1.0e-7", "1e-7"},
                                {"9223372036854775807", "9223372036854776000"},
                                {"010", "8"},
                                {"yes", "true"},
                                {"1.25e-9", "1.25e-9"},
                                {"0.000001", "0.000001"},
                                {"~", "null"},
                                {"{b: 1, a: [x]}", R"({"a":["x"],"b":1})"}});
  CAPTURE(row.written);
  CHECK(has(config_of("dependencies:\n- name: db\n  import-values: [" + std::string(row.written) + "]\n"),
            "\"import-values\":[" + std::string(row.json) + "]"));
}

TEST_CASE("annotations of the manifest are made of the chart's fields (O-6)", "[oci]") {
  CHECK(annotations_of("") == plain);
  struct Row {
    char const *yaml, *part;
  };
  auto const row = one_of<Row>({
      {"description: d\n", R"(image.description":"d")"},
      {"home: https://h.example\n", R"(image.url":"https://h.example")"},
      {"sources: [one, two]\n", R"(image.source":"one")"},
      {"maintainers:\n- {}\n- email: e@x.example\n- url: https://x.example\n- name: Ops\n- {}\n",
       R"(image.authors":",  (e@x.example), , Ops, ")"},
      {"maintainers: [{}, {}]\n", R"(image.authors":", ")"},
      {"annotations: {org.opencontainers.image.created: mine}\n", R"(image.created":"mine")"},
      {"annotations: {org.opencontainers.image.url: \"\"}\nhome: h\n", R"(image.url":"")"},
      {"annotations: {org.opencontainers.image.title: x}\n", R"(image.title":"web")"},
      {"annotations: {org.opencontainers.image.version: x}\n", R"(image.version":"1.0.0")"},
      {"annotations: {org.opencontainers.image.Title: x}\n", R"(image.Title":"x")"},
  });
  CAPTURE(row.yaml);
  CHECK(has(annotations_of(row.yaml), row.part));
}

TEST_CASE("a value of blanks makes no annotation (O-6)", "[oci]") {
  CHECK(annotations_of("description: \"  \"\nhome: \"\\u00a0\"\nsources: [\" \", two]\nmaintainers: [{}]\n") == plain);
  CHECK(annotations_of("sources: [\"\", two]\n") == plain);
}

TEST_CASE("with a created of the chart's own the time has no say (O-6)", "[oci]") {
  auto const metadata =
      metadata_of("apiVersion: v2\nname: web\nversion: 1.0.0\nannotations: {org.opencontainers.image.created: x}\n");
  auto const one = chart_manifest(metadata, {fill('0'), 1}, {}, 0);
  CHECK(one.digest == chart_manifest(metadata, {fill('0'), 1}, {}, t).digest);
  CHECK(one.created == "x");
}

TEST_CASE("the metadata is what Helm loads from the package that was written (O-2)", "[oci]") {
  SECTION("dependencies of a v1 chart's Chart.yaml are in neither") {
    CHECK(
        config_json(metadata_of("name: web\nversion: 1.0.0\ndependencies:\n- name: db\n  version: 1.0.0\n  repository: r\n")) ==
        R"({"name":"web","version":"1.0.0","apiVersion":"v1"})");
  }
  SECTION("those of its requirements.yaml are read as written by hand: typed, resolved, sanitised") {
    CHECK(
        config_json(metadata_of(
            {{"Chart.yaml", "apiVersion: v1\nname: web\nversion: 1.0.0\n"},
             {"requirements.yaml",
              "x: &r \"https://r.example\\tx\"\ndependencies:\n- name: db\n  version: 1.10\n  repository: *r\n"}})) ==
        R"({"name":"web","version":"1.0.0","apiVersion":"v1","dependencies":[{"name":"db","version":"1.1","repository":"https://r.example x"}]})");
  }
  SECTION("those of a v2 chart's requirements.yaml are in Chart.yaml by then") {
    CHECK(
        config_json(metadata_of({{"Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"},
                                 {"requirements.yaml", "dependencies:\n- name: db\n  version: 1.0.0\n  repository: r\n"}})) ==
        R"({"name":"web","version":"1.0.0","apiVersion":"v2","dependencies":[{"name":"db","version":"1.0.0","repository":"r"}]})");
  }
}

TEST_CASE("reading a finished package gives the same metadata (O-2)", "[oci]") {
  auto const package =
      packaged({{"Chart.yaml",
                 "apiVersion: v1\nname: web\nversion: 1.0.0\ndescription: \"a\\u0085b\"\nannotations: {k: \"a\\u0085b\"}\n"},
                {"requirements.yaml",
                 "\xef\xbb\xbf"
                 "dependencies:\n- name: db\n  version: 1.0\n  repository: r\n"}});
  auto const loaded = acr::chart::load_archive(package.bytes, "web-1.0.0.tgz");
  REQUIRE(loaded.has_value());
  CHECK(config_json(loaded->chart.metadata) ==
        config_json(acr::chart::packaged_metadata(package.chart_yaml, package.requirements_yaml).value()));
}

TEST_CASE("a package whose Chart.yaml cannot be read has no manifest (O-2)", "[oci]") {
  auto package = packaged({{"Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"}});
  CHECK(chart_manifest(package, t).has_value());
  package.chart_yaml = "name: [\n";
  auto const manifest = chart_manifest(package, t);
  REQUIRE_FALSE(manifest.has_value());
  CHECK(manifest.error().code == "chart-yaml");
}

TEST_CASE("a provenance file is a second layer, in the order of the digests (O-5)", "[oci]") {
  auto const metadata = metadata_of("apiVersion: v2\nname: web\nversion: 1.0.0\n");
  auto const layers = [&](char package, char provenance) {
    auto const text = chart_manifest(metadata, {fill(package), 7}, Blob{fill(provenance), 9}, t).text;
    auto const begin = text.find("\"layers\":");
    return text.substr(begin, text.find("],", begin) + 1 - begin);
  };
  auto const package = [](char c) {
    return R"({"mediaType":"application/vnd.cncf.helm.chart.content.v1.tar+gzip","digest":")" + fill(c) + R"(","size":7})";
  };
  auto const provenance = [](char c) {
    return R"({"mediaType":"application/vnd.cncf.helm.chart.provenance.v1.prov","digest":")" + fill(c) + R"(","size":9})";
  };
  CHECK(layers('1', '2') == "\"layers\":[" + package('1') + "," + provenance('2') + "]");
  CHECK(layers('2', '1') == "\"layers\":[" + provenance('1') + "," + package('2') + "]");
}

TEST_CASE("created is in UTC, whatever the zone of the process (O-7, O-13)", "[oci]") {
  auto const metadata = metadata_of("apiVersion: v2\nname: web\nversion: 1.0.0\n");
  auto const before = chart_manifest(metadata, {fill('0'), 1}, {}, t);
  char const* const zone = std::getenv("TZ");
  std::string const kept = zone ? zone : "";
  ::setenv("TZ", "Asia/Kolkata", 1);
  ::tzset();
  CHECK(chart_manifest(metadata, {fill('0'), 1}, {}, t).text == before.text);
  zone ? ::setenv("TZ", kept.c_str(), 1) : ::unsetenv("TZ");
  ::tzset();
  CHECK(chart_manifest(metadata, {fill('0'), 1}, {}, 0).created == "1970-01-01T00:00:00Z");
  CHECK(chart_manifest(metadata, {fill('0'), 1}, {}, acr::oci::latest_created).created == "9999-12-31T23:59:59Z");
}

TEST_CASE("a time that the annotation cannot have is refused (O-13)", "[oci]") {
  auto const package = packaged({{"Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"}});
  for (std::int64_t const time : {std::int64_t{-1}, acr::oci::latest_created + 1}) {
    auto const manifest = chart_manifest(package, time);
    REQUIRE_FALSE(manifest.has_value());
    CHECK(manifest.error().code == "oci-time");
    CHECK_THROWS_AS(chart_manifest(metadata_of("apiVersion: v2\nname: web\nversion: 1.0.0\n"), {fill('0'), 1}, {}, time),
                    std::logic_error);
  }
  auto const manifest = chart_manifest(package, t);
  REQUIRE(manifest.has_value());
  CHECK(has(manifest->text, package.digest));
  CHECK(has(manifest->text, "\"size\":" + std::to_string(package.bytes.size())));
}

}  // namespace
}  // namespace manifest_test
