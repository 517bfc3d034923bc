// The output directory: what is left behind, and what is published.
#include "release/output_directory.hpp"

#include "release/one_chart.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"

namespace output_directory_test {
namespace {

using namespace acr::test;
using acr::release::RunSettings;
using acr::release::Staging;

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
  OneChart world;
  Staging const staging(directory.path());
  auto const packaged = world.packaged(chart_files("web", "1.1.0"), staging).value();
  std::vector const charts{acr::release::ProvenChart::prove(packaged, world.verified_lineage(), {}).value()};
  acr::release::ReleaseFiles files;
  files.checksums = "sums";
  files.others = {acr::release::published_file("out/report.json", "{}")};

  SECTION("whole") {
    files.others.push_back(acr::release::published_file("manifest.json", "{}"));
    acr::release::publish(charts, files, settings);
    for (auto const name : {"out/checksums.txt", "out/web-1.1.0.tgz", "out/report.json", "manifest.json"})
      CHECK(std::filesystem::exists(settings.workspace / name));
    CHECK(acr::sha256_text(acr::read_file(settings.workspace / "out/web-1.1.0.tgz", 1 << 20)) == packaged.digest());
  }
  SECTION("no chart is proved") {
    files.checksums.clear();
    acr::release::publish({}, files, settings);
    CHECK(std::filesystem::exists(settings.workspace / "out/report.json"));
    CHECK_FALSE(std::filesystem::exists(settings.workspace / "out/web-1.1.0.tgz"));
    CHECK_FALSE(std::filesystem::exists(settings.workspace / "out/checksums.txt"));
  }
  SECTION("the staged package is gone") {
    std::filesystem::remove(packaged.file());
    CHECK_THROWS(acr::release::publish(charts, files, settings));
    CHECK(std::filesystem::is_empty(settings.workspace));
  }
  SECTION("the last file has no place") {
    acr::write_file(settings.workspace / "file", "x");
    files.others.push_back(acr::release::published_file("file/manifest.json", "{}"));
    CHECK_THROWS(acr::release::publish(charts, files, settings));
    CHECK_FALSE(std::filesystem::exists(settings.workspace / "out"));
  }
}

}  // namespace
}  // namespace output_directory_test
