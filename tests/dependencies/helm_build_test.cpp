// Real charts with real locks give the entries of Helm's package after `helm dependency build` (D-5): tests/data/dependencies.
// The network is left out here; tests/scenario runs the same through the program, over TLS.

#include <algorithm>
#include <filesystem>
#include <map>

#include "chart/directory_tree.hpp"
#include "dependencies/builder.hpp"
#include "dependencies/sample_charts.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"
#include "support/tab_table.hpp"

namespace helm_build_test {
namespace {

using namespace acr::dependencies;
using namespace acr::dependencies::samples;
namespace fs = std::filesystem;

constexpr std::size_t file_limit = std::size_t{16} << 20;
constexpr std::int64_t any_time = 1'712'345'678;
fs::path const data = acr::test::data_folder() / "dependencies";

FakeSource real_archives() {
  FakeSource source;
  for (auto const& row : acr::test::tab_table(data / "sources.tsv")) {
    auto bytes = acr::read_file(data / "archives" / row[3], file_limit);
    REQUIRE(acr::sha256_text(bytes) == "sha256:" + row[4]);
    source.holds(row[0], row[1], row[2], std::move(bytes));
  }
  return source;
}

TEST_CASE("real charts are built to Helm's packages, entry by entry", "[dependencies][helm]") {
  acr::chart::DirectoryTree const tree(data / "charts");
  auto source = real_archives();
  std::map<std::string, BuildPlan> plans;
  std::vector<BuildPlan const*> all;
  for (auto const& row : acr::test::tab_table(data / "charts.tsv")) plans.emplace(row[0], plan_build(tree, row[0]));
  REQUIRE(plans.size() == 11);
  for (auto const& [name, plan] : plans) {
    CAPTURE(name, plan.refusals.empty() ? std::string() : plan.refusals.front().sentence());
    REQUIRE(plan.refusals.empty());
    CHECK(plan.needs_build());
    all.push_back(&plan);
  }
  auto const fetched = fetch_archives(all, source, 4);
  CHECK(source.calls == 1);

  std::size_t i = 0;
  for (auto const& [name, plan] : plans) {
    CAPTURE(name);
    auto const& archives = fetched[i++];
    REQUIRE(archives.refusals.empty());
    acr::chart::PackageOptions options;
    options.time = any_time;
    options.entry_digests = true;
    auto placed = archives_of(tree, plan, archives, options);
    REQUIRE(placed.has_value());
    options.extra_archives = std::move(*placed);
    auto package = acr::chart::package(tree, name, options);
    REQUIRE(package.has_value());
    // Helm writes siblings in random order, so entries are compared by path (P-81).
    std::ranges::sort(package->entries, {}, &acr::chart::PackageEntry::path);
    auto const expected = acr::test::tab_table(data / "expected" / (name + ".tsv"));
    REQUIRE(package->entries.size() == expected.size());
    for (std::size_t entry = 0; entry < expected.size(); ++entry) {
      auto const& ours = package->entries[entry];
      CAPTURE(ours.path);
      CHECK(ours.path == expected[entry][0]);
      CHECK(std::to_string(ours.size) == expected[entry][1]);
      CHECK((ours.mtime == any_time ? std::string("T") : std::to_string(ours.mtime)) == expected[entry][2]);
      CHECK(ours.sha256 == expected[entry][3]);
    }
  }
}

}  // namespace
}  // namespace helm_build_test
