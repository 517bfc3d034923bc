// Packages in the staging directory: names, warnings, room (A-45, B-1b, B-25; section 11).
#include "release/packaged_chart.hpp"

#include "chart/source_list.hpp"
#include "memory/tree.hpp"
#include "release/one_chart.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"

namespace packaged_chart_test {
namespace {

using acr::release::finding;

TEST_CASE("a warning about a chart's file becomes a finding that points at it", "[release]") {
  auto const told = finding({"vendored-version", "Chart.yaml", 7, "why", "P-72"}, "charts/web");
  CHECK(told.where == "charts/web/Chart.yaml:7");
  CHECK(told.source_file == "charts/web/Chart.yaml");
  CHECK(told.source_line == 7);
  CHECK(told.rule_number == "P-72");

  auto const whole = finding({"name-differs", "", 0, "why", "P-71"}, "charts/web");
  CHECK(whole.where == "charts/web");
  CHECK(whole.source_file.empty());

  // A chart at the root of its repository.
  CHECK(finding({"no-icon", "Chart.yaml", 0, "why", "P-71"}, "").source_file == "Chart.yaml");
}

TEST_CASE("a warning about what lies in an archive points at the archive", "[release]") {
  auto const told = finding({"duplicate-key", "charts/s-1.0.0.tgz/values.yaml", 3, "why", "P-158"}, "charts/web");
  CHECK(told.where == "charts/web/charts/s-1.0.0.tgz/values.yaml:3");
  CHECK(told.source_file == "charts/web/charts/s-1.0.0.tgz");
  CHECK(told.source_line == 0);
}

using namespace acr::test;
using acr::release::RunSettings;
using acr::release::Staging;

acr::chart::MemoryTree tree_of(Files const& files) {
  acr::chart::MemoryTree tree;
  for (auto const& [path, bytes] : files) tree.file(path, bytes);
  return tree;
}

TEST_CASE("a package must be called as its tag says (A-45)", "[release]") {
  struct Row {
    char const *name, *version, *found;
  };
  auto const row = one_of<Row>({{"web", "1.1.0", ""}, {"web", "1.1.1", "web 1.1.0"}, {"Web", "1.1.0", "web 1.1.0"}});
  CAPTURE(row.name, row.version);
  TemporaryDirectory directory;
  Staging const staging(directory.path());
  OneChart world;
  world.chart.name = row.name;
  world.chart.version = row.version;
  auto const packaged = world.packaged(chart_files("web", "1.1.0"), staging);
  if (std::string(row.found).empty()) {
    REQUIRE(packaged);
    CHECK_FALSE(world.findings.refused());
    CHECK(packaged->name() == "web-1.1.0.tgz");
    CHECK(packaged->time() == tag_time);
    CHECK(std::filesystem::file_size(packaged->file()) == packaged->size());
    CHECK(acr::sha256_text(acr::read_file(packaged->file(), 1 << 20)) == packaged->digest());
    return;
  }
  CHECK_FALSE(packaged);
  REQUIRE(findings_of(world.findings.refusals) == Findings{"name-mismatch @ charts/web"});
  CHECK(world.findings.refusals.front().found_value == row.found);
  CHECK(std::filesystem::is_empty(staging.path()));
}

TEST_CASE("what cannot be packaged is refused, and what is odd is a warning that points at its line", "[release]") {
  TemporaryDirectory directory;
  Staging const staging(directory.path());
  auto files = chart_files("web", "1.1.0");
  OneChart world;
  SECTION("refused") {
    files["charts/web/values.yaml"] = "a: [\n";
    CHECK_FALSE(world.packaged(files, staging));
    CHECK(findings_of(world.findings.refusals) == Findings{"values-yaml @ charts/web: values.yaml:2"});
  }
  SECTION("warned of") {
    files["charts/web/Chart.yaml"] = "apiVersion: v2\nname: web\nversion: 1.1.0\n";
    CHECK(world.packaged(files, staging));
    CHECK(world.findings.refusals.empty());
    CHECK(findings_of(world.findings.warnings) == Findings{"no-icon @ charts/web/Chart.yaml"});
  }
}

TEST_CASE(
    "a packaged chart has its source digest (B-3), and a file of it that nobody can read has none, packaged or not (B-1b)",
    "[release]") {
  TemporaryDirectory directory;
  Staging const staging(directory.path());
  auto files = chart_files("web", "1.1.0");
  auto const left_out = std::string("charts/web/charts/_notes/a.yaml");  // never packaged (P-55), and part of the digest
  auto const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, 'a') + "\nsize 12345\n";
  files[left_out] = "plain: true\n";
  OneChart world;
  auto const packaged = world.packaged(files, staging);
  REQUIRE(packaged);
  CHECK(packaged->source_digest() == acr::chart::source_digest(tree_of(files), "charts/web").value());

  files[left_out] = pointer;
  OneChart unread;
  CHECK_FALSE(unread.packaged(files, staging));
  CHECK(findings_of(unread.findings.refusals) == Findings{"chart-unreadable @ charts/web"});
}

TEST_CASE("the size of a chart is what is packaged, whether its tree knows sizes or not", "[release]") {
  auto files = chart_files("web", "1.1.0");
  auto const before = acr::chart::source_content(tree_of(files), "charts/web").value();
  files["charts/web/five"] = "12345";
  files["charts/web/charts/_notes/a.yaml"] = "plain: true\n";  // never packaged (P-55)
  auto const after = acr::chart::source_content(tree_of(files), "charts/web").value();
  CHECK(after.bytes == before.bytes + 5);
  CHECK(after.files == before.files + 2);
  CHECK(after.largest_bytes >= 5);
  CHECK(after.digest == acr::chart::source_digest(tree_of(files), "charts/web").value());
}

TEST_CASE("a chart that an archive makes larger than an ordinary one is packaged all the same (B-25)", "[release]") {
  TemporaryDirectory directory;
  Staging const staging(directory.path());
  acr::chart::PackageOptions options;
  options.time = 1'790'000'100;
  auto inner = tree_of({{"charts/inner/Chart.yaml", "apiVersion: v2\nname: inner\nversion: 1.0.0\n"}});
  for (int i = 0; i < 3; ++i) inner.file("charts/inner/f" + std::to_string(i), std::string(4'000'000, 'x'));
  auto files = chart_files("web", "1.1.0");
  files["charts/web/charts/inner-1.0.0.tgz"] = acr::chart::package(inner, "charts/inner", options).value().bytes;
  CHECK(acr::chart::source_content(tree_of(files), "charts/web").value().bytes < 1'000'000);
  OneChart world;
  auto const packaged = world.packaged(files, staging, true);
  REQUIRE(packaged);
  CHECK(packaged->digest() == acr::chart::package(tree_of(files), "charts/web", options).value().digest);
}

TEST_CASE("the disk must hold twice the charts and 64 MiB, where they are staged and where they go (section 11)", "[release]") {
  TemporaryDirectory directory;
  Staging const staging(directory.path());
  RunSettings settings;
  settings.workspace = directory.path() / "workspace";  // not there yet
  settings.inputs.output_dir = "out/deep";
  CHECK(acr::release::check_space(1 << 20, staging, settings).has_value());

  SECTION("too much content") {
    auto const full = acr::release::check_space(std::uint64_t{1} << 60, staging, settings);
    REQUIRE(full.has_error());
    CHECK(full.error().code == "no-space");
    CHECK(full.error().where == staging.path().string());
    CHECK(full.error().expected_value ==
          std::to_string(2 * (std::uint64_t{1} << 60) + (std::uint64_t{64} << 20)) + " free bytes");
  }
  SECTION("no room where the output goes") {
    settings.workspace = "/proc";  // has no free block
    auto const full = acr::release::check_space(1 << 20, staging, settings);
    REQUIRE(full.has_error());
    CHECK(full.error().where == "/proc/out/deep");
  }
}

TEST_CASE("no temporary directory, no run", "[release]") {
  TemporaryDirectory directory;
  auto const file = directory.path() / "file";
  acr::write_file(file, "x");
  try {
    Staging const staging(file);
    FAIL("nothing was thrown");
  } catch (acr::BadEnvironment const& error) {
    CHECK(error.code() == "no-temporary-directory");
  }
  std::filesystem::path made;
  {
    Staging const staging(directory.path());
    made = staging.path();
    acr::write_file(made / "p.tgz", "x");
  }
  CHECK_FALSE(std::filesystem::exists(made));
}

}  // namespace
}  // namespace packaged_chart_test
