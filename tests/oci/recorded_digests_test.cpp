// Digests that a registry showed after Helm 4.2.4 had pushed the package (O-1 … O-8): recorded by scripts/compare-oci-digests,
// so that neither Helm nor a registry is needed here.

#include <fstream>
#include <string>
#include <vector>

#include "chart/directory_tree.hpp"
#include "chart/packager.hpp"
#include "chart/source_tree.hpp"
#include "memory/tree.hpp"
#include "oci/manifest.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace recorded_digests_test {
namespace {

/// `chart` or `made-up`, name, time, the package's digest, the registry's, and of made-up charts `path=content in hex` each.
using Line = std::vector<std::string>;

std::vector<Line> recorded() {
  std::ifstream file(acr::test::data_folder() / "oci/digests.tsv");
  std::vector<Line> all;
  for (std::string line; std::getline(file, line);) {
    auto& columns = all.emplace_back();
    for (auto const part : acr::split(line, '\t')) columns.emplace_back(part);
  }
  return all;
}

acr::Verdict<acr::chart::Package> packaged(Line const& line) {
  acr::chart::PackageOptions options;
  options.time = std::stoll(line[2]);
  if (line[0] == "chart")
    return acr::chart::package(acr::chart::DirectoryTree(acr::test::data_folder() / "charts"), line[1], options);
  acr::chart::MemoryTree tree;
  for (std::size_t i = 5; i < line.size(); ++i) {
    auto const equals = line[i].find('=');
    tree.file("chart/" + line[i].substr(0, equals), acr::from_hex(std::string_view(line[i]).substr(equals + 1)).value());
  }
  return acr::chart::package(tree, "chart", options);
}

TEST_CASE("the computed digest is the one that Helm's push gave", "[oci]") {
  auto const lines = recorded();
  CHECK(lines.size() >= 35);
  for (auto const& line : lines) {
    CAPTURE(line[0], line[1]);
    auto const package = packaged(line);
    REQUIRE(package.has_value());
    CHECK(package->digest == line[3]);
    auto const manifest = acr::oci::chart_manifest(*package, std::stoll(line[2]));
    REQUIRE(manifest.has_value());
    CHECK(manifest->digest == line[4]);
  }
}

}  // namespace
}  // namespace recorded_digests_test
