// Archives of others that are refused say what can be done about it (P-76, P-159).

#include "chart/chart_loader.hpp"
#include "chart/packager.hpp"
#include "chart/source_tree.hpp"
#include "memory/tree.hpp"
#include "support/catch2.hpp"

namespace repacking_test {
namespace {

using namespace acr::chart;

MemoryTree chart_with(std::string const& path, std::string const& bytes) {
  MemoryTree tree;
  tree.file("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n").file("c/charts/" + path, bytes);
  return tree;
}

std::string archive_of(MemoryTree const& tree, std::string const& root) {
  PackageOptions options;
  options.time = 1;
  options.dependencies_must_be_present = false;
  return package(tree, root, options).value().bytes;
}

/// The advice for what is loaded below c; "loaded" when nothing is refused.
std::string advice_for(MemoryTree const& tree) {
  auto const loaded = load_chart(tree, "c", {});
  return loaded ? "loaded" : loaded.error().fix_text;
}

TEST_CASE("a committed archive that is refused says that a repacked one may be committed", "[chart]") {
  MemoryTree other;
  other.file("x/Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\n").file("x/a", "x");
  auto const good = archive_of(other, "x");
  std::string const repack = "pack it again with `helm package`, and commit the new archive under charts/";
  CHECK(advice_for(chart_with("x-1.0.0.tgz", good)) == "loaded");
  CHECK(advice_for(chart_with("x-1.0.0.tgz", "no archive")).find(repack) != std::string::npos);
  CHECK(advice_for(chart_with("x-1.0.0.tgz", good.substr(0, good.size() - 4))).find(repack) != std::string::npos);
  // One's own directory is corrected, not packed again.
  CHECK(advice_for(chart_with("x/Chart.yaml", "name: [")).find(repack) == std::string::npos);
  CHECK(advice_for(chart_with("stray", "x")).find(repack) == std::string::npos);
}

TEST_CASE("the advice is given once, behind any other", "[chart]") {
  auto const once = with_repacking_advice(acr::reject("archive-tar", "y", "z").fix("do this"));
  CHECK(once.fix_text.starts_with("do this; or unpack the archive"));
  CHECK(with_repacking_advice(once).fix_text == once.fix_text);
  CHECK(with_repacking_advice(acr::reject("archive-tar", "y", "z")).fix_text.starts_with("unpack the archive"));
}

}  // namespace
}  // namespace repacking_test
