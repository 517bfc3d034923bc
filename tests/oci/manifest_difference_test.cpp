#include "oci/manifest_difference.hpp"

#include <string>

#include "support/catch2.hpp"

namespace manifest_difference_test {
namespace {

using acr::oci::first_difference;

std::string const package = "sha256:" + std::string(64, 'a');
std::string const provenance = "sha256:" + std::string(64, 'b');

std::string layer(std::string const& digest, std::string const& type = "application/vnd.cncf.helm.chart.content.v1.tar+gzip") {
  return R"({"mediaType":")" + type + R"(","digest":")" + digest + R"(","size":7})";
}

struct Manifest {
  std::string layers = layer(package);
  std::string config = "sha256:" + std::string(64, 'c');
  std::string annotations =
      R"("org.opencontainers.image.created":"2023-11-14T22:13:20Z","org.opencontainers.image.title":"web")";
  [[nodiscard]] std::string text() const {
    return R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":")" + config +
           R"(","size":2},"layers":[)" + layers + R"(],"annotations":{)" + annotations + "}}";
  }
};

TEST_CASE("the first difference of two manifests is named (O-23)", "[oci]") {
  struct Row {
    Manifest there;
    std::string text;
    bool same_package;
  };
  std::string const created = "\"org.opencontainers.image.created\":";
  std::string const title = ",\"org.opencontainers.image.title\":\"web\"";
  auto const row = one_of<Row>({
      {{.layers = layer(package) + "," + layer(provenance, "application/vnd.cncf.helm.chart.provenance.v1.prov")},
       "2 layers instead of 1 layer: a .prov file lay beside the package when it was pushed",
       false},
      {{.layers = ""}, "0 layers instead of 1 layer", false},
      {{.layers = layer(provenance)}, "another package: layer " + provenance + " instead of " + package, false},
      // the layer is named before the time, which differs as well then
      {{.layers = layer(provenance), .annotations = ""},
       "another package: layer " + provenance + " instead of " + package,
       false},
      {{.annotations = created + "\"2023-11-15T03:43:20+05:30\"" + title},
       "created 2023-11-15T03:43:20+05:30 instead of 2023-11-14T22:13:20Z, the same time in another zone: it was pushed without TZ=UTC",
       true},
      {{.annotations = created + "\"2026-01-01T00:00:00Z\"" + title},
       "created 2026-01-01T00:00:00Z instead of 2023-11-14T22:13:20Z: the time of the package's file was lost, or Helm is older than 3.17",
       true},
      {{.config = provenance, .annotations = created + "\"2026-01-01T00:00:00Z\"" + title},
       "created 2026-01-01T00:00:00Z instead of 2023-11-14T22:13:20Z: the time of the package's file was lost, or Helm is older than 3.17",
       false},
      {{.annotations = created + "\"soon\"" + title}, "created soon instead of 2023-11-14T22:13:20Z", true},
      {{.annotations = ""}, "created none instead of 2023-11-14T22:13:20Z", true},
      {{.config = provenance},
       "another config, the chart's metadata: " + provenance + " instead of sha256:" + std::string(64, 'c'),
       false},
      {{.annotations = Manifest().annotations + R"(,"x":"1")"}, "annotation x: 1 instead of none", false},
      {{.annotations = created + "\"2023-11-14T22:13:20Z\""},
       "annotation org.opencontainers.image.title: none instead of web",
       false},
  });
  auto const difference = first_difference(Manifest().text(), row.there.text());
  CHECK(difference.text == row.text);
  CHECK(difference.same_package == row.same_package);
}

TEST_CASE("what is not a chart's manifest, or the same one in other bytes, is told as such (O-23)", "[oci]") {
  auto const planned = Manifest().text();
  for (auto const* there : {"", "<html>", "[]", "{}", R"({"layers":7})", R"({"manifests":[]})"})
    CHECK(first_difference(planned, there).text == "the tag names no manifest of a chart, but an index or something else");
  CHECK(first_difference(planned, planned + "\n").text == "the same content, written in another way");
  CHECK(first_difference(planned, R"({"layers":[7]})").text == "another package: layer  instead of " + package);
}

TEST_CASE("foreign text in a difference is escaped and short (A-35)", "[oci]") {
  Manifest there;
  there.annotations = R"("org.opencontainers.image.created":"\n::error::x)" + std::string(100'000, 'x') + "\"";
  auto const text = first_difference(Manifest().text(), there.text()).text;
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.size() < 400);
}

}  // namespace
}  // namespace manifest_difference_test
