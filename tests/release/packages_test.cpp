// Packages on disk: names, warnings, room, what is left behind and what is published (A-6, A-17, A-33, A-45; section 11).
#include "release/packages.hpp"

#include "chart/source_list.hpp"
#include "memory/tree.hpp"
#include "release/pipeline_world.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"

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

namespace {

using namespace acr::test;
using acr::release::ChartWork;
using acr::release::RunSettings;
using acr::release::Staging;

ChartWork web_chart(std::string const& version = "1.1.0") {
  ChartWork work;
  work.chart.path = work.record.path = "charts/web";
  work.record.name = "web";
  work.record.version = version;
  work.record.tag = "web-v" + version;
  work.tag.emplace();
  work.tag->commit.committer_time = 1'790'000'100;
  return work;
}

acr::chart::MemoryTree tree_of(Files const& files) {
  acr::chart::MemoryTree tree;
  for (auto const& [path, bytes] : files) tree.file(path, bytes);
  return tree;
}

TEST_CASE("a package must be called as its tag says (A-45)", "[release]") {
  struct Row {
    char const *name, *version, *found;
  };
  auto const row = GENERATE(values<Row>({{"web", "1.1.0", ""}, {"web", "1.1.1", "web 1.1.0"}, {"Web", "1.1.0", "web 1.1.0"}}));
  CAPTURE(row.name, row.version);
  TemporaryDirectory directory;
  Staging const staging(directory.path());
  auto work = web_chart(row.version);
  work.record.name = row.name;
  acr::release::stage_package(work, tree_of(chart_files("web", "1.1.0")), nullptr, staging, {});
  if (std::string(row.found).empty()) {
    CHECK_FALSE(work.refused());
    CHECK(work.record.package == "web-1.1.0.tgz");
    CHECK(std::filesystem::file_size(work.staged) == work.record.size);
    CHECK(acr::sha256_text(acr::read_file(work.staged, 1 << 20)) == work.record.digest);
    return;
  }
  REQUIRE(findings_of(work.record.refusals) == Findings{"name-mismatch @ charts/web"});
  CHECK(work.record.refusals.front().found_value == row.found);
  CHECK(work.staged.empty());
  CHECK(work.record.digest.empty());
  CHECK(std::filesystem::is_empty(staging.path()));
}

TEST_CASE("what cannot be packaged is refused, and what is odd is a warning that points at its line", "[release]") {
  TemporaryDirectory directory;
  Staging const staging(directory.path());
  auto files = chart_files("web", "1.1.0");
  auto work = web_chart();
  SECTION("refused") {
    files["charts/web/values.yaml"] = "a: [\n";
    acr::release::stage_package(work, tree_of(files), nullptr, staging, {});
    CHECK(findings_of(work.record.refusals) == Findings{"values-yaml @ charts/web: values.yaml:2"});
    CHECK(work.staged.empty());
  }
  SECTION("warned of") {
    files["charts/web/Chart.yaml"] = "apiVersion: v2\nname: web\nversion: 1.1.0\n";
    acr::release::stage_package(work, tree_of(files), nullptr, staging, {});
    CHECK(work.record.refusals.empty());
    CHECK(findings_of(work.record.warnings) == Findings{"no-icon @ charts/web/Chart.yaml"});
  }
}

TEST_CASE("a packaged chart has its source digest (B-3); a file of it that nobody can read has none, packaged or not (B-1b)",
          "[release]") {
  TemporaryDirectory directory;
  Staging const staging(directory.path());
  auto files = chart_files("web", "1.1.0");
  auto const left_out = std::string("charts/web/charts/_notes/a.yaml");  // never packaged (P-55), and part of the digest
  auto const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, 'a') + "\nsize 12345\n";
  files[left_out] = "plain: true\n";
  auto work = web_chart();
  acr::release::stage_package(work, tree_of(files), nullptr, staging, {});
  CHECK(findings_of(work.record.refusals).empty());
  CHECK(work.record.source_digest == acr::chart::source_digest(tree_of(files), "charts/web").value());

  files[left_out] = pointer;
  auto unread = web_chart();
  acr::release::stage_package(unread, tree_of(files), nullptr, staging, {});
  CHECK(findings_of(unread.record.refusals) == Findings{"chart-unreadable @ charts/web"});
  CHECK(unread.record.source_digest.empty());
  CHECK(unread.staged.empty());
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
  auto work = web_chart();
  work.source = acr::chart::source_content(tree_of(files), "charts/web").value();
  CHECK(work.source->bytes < 1'000'000);
  acr::release::stage_package(work, tree_of(files), nullptr, staging, {});
  CHECK(findings_of(work.record.refusals).empty());
  CHECK(work.record.digest == acr::chart::package(tree_of(files), "charts/web", options).value().digest);
}

TEST_CASE("the disk must hold twice the charts and 64 MiB, where they are staged and where they go (section 11)", "[release]") {
  TemporaryDirectory directory;
  Staging const staging(directory.path());
  RunSettings settings;
  settings.workspace = directory.path() / "workspace";  // not there yet
  settings.inputs.output_dir = "out/deep";
  std::vector<ChartWork> works(2);
  works[0].source = {{.digest = {}, .bytes = 1 << 20}};
  CHECK_FALSE(acr::release::no_space(works, staging, settings));

  SECTION("too much content") {
    works[1].source = {{.digest = {}, .bytes = std::uint64_t{1} << 60}};
    auto const full = acr::release::no_space(works, staging, settings);
    REQUIRE(full);
    CHECK(full->code == "no-space");
    CHECK(full->where == staging.path().string());
    CHECK(full->expected_value ==
          std::to_string(2 * ((std::uint64_t{1} << 60) + (1 << 20)) + (std::uint64_t{64} << 20)) + " free bytes");
  }
  SECTION("no room where the output goes") {
    settings.workspace = "/proc";  // has no free block
    auto const full = acr::release::no_space(works, staging, settings);
    REQUIRE(full);
    CHECK(full->where == "/proc/out/deep");
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

// An output directory after a run, with `more` beside.
struct Leftovers {
  TemporaryDirectory directory;
  RunSettings settings;
  std::filesystem::path out;

  Leftovers() {
    settings.workspace = directory.path();
    settings.inputs.output_dir = "out";
    settings.inputs.manifest_path = "manifest.json";
    settings.inputs.clean = true;
    out = directory.path() / "out";
    std::filesystem::create_directories(out);
    put("checksums.txt", std::string(64, 'a') + "  web-1.0.0.tgz\n");
    put("web-1.0.0.tgz", "x");
    put("tag-verification.json", "x");
    acr::write_file(directory.path() / "manifest.json", "x");
  }
  void put(std::string const& name, std::string const& bytes) const { acr::write_file(out / name, bytes); }
  std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (auto const& item : std::filesystem::directory_iterator(out)) names.push_back(item.path().filename().string());
    std::ranges::sort(names);
    return names;
  }
};

TEST_CASE("what an earlier run left goes, what others put there stays and is named (A-6)", "[release]") {
  Leftovers world;
  SECTION("nothing else") {
    CHECK(acr::release::remove_stale(world.settings).empty());
    CHECK(world.left().empty());
    CHECK_FALSE(std::filesystem::exists(world.directory.path() / "manifest.json"));
  }
  SECTION("a package that no checksums file names") {
    world.put("api-1.0.0.tgz", "x");
    CHECK(acr::release::remove_stale(world.settings) == std::vector<std::string>{"api-1.0.0.tgz"});
    CHECK(world.left() == std::vector<std::string>{"api-1.0.0.tgz"});
  }
  SECTION("checksums that cannot be read name nothing") {
    world.put("checksums.txt", "what\n");
    CHECK(acr::release::remove_stale(world.settings) == std::vector<std::string>{"web-1.0.0.tgz"});
  }
  SECTION("checksums that are too long name nothing") {
    world.put("checksums.txt", std::string(600'000, 'a'));
    CHECK(acr::release::remove_stale(world.settings) == std::vector<std::string>{"web-1.0.0.tgz"});
  }
  SECTION("a directory under the name of a package stays") {
    std::filesystem::remove(world.out / "web-1.0.0.tgz");
    std::filesystem::create_directory(world.out / "web-1.0.0.tgz");
    CHECK(acr::release::remove_stale(world.settings).empty());
    CHECK(world.left() == std::vector<std::string>{"web-1.0.0.tgz"});
  }
  SECTION("clean: false") {
    world.settings.inputs.clean = false;
    CHECK(acr::release::remove_stale(world.settings).empty());
    CHECK(world.left().size() == 3);
    CHECK(std::filesystem::exists(world.directory.path() / "manifest.json"));
  }
  SECTION("no directory yet") {
    std::filesystem::remove_all(world.out);
    CHECK(acr::release::remove_stale(world.settings).empty());
  }
}

TEST_CASE("what cannot be published whole is not published at all", "[release]") {
  TemporaryDirectory directory;
  RunSettings settings;
  settings.workspace = directory.path() / "workspace";
  std::filesystem::create_directories(settings.workspace);
  settings.inputs.output_dir = "out";
  std::vector<ChartWork> works{web_chart()};
  works[0].record.status = acr::report::ChartStatus::packaged;
  works[0].record.package = "web-1.1.0.tgz";
  works[0].staged = directory.path() / "staged.tgz";
  acr::write_file(works[0].staged, "package");

  SECTION("whole") {
    acr::release::publish(
        works, "sums",
        {acr::release::published_file("out/report.json", "{}"), acr::release::published_file("manifest.json", "{}")}, settings);
    for (auto const name : {"out/checksums.txt", "out/web-1.1.0.tgz", "out/report.json", "manifest.json"})
      CHECK(std::filesystem::exists(settings.workspace / name));
  }
  SECTION("a chart that is not packaged") {
    works[0].record.status = acr::report::ChartStatus::refused;
    acr::release::publish(works, "", {acr::release::published_file("out/report.json", "{}")}, settings);
    CHECK_FALSE(std::filesystem::exists(settings.workspace / "out/web-1.1.0.tgz"));
    CHECK_FALSE(std::filesystem::exists(settings.workspace / "out/checksums.txt"));
  }
  SECTION("the staged package is gone") {
    std::filesystem::remove(works[0].staged);
    CHECK_THROWS(acr::release::publish(works, "sums", {acr::release::published_file("out/report.json", "{}")}, settings));
    CHECK(std::filesystem::is_empty(settings.workspace));
  }
  SECTION("the last file has no place") {
    acr::write_file(settings.workspace / "file", "x");
    CHECK_THROWS(acr::release::publish(
        works, "sums",
        {acr::release::published_file("out/report.json", "{}"), acr::release::published_file("file/manifest.json", "{}")},
        settings));
    CHECK_FALSE(std::filesystem::exists(settings.workspace / "out"));
  }
}

}  // namespace
