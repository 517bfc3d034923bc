// Each refusal of this room at its own place: the sentence tells which check refused. Beside each what passes.

#include <filesystem>
#include <functional>
#include <map>

#include "chart/archive_reader.hpp"
#include "chart/changed_charts.hpp"
#include "chart/chart_files.hpp"
#include "chart/chart_loader.hpp"
#include "chart/chart_reader.hpp"
#include "chart/directory_tree.hpp"
#include "chart/go_json.hpp"
#include "chart/gzip_writer.hpp"
#include "chart/link_resolution.hpp"
#include "chart/local_dependency.hpp"
#include "chart/package_command.hpp"
#include "chart/packager.hpp"
#include "chart/read_metadata.hpp"
#include "chart/source_list.hpp"
#include "chart/tar_writer.hpp"
#include "memory/tree.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/no_more_files.hpp"
#include "support/temporary_directory.hpp"

namespace refusal_places_test {
namespace {

using namespace acr;
using namespace acr::chart;
namespace fs = std::filesystem;

std::string chart_yaml(std::string const& name, std::string const& more = "") {
  return "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n" + more;
}

std::string const lfs_pointer =
    "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, 'a') + "\nsize 12345\n";

std::string archive(std::vector<std::pair<std::string, std::string>> const& files) {
  std::string tar;
  TarWriter writer([&](std::string_view bytes) { tar.append(bytes); });
  for (auto const& [name, bytes] : files) writer.file(name, bytes, 1600000000);
  writer.finish();
  return gzip(tar);
}

/// "code: place: sentence", or "taken".
template <class T>
std::string said(Verdict<T> const& verdict) {
  return verdict ? std::string("taken")
                 : std::string(verdict.error().code.text()) + ": " + verdict.error().where + ": " + verdict.error().why;
}

PackageOptions at_time() {
  PackageOptions options;
  options.time = 1700000000;
  options.dependencies_must_be_present = false;
  return options;
}

/// The words of the std::runtime_error that `action` throws; "nothing" when it throws none.
std::string thrown(std::function<void()> const& action) {
  try {
    action();
  } catch (std::runtime_error const& error) {
    return error.what();
  }
  return "nothing";
}

/// A tree that loses a directory after it was asked for it `times` times.
struct ForgetfulTree final : SourceTree {
  MemoryTree tree;
  std::string lost = "-";
  mutable int times = 0;
  std::optional<Node> node(std::string_view path) const override {
    if (path == lost && times-- <= 0) return {};
    return tree.node(path);
  }
  std::vector<Node> list(std::string_view path) const override { return tree.list(path); }
  std::optional<std::string> read(std::string_view path, std::size_t limit) const override { return tree.read(path, limit); }
  std::string link_target(std::string_view path) const override { return tree.link_target(path); }
};

/// `count` keys of a map in YAML's flow form.
std::string keys(std::size_t count) {
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "k" : ",k") + std::to_string(i) + ": v";
  return text + "}";
}

TEST_CASE("an ignore file is a file that can be read", "[chart]") {
  auto const walked = [](std::function<void(MemoryTree&)> const& add) {
    MemoryTree tree;
    tree.file("c/Chart.yaml", chart_yaml("c")).file("rules", "*.md\n");
    add(tree);
    return said(chart_files(tree, "c"));
  };
  CHECK(walked([](MemoryTree& t) { t.file("c/.helmignore", "*.md\n"); }) == "taken");
  CHECK(walked([](MemoryTree& t) { t.symlink("c/.helmignore", "../rules"); }) == "taken");
  CHECK(walked([](MemoryTree& t) { t.symlink("c/.helmignore", "../none"); }) ==
        "link-dangling: .helmignore: the path leads to nothing");
  CHECK(walked([](MemoryTree& t) { t.symlink("c/.helmignore", "..").directory("d"); }) ==
        "ignore-unreadable: .helmignore: the file cannot be read");
  CHECK(walked([](MemoryTree& t) { t.directory("c/.helmignore"); }) ==
        "ignore-unreadable: .helmignore: the file cannot be read");
  CHECK(walked([](MemoryTree& t) {
          t.file("c/.helmignore", std::string(text_bytes, '#'));
        }).starts_with("ignore-rule"));  // a line is shorter
  CHECK(walked([](MemoryTree& t) { t.file("c/.helmignore", std::string(text_bytes, '\n')); }) == "taken");
  CHECK(walked([](MemoryTree& t) { t.file("c/.helmignore", std::string(text_bytes + 1, '\n')); }) ==
        "ignore-unreadable: .helmignore: the file is too large");
}

TEST_CASE("each chart that cannot be loaded is refused for what is wrong with it", "[chart]") {
  auto const loaded = [](std::function<void(MemoryTree&)> const& add, PackageOptions const& options = at_time()) {
    MemoryTree tree;
    tree.file("c/Chart.yaml", chart_yaml("c"));
    add(tree);
    return said(load_chart(tree, "c", options));
  };
  auto const below = [](std::string const& requirements) {
    return [=](MemoryTree& t) {
      t.file("c/charts/d/Chart.yaml", "apiVersion: v1\nname: d\nversion: 1.0.0\n")
          .file("c/charts/d/requirements.yaml", requirements);
    };
  };
  CHECK(loaded(below("dependencies: []\n")) == "taken");
  CHECK(loaded(below("dependencies: 1\n")).starts_with("chart-yaml: charts/d: requirements.yaml:1: "));
  CHECK(loaded([](MemoryTree& t) {
          t.file("c/Chart.yaml", "apiVersion: v2\nname: [c]\nversion: 1.0.0\n");
        }).starts_with("chart-yaml: Chart.yaml:2: "));

  // The way out of an archive that others made is said, whatever is wrong inside.
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c")).file("c/charts/d.tgz", archive({{"d/Chart.yaml", chart_yaml("d")}}));
  CHECK(load_chart(tree, "c", at_time()).has_value());
  tree.file("c/charts/d.tgz", archive({{"d/Chart.yaml", "apiVersion: v2\nname: d\nversion: none\n"}}));
  auto const inside = load_chart(tree, "c", at_time());
  REQUIRE(inside.has_error());
  CHECK(inside.error().code == "chart-metadata");
  CHECK(inside.error().fix_text.find("pack it again with `helm package`") != std::string::npos);

  auto options = at_time();
  options.limits.chart_bytes = chart_yaml("c").size() + 10;
  CHECK(loaded([](MemoryTree& t) { t.file("c/a", std::string(9, 'x')); }, options) == "taken");
  CHECK(loaded([](MemoryTree& t) { t.file("c/a", std::string(10, 'x')); }, options) ==
        "chart-too-large: a: the chart's files are too large together: no Helm could load the package");

  CHECK(said(load_archive(archive({{"d/Chart.yaml", chart_yaml("d")}}), "d.tgz")) == "taken");
  CHECK(said(load_archive("no gzip", "d.tgz")).starts_with("archive-gzip: d.tgz: "));
}

TEST_CASE("a lock that says what is fetched is read before anything is placed, hidden or not", "[chart]") {
  auto const loaded = [](std::string const& lock, std::string const& ignore, bool read,
                         std::string const& extra = "d-1.0.0.tgz") {
    MemoryTree tree;
    tree.file("c/Chart.yaml", chart_yaml("c")).file("c/Chart.lock", lock).file("c/.helmignore", ignore);
    auto options = at_time();
    options.read_build_lock = read;
    options.extra_archives.push_back(
        {extra, std::make_shared<std::string const>(archive({{"d/Chart.yaml", chart_yaml("d")}}))});
    return said(load_chart(tree, "c", options));
  };
  std::string const good = "digest: x\n", broken = "digest: [\n", hide = "Chart.lock\n", bad_name = "d.tar";
  CHECK(loaded(good, "", true) == "taken");
  CHECK(loaded(good, hide, true) == "taken");
  CHECK(loaded(broken, hide, false) == "taken");
  CHECK(loaded(broken, hide, true).starts_with("chart-lock: Chart.lock:"));
  CHECK(loaded(lfs_pointer, hide, true) == "lfs-pointer: Chart.lock: this is a pointer of Git LFS, not the file itself");
  CHECK(loaded(good, "", true, bad_name).starts_with("bad-file-name: "));
  CHECK(loaded(broken, "", true, bad_name).starts_with("chart-lock: Chart.lock:"));

  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c")).file("c/.helmignore", hide).symlink("c/Chart.lock", "../lock");
  CHECK(said(read_chart(tree, "c")) == "link-dangling: Chart.lock: the path leads to nothing");
  tree.file("lock", good);
  CHECK(said(read_chart(tree, "c")) == "taken");
  // Its target goes away while the chart is read, at last where the hidden lock is looked for.
  ForgetfulTree forgetful;
  forgetful.tree = tree;
  forgetful.lost = "lock";
  int looks = 0;
  for (; looks < 10; ++looks) {
    forgetful.times = looks;
    auto const reading = said(read_chart(forgetful, "c"));
    if (reading == "taken") break;
    CHECK(reading == "link-dangling: Chart.lock: the path leads to nothing");
  }
  CHECK((looks > 0 && looks < 10));
  CHECK(said(read_chart(tree, "lock")) == "no-chart-directory: : this is not a directory");
}

TEST_CASE("a fetched archive needs a file name and a size that fit", "[chart]") {
  for (auto const* const name : {"d.tar", "a/d.tgz", "_d.tgz", ".d.tgz", "a\\d.tgz", "\x01.tgz"}) {
    CAPTURE(name);
    auto const place = check_place(IgnoreRules(), name);
    REQUIRE(place.has_error());
    CHECK(place.error().code == "bad-file-name");
    CHECK(place.error().where == "charts/" + std::string(name));
  }
  CHECK(check_place(IgnoreRules(), "d-1.0.0.tgz").has_value());

  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"));
  auto const bytes = archive({{"d/Chart.yaml", chart_yaml("d")}});
  auto options = at_time();
  options.extra_archives.push_back({"d-1.0.0.tgz", std::make_shared<std::string const>(bytes)});
  options.limits.file_bytes = bytes.size();
  CHECK(said(load_chart(tree, "c", options)) == "taken");
  options.limits.file_bytes = bytes.size() - 1;
  auto const large = load_chart(tree, "c", options);
  CHECK(said(large) == "dep-too-large: charts/d-1.0.0.tgz: the fetched archive is too large for a chart");
  CHECK(large.error().expected_value == "at most " + std::to_string(bytes.size() - 1) + " bytes");
  CHECK(large.error().found_value == std::to_string(bytes.size()) + " bytes");
}

TEST_CASE("what a finished package says of itself is read as strictly as a chart", "[chart]") {
  std::string const v1 = "apiVersion: v1\nname: c\nversion: 1.0.0\n";
  CHECK(said(packaged_metadata(v1, "dependencies: []\n")) == "taken");
  CHECK(said(packaged_metadata("name: [", {})).starts_with("chart-yaml: Chart.yaml:"));
  CHECK(said(packaged_metadata("apiVersion: v1\nname: [c]\n", {})).starts_with("chart-yaml: Chart.yaml:2: "));
  CHECK(said(packaged_metadata(v1, "dependencies: 1\n")).starts_with("chart-yaml: requirements.yaml:1: "));
  CHECK(said(packaged_metadata("apiVersion: v1\nname: a/c\nversion: 1.0.0\n", {})) ==
        "chart-metadata: Chart.yaml:2: chart.metadata.name \"a/c\" is invalid");
  ChartMetadata metadata;
  metadata.name = "c";
  metadata.version = "1.0.0";
  CHECK(said(validate(metadata, "Chart.yaml")) == "chart-metadata: Chart.yaml: chart.metadata.apiVersion is required");
  metadata.api_version = "v2";
  CHECK(said(validate(metadata, "Chart.yaml")) == "taken");
}

TEST_CASE("each package that cannot be written is refused where it cannot", "[chart]") {
  auto const made = [](std::map<std::string, std::string> const& files, PackageOptions const& options = at_time()) {
    MemoryTree tree;
    tree.file("c/Chart.yaml", chart_yaml("c"));
    for (auto const& [path, bytes] : files) tree.file("c/" + path, bytes);
    return said(package(tree, "c", options));
  };
  auto const annotated = [](std::size_t count) { return chart_yaml("c", "annotations: " + keys(count) + "\n"); };
  CHECK(made({{"Chart.yaml", annotated(10'000)}}) == "taken");
  CHECK(made({{"Chart.yaml", annotated(10'001)}}) ==
        "chart-yaml-unwritable: c: Chart.yaml: \"annotations\": there are too many annotations");
  CHECK(made({{"charts/d/Chart.yaml", annotated(10'001)}}) ==
        "chart-yaml-unwritable: c: charts/d: Chart.yaml: \"annotations\": there are too many annotations");

  auto const importing = [](std::size_t count) {
    return "dependencies:\n- name: d\n  version: 1.0.0\n  repository: https://h/s\n  import-values: [" + keys(count) + "]\n";
  };
  CHECK(made({{"Chart.lock", importing(10'000)}}) == "taken");
  CHECK(made({{"Chart.lock", importing(10'001)}}) ==
        "chart-yaml-unwritable: c: Chart.lock: \"import-values\": a map holds too many keys");

  // A provenance file is no part of the subchart, but lies where that would be unpacked.
  auto const packed = archive({{"d/Chart.yaml", chart_yaml("d")}, {"d/a.prov", "inside"}});
  CHECK(made({{"charts/d.tgz", packed}, {"charts/e/a.prov", "beside"}}) == "taken");
  auto warned = at_time();
  warned.case_collision_is_warning = true;
  CHECK(made({{"charts/d.tgz", packed}, {"charts/d/a.prov", "beside"}}, warned) ==
        "path-collision: c: c/charts/d/a.prov: two files of the package have the same path");

  auto few = at_time();
  few.limits.files = 3;  // Chart.yaml, and two that the archive holds
  CHECK(made({{"charts/d.tgz", packed}}, few) == "taken");
  few.limits.files = 2;
  CHECK(made({{"charts/d.tgz", packed}}, few) == "too-many-files: c: the package would hold too many files");

  MemoryTree timed;
  timed.file("c/Chart.yaml", chart_yaml("c"), 1).file("c/Chart.lock", "digest: x\n", 2);
  PackageOptions own;
  CHECK(said(package(timed, "c", own)) == "taken");
  timed.file("c/Chart.lock", "digest: x\n");
  CHECK_THROWS_AS(package(timed, "c", own), std::logic_error);
}

TEST_CASE("a file whose size only reading shows is held to the limit, too, and so is the chart", "[chart]") {
  /// As a source that tells no sizes; without ids contents are read for the list already.
  struct Bare final : SourceTree {
    MemoryTree tree;
    bool ids = true;
    Node bare(Node node) const {
      node.size.reset();
      if (!ids) node.id.clear();
      return node;
    }
    std::optional<Node> node(std::string_view path) const override {
      auto found = tree.node(path);
      return found ? std::optional(bare(*found)) : std::nullopt;
    }
    std::vector<Node> list(std::string_view path) const override {
      auto nodes = tree.list(path);
      for (auto& node : nodes) node = bare(node);
      return nodes;
    }
    std::optional<std::string> read(std::string_view path, std::size_t limit) const override { return tree.read(path, limit); }
    std::string link_target(std::string_view path) const override { return tree.link_target(path); }
  };
  Limits limits;
  limits.file_bytes = 100;
  limits.chart_bytes = chart_yaml("c").size() + std::string("Chart.lock\n").size() + 151;
  auto const tree_with = [&](std::size_t file, std::size_t other, std::size_t lock) {
    Bare bare;
    bare.tree.file("c/Chart.yaml", chart_yaml("c")).file("c/.helmignore", "Chart.lock\n");
    bare.tree.file("c/a", std::string(file, 'x'))
        .file("c/b", std::string(other, 'y'))
        .file("c/Chart.lock", std::string(lock, 'z'));
    return bare;
  };
  auto const digest = [&](std::size_t file, std::size_t other, std::size_t lock) {
    auto const found = source_digest(tree_with(file, other, lock), "c", limits);
    return found ? std::string("taken") : found.error().found_value;
  };
  CHECK(digest(100, 50, 100) == "taken");
  CHECK(said(source_records(tree_with(100, 50, 100), "c", limits)) == "taken");
  CHECK(said(source_records(tree_with(101, 0, 0), "c", limits)) ==
        "chart-unreadable: c: the chart cannot be read, so its content has no digest");
  CHECK(digest(101, 0, 0).starts_with("file-too-large, a: the file is too large for a chart; expected at most 100 bytes"));
  CHECK(digest(0, 0, 101).starts_with("file-too-large, lock://Chart.lock: the file is too large for a chart"));
  CHECK(digest(100, 51, 0).starts_with("chart-too-large, b: the chart's files are too large together"));
  auto const listed = [&](std::size_t file, std::size_t lock) {
    auto bare = tree_with(file, 0, lock);
    bare.ids = false;
    return said(source_list(bare, "c", limits));
  };
  CHECK(listed(100, 100) == "taken");
  CHECK(listed(101, 0) == "file-too-large: c: a: the file is too large for a chart");
  CHECK(listed(0, 101) == "file-too-large: c: Chart.lock: the file is too large for a chart");
}

TEST_CASE("import-values have as many values as they say, each key once", "[chart]") {
  auto const read = [](std::string const& values) {
    return said(read_metadata(chart_yaml("c", "dependencies:\n- name: d\n  import-values: " + values + "\n"), "Chart.yaml"));
  };
  CHECK(read("[{1: a, '2': b}]") == "taken");
  CHECK(read("[{1: a, '1': b}]") == "chart-yaml: Chart.yaml:6: two keys become the same text, and Helm picks one at random");
  auto const expanded = [&](int lists) {
    std::string text = "[&x [a";
    for (int i = 1; i < 1000; ++i) text += ",a";
    text += "]";
    for (int i = 1; i < lists; ++i) text += ",*x";
    return read(text + "]");
  };
  CHECK(expanded(99) == "taken");
  CHECK(expanded(100) == "chart-yaml: Chart.yaml:6: import-values holds too many values");
}

TEST_CASE("a hidden lock that cannot be read is another lock", "[chart]") {
  auto const refused = [](std::string const& before, std::string const& after) {
    auto const tree_with = [](std::string const& lock) {
      MemoryTree tree;
      tree.file("charts/c/Chart.yaml", chart_yaml("c", "dependencies:\n- {name: d, version: 1.x, repository: 'https://h/s'}\n"))
          .file("charts/c/.helmignore", "Chart.lock\n")
          .file("charts/c/Chart.lock", lock);
      return tree;
    };
    auto const changed = changed_charts(tree_with(before), tree_with(after), {{"charts"}, {}}).value();
    return changed.refused.empty() ? std::string("same") : std::string(changed.refused.front().why.code.text());
  };
  CHECK(refused("digest: x\n", "# as it was\ndigest: x\n") == "same");
  CHECK(refused("digest: x\n", "digest: y\n") == "version-not-bumped");
  CHECK(refused(lfs_pointer, "digest: x\n") == "version-not-bumped");
  CHECK(refused("digest: x\n", lfs_pointer) == "version-not-bumped");
}

TEST_CASE("each link that leads nowhere is refused for what is wrong with it", "[chart]") {
  ForgetfulTree tree;
  tree.tree.file("d/file", "x").file("e/file", "y").symlink("d/link", "../e/file");
  tree.tree.symlink("d/nul", std::string("a\0b", 3));
  auto const found = [&](std::string const& path, std::string const& lost = "-", int times = 0) {
    tree.lost = lost;
    tree.times = times;
    return said(resolve(tree, path));
  };
  CHECK(found("d/link") == "taken");
  CHECK(found("d/../e/file") == "taken");
  CHECK(found("d/file/x") == "link-dangling: d/file/x: the path leads through a file");
  CHECK(found("d/nul") == "link-dangling: d/nul: the link's target holds a NUL byte");
  CHECK(found("d/none") == "link-dangling: d/none: the path leads to nothing");
  // What goes away while it is looked at.
  CHECK(found("d/link", "", 0) == "link-dangling: d/link: the repository has no root");
  CHECK(found("d/../e/file", "", 1) == "link-dangling: d/../e/file: the path leads to nothing");
  CHECK(found("d/link", "d", 1) == "link-dangling: d/link: the path leads to nothing");
}

TEST_CASE("each local dependency that is none is refused for what is wrong with it", "[chart]") {
  MemoryTree tree;
  tree.file("charts/app/Chart.yaml", chart_yaml("app"))
      .file("charts/app/lib/Chart.yaml", chart_yaml("inner"))
      .file("charts/lib/Chart.yaml", chart_yaml("lib"))
      .file("charts/file", "")
      .file("charts/empty/x", "");
  auto const found = [&](std::string const& repository, std::string const& root = "charts/app") {
    return said(local_dependency(tree, root, repository));
  };
  CHECK(found("file://../lib") == "taken");
  CHECK(found("file://lib") == "taken");
  CHECK(found("file:///lib") == "dep-local-path: Chart.yaml: the path of a local dependency is absolute");
  CHECK(found("file://../../../lib") == "dep-local-path: Chart.yaml: a local dependency lies outside the repository");
  CHECK(found("file://../none") == "dep-local-path: Chart.yaml: a local dependency is not there: the path leads to nothing");
  CHECK(found("file://../file") == "dep-local-path: Chart.yaml: a local dependency is not a directory");
  CHECK(found("file://../empty") == "dep-local-path: Chart.yaml: a local dependency has no Chart.yaml");
  CHECK(found("file://..") == "dep-local-path: Chart.yaml: a local dependency has no Chart.yaml");
  CHECK(found("file://.") == "dep-local-path: Chart.yaml: a local dependency is the chart itself or holds it");
  CHECK(found("file://../lib", "charts/nowhere") == "link-dangling: charts/nowhere: the path leads to nothing");
}

TEST_CASE("a directory on disk that changes or cannot be opened ends the reading, and says how", "[chart]") {
  test::TemporaryDirectory directory;
  auto const& root = directory.path();
  write_file(root / "d/file", "12345");
  write_file(root / "file", "x");
  fs::create_symlink("file", root / "link");
  auto const at = [&](char const* path) { return (root / path).string(); };
  SECTION("what is not there, and what is no file or link") {
    DirectoryTree const tree(root);
    CHECK(thrown([&] { (void)tree.read_file("file", 1); }) == "nothing");
    CHECK(thrown([&] { (void)tree.link_target("link"); }) == "nothing");
    CHECK(thrown([&] { (void)tree.read_file("none", 1); }) == "cannot read " + at("none") + ": No such file or directory");
    CHECK(thrown([&] { (void)tree.read_file("link", 1); }) == "cannot read " + at("link") + ": no regular file");
    CHECK(thrown([&] { (void)tree.link_target("file"); }) == "cannot read link " + at("file") + ": Invalid argument");
    CHECK(thrown([&] { (void)tree.link_target("none/x"); }) ==
          "cannot read link " + at("none/x") + ": No such file or directory");
  }
  SECTION("a file that goes after it was listed") {
    DirectoryTree const tree(root);
    CHECK(tree.list_kinds("").size() == 3);
    fs::remove(root / "file");
    CHECK(thrown([&] { (void)tree.read_file("file", 1); }) == "cannot read " + at("file") + ": No such file or directory");
  }
  SECTION("a directory that goes after it was opened") {
    DirectoryTree const tree(root);
    CHECK(tree.node("d/file").has_value());
    fs::remove_all(root / "d");
    CHECK(thrown([&] { (void)tree.list("d"); }) == "cannot read directory " + at("d") + ": No such file or directory");
  }
  SECTION("no file may be opened any more") {
    DirectoryTree const tree(root);
    CHECK(tree.list("").size() == 3);
    std::string node, list;
    {
      test::NoMoreFiles const none;
      node = thrown([&] { (void)tree.node("d/file"); });
      list = thrown([&] { (void)tree.list(""); });
    }
    CHECK(node == "cannot look at " + at("d/file") + ": Too many open files");
    CHECK(list == "cannot open directory " + root.string() + ": Too many open files");
    CHECK(tree.node("d/file").has_value());
    CHECK(tree.list("").size() == 3);
  }
  SECTION("a file that has more than its size says, or cannot be read, as some of /proc") {
    DirectoryTree const tree("/proc/self");
    CHECK(thrown([&] { (void)tree.read_file("mem", 100'000); }) == "cannot read /proc/self/mem: Input/output error");
    CHECK(thrown([&] { (void)tree.read_file("status", 100'000); }) ==
          "cannot read /proc/self/status: it changed while it was read");
  }
}

TEST_CASE("values and dependencies that no reader gives are our own mistake", "[chart]") {
  Dependency dependency;
  dependency.name = "d";
  AnyValue list;
  list.kind = AnyValue::Kind::list;
  list.children = 1;
  AnyValue text;
  text.kind = AnyValue::Kind::string;
  text.text = "x";
  dependency.import_values = {list, text};
  std::string out;
  append_json(out, dependency);
  CHECK(out == R"({"name":"d","repository":"","import-values":[["x"]]})");
  dependency.import_values = {list};
  CHECK_THROWS_AS(append_json(out, dependency), std::logic_error);
  dependency.import_values.clear();
  dependency.is_null = true;
  CHECK_THROWS_AS(append_json(out, dependency), std::logic_error);
}

TEST_CASE("what is asked about a chart while it is packaged may refuse it", "[chart]") {
  test::TemporaryDirectory directory;
  write_file(directory.path() / "c/Chart.yaml", chart_yaml("c"));
  PackageCommand command;
  command.charts = {directory.path() / "c"};
  command.destination = directory.path() / "out";
  command.epoch = 1700000000;
  bool refuses = false;
  auto const where = (directory.path() / "c").string();
  SECTION("the dependencies") {
    command.dependencies = [&](std::size_t, SourceTree const&, PackageOptions const&) -> Verdict<std::vector<ExtraArchive>> {
      if (refuses) return reject("dep-unreachable", "https://h/s", "the host does not answer");
      return std::vector<ExtraArchive>{};
    };
  }
  SECTION("the finished package") {
    command.accept = [&](std::size_t, Package const&, std::optional<std::int64_t>) -> Verdict<void> {
      if (refuses) return reject("dep-unreachable", "https://h/s", "the host does not answer");
      return {};
    };
  }
  auto outcomes = run_package_command(command);
  REQUIRE(outcomes.size() == 1);
  CHECK_FALSE(outcomes[0].refused);
  CHECK(fs::exists(outcomes[0].file));
  fs::remove_all(command.destination);
  refuses = true;
  outcomes = run_package_command(command);
  REQUIRE(outcomes.size() == 1);
  REQUIRE(outcomes[0].refused);
  CHECK(outcomes[0].refused->code == "dep-unreachable");
  CHECK(outcomes[0].refused->where == where + ": https://h/s");
  CHECK(outcomes[0].file.empty());
  CHECK_FALSE(fs::exists(command.destination / "c-1.0.0.tgz"));
}

}  // namespace
}  // namespace refusal_places_test
