// What binds a commit's content: source_list() and source_digest() (B-1 … B-2, A-55, P-109, D-24, D-37).

#include <algorithm>

#include "chart/chart_reader.hpp"
#include "chart/local_dependency.hpp"
#include "chart/source_list.hpp"
#include "memory/tree.hpp"
#include "support/catch2.hpp"

namespace source_list_test {
namespace {

using namespace acr;
using namespace acr::chart;

std::string chart_yaml(std::string const& name, std::string const& more = "") {
  return "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n" + more;
}

std::string depends(std::string const& name, std::string const& repository) {
  return "dependencies:\n- name: " + name + "\n  version: 1.0.0\n  repository: \"" + repository + "\"\n";
}

SourceList listed(SourceTree const& tree, std::string const& root) {
  auto list = source_list(tree, root);
  if (list.has_error()) FAIL(list.error().sentence());
  return std::move(*list);
}

std::vector<std::string> paths(SourceList const& list) {
  std::vector<std::string> result;
  for (auto const& file : list.files) result.push_back(file.name);
  return result;
}

using Strings = std::vector<std::string>;

TEST_CASE("the list holds kept files, ignored ones with their rule, and dropped groups", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"))
      .file("c/.helmignore", "*.md\n")
      .file("c/README.md", "")
      .executable("c/run", "")
      .file("c/charts/_old/Chart.yaml", "")
      .file("c/charts/.x", "")
      .file("c/charts/_old/p.prov", "")
      .file("c/templates/.swp", "");
  auto const list = listed(tree, "c");
  // Groups that Helm drops are listed, and marked (B-1a).
  CHECK(paths(list) ==
        Strings{".helmignore", "Chart.yaml", "charts/.x", "charts/_old/Chart.yaml", "charts/_old/p.prov", "run"});
  CHECK(list.files[2].dropped);
  CHECK(list.files[3].dropped);
  CHECK_FALSE(list.files[4].dropped);
  CHECK(list.files.back().kind == NodeKind::executable);
  REQUIRE(list.ignored.size() == 2);
  CHECK(list.ignored[0].path == "README.md");
  CHECK(list.ignored[0].rule.line == 1);
  CHECK(list.ignored[1].rule.line == 0);
  CHECK(list.dropped == Strings{".x", "_old"});
  CHECK(list.ignored_count == 2);
}

TEST_CASE("a change of content, mode or link target breaks the binding, one of an ignored file does not", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"))
      .file("c/.helmignore", "*.md\n")
      .file("c/README.md", "old")
      .file("c/x", "x")
      .symlink("c/l", "../shared")
      .file("shared", "s");
  auto const before = listed(tree, "c");
  struct Row {
    void (*change)(MemoryTree&);
    bool same;
  };
  auto const row = one_of<Row>({
      {[](MemoryTree& t) { t.file("c/README.md", "new"); }, true},
      {[](MemoryTree& t) { t.file("elsewhere", "new"); }, true},
      {[](MemoryTree& t) { t.file("c/x", "y"); }, false},
      {[](MemoryTree& t) { t.executable("c/x", "x"); }, false},
      {[](MemoryTree& t) { t.file("shared", "t"); }, false},
      {[](MemoryTree& t) { t.remove("c/x"); }, false},
      {[](MemoryTree& t) { t.file("c/new", ""); }, false},
      {[](MemoryTree& t) { t.file("c/.helmignore", "*.md\n\n"); }, false},  // the file itself is packaged
      {[](MemoryTree& t) { t.remove("c/l").file("c/l", "s"); }, true},      // a link or its content: the same package
  });
  row.change(tree);
  CHECK(same_content(before, listed(tree, "c")) == row.same);
}

TEST_CASE("local dependencies that are not vendored are part of the list, transitively", "[chart]") {
  MemoryTree tree;
  tree.file("charts/c/Chart.yaml", chart_yaml("c", depends("lib", "file://../../lib")))
      .file("lib/Chart.yaml", chart_yaml("lib", depends("base", "file://../base")))
      .file("lib/.helmignore", "skip\n")
      .file("lib/skip", "")
      .file("base/Chart.yaml", chart_yaml("base", depends("lib", "file://../lib")));  // a cycle ends
  auto const list = listed(tree, "charts/c");
  CHECK(paths(list) == Strings{"Chart.yaml", "file://lib//.helmignore", "file://lib//Chart.yaml", "file://base//Chart.yaml"});
  CHECK(list.local_targets == Strings{"base", "lib"});

  auto const before = list;
  tree.file("base/values.yaml", "a: 1\n");
  CHECK_FALSE(same_content(before, listed(tree, "charts/c")));
}

TEST_CASE("a hidden lock is on the list under a name of its own (B-1a, D-7)", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c", depends("m", "https://charts.example.org")))
      .file("c/.helmignore", "*.lock\n")
      .file("c/Chart.lock", "digest: a\n");
  auto const before = listed(tree, "c");
  CHECK(paths(before) == Strings{".helmignore", "Chart.yaml", "lock://Chart.lock"});
  auto other = tree;
  other.file("c/Chart.lock", "digest: b\n");
  CHECK_FALSE(same_content(before, listed(other, "c")));
  other.remove("c/Chart.lock").directory("c/Chart.lock");  // no file: no lock to anybody
  CHECK(paths(listed(other, "c")) == Strings{".helmignore", "Chart.yaml"});
}

TEST_CASE("a local dependency is on the list, also when charts/ holds a copy (B-1a)", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c", depends("lib", "file://../lib")))
      .file("lib/Chart.yaml", chart_yaml("lib"))
      .file("c/charts/any/Chart.yaml", chart_yaml("lib"));
  CHECK(listed(tree, "c").local_targets == Strings{"lib"});
  tree.remove("c/charts");
  CHECK(listed(tree, "c").local_targets == Strings{"lib"});
  tree.remove("lib/Chart.yaml").directory("lib");
  CHECK(listed(tree, "c").local_targets.empty());
}

TEST_CASE("a linked chart's local dependencies are where the chart really lies (B-2)", "[chart]") {
  MemoryTree tree;
  tree.symlink("charts/web", "../src/deep/web")
      .file("src/deep/web/Chart.yaml", chart_yaml("web", depends("lib", "file://../lib")))
      .file("src/deep/lib/Chart.yaml", chart_yaml("lib"))
      .file("charts/lib/Chart.yaml", chart_yaml("lib"));
  CHECK(listed(tree, "charts/web").local_targets == Strings{"src/deep/lib"});
  CHECK(*local_dependency(tree, "charts/web", "file://../lib") == "src/deep/lib");
}

TEST_CASE("however metadata are written, the list sees what is packaged (B-2)", "[chart]") {
  auto const utf16 = [](std::string const& text) {
    std::string bytes = "\xFF\xFE";
    for (char const c : text) bytes.append(1, c).append(1, '\0');
    return bytes;
  };
  std::string const needs = depends("lib", "file://../lib"), mark = "\xEF\xBB\xBF";
  struct Row {
    char const* what;
    std::string chart_yaml, requirements;
  };
  auto const row = one_of<Row>({
      {"plain", chart_yaml("c", needs), ""},
      {"a mark", mark + chart_yaml("c", needs), ""},
      {"two marks", mark + mark + chart_yaml("c", needs), ""},
      {"UTF-16", utf16(chart_yaml("c", needs)), ""},
      {"a requirements.yaml with two marks", chart_yaml("c"), mark + mark + needs},
      {"a requirements.yaml in UTF-16", chart_yaml("c"), utf16(needs)},
      // Validation takes the format character out before anybody packages.
      {"a character that sanitising removes", chart_yaml("c", depends("lib", "fi\xE2\x80\x8Ble://../lib")), ""},
  });
  CAPTURE(row.what);
  MemoryTree tree;
  tree.file("c/Chart.yaml", row.chart_yaml).file("lib/Chart.yaml", chart_yaml("lib"));
  if (!row.requirements.empty()) tree.file("c/requirements.yaml", row.requirements);
  CHECK(listed(tree, "c").local_targets == Strings{"lib"});
}

TEST_CASE("what cannot be read is refused, in the chart and in what it depends on (B-1b, B-2)", "[chart]") {
  struct Row {
    char const* what;
    char const* code;
    void (*spoil)(MemoryTree& tree, std::string const& root);
  };
  auto const row = one_of<Row>({
      {"nothing", "", [](MemoryTree&, std::string const&) {}},
      {"no YAML", "chart-yaml", [](MemoryTree& t, std::string const& r) { t.file(r + "/Chart.yaml", "{"); }},
      {"no text at all", "chart-yaml", [](MemoryTree& t, std::string const& r) { t.file(r + "/Chart.yaml", "\x01"); }},
      {"no list", "chart-yaml",
       [](MemoryTree& t, std::string const& r) { t.file(r + "/requirements.yaml", "dependencies: x\n"); }},
      {"a hidden Chart.yaml", "no-chart-yaml",
       [](MemoryTree& t, std::string const& r) { t.file(r + "/.helmignore", "Chart.yaml\n"); }},
      {"a Chart.yaml that is a directory", "irregular-file",
       [](MemoryTree& t, std::string const& r) { t.remove(r + "/Chart.yaml").directory(r + "/Chart.yaml"); }},
      {"a Chart.yaml that leads nowhere", "link-dangling",
       [](MemoryTree& t, std::string const& r) { t.remove(r + "/Chart.yaml").symlink(r + "/Chart.yaml", "x"); }},
      {"a Chart.yaml of Git LFS", "lfs-pointer",
       [](MemoryTree& t, std::string const& r) { t.file(r + "/Chart.yaml", "version https://git-lfs.github.com/spec/v1\n"); }},
      {"a Chart.yaml beyond the limit", "file-too-large",
       [](MemoryTree& t, std::string const& r) { t.file(r + "/Chart.yaml", std::string(5'242'881, '#')); }},
      {"a requirements.yaml of Git LFS", "lfs-pointer",
       [](MemoryTree& t, std::string const& r) {
         t.file(r + "/requirements.yaml", "version https://git-lfs.github.com/spec/v1\n");
       }},
      {"rules", "ignore-rule", [](MemoryTree& t, std::string const& r) { t.file(r + "/.helmignore", "**\n"); }},
      {"a link out", "link-outside", [](MemoryTree& t, std::string const& r) { t.symlink(r + "/x", "../../../x"); }},
      {"a hidden lock that leads nowhere", "link-dangling",
       [](MemoryTree& t, std::string const& r) { t.symlink(r + "/Chart.lock", "x").file(r + "/.helmignore", "Chart.lock\n"); }},
      {"a submodule", "submodule", [](MemoryTree& t, std::string const& r) { t.submodule(r + "/x"); }},
  });
  auto const below = one_of({false, true});
  CAPTURE(row.what, below);
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c", depends("lib", "file://../lib"))).file("lib/Chart.yaml", chart_yaml("lib"));
  row.spoil(tree, below ? "lib" : "c");
  auto const list = source_list(tree, "c");
  auto const digest = source_digest(tree, "c");
  if (*row.code == '\0') {
    CHECK(list.has_value());
    CHECK(digest.has_value());
    return;
  }
  REQUIRE(list.has_error());
  CHECK(list.error().code == row.code);
  CHECK(list.error().where.starts_with(below ? "c: file://lib" : "c"));
  REQUIRE(digest.has_error());
  CHECK(digest.error().code == "chart-unreadable");
  CHECK(digest.error().where == "c");
  CHECK(digest.error().found_value.starts_with(row.code));
}

TEST_CASE("what the digest alone reads is refused, too (B-1b)", "[chart]") {
  struct Row {
    char const* what;
    char const* cause;
    void (*spoil)(MemoryTree& tree);
  };
  auto const row = one_of<Row>({
      {"a pointer of Git LFS", "lfs-pointer",
       [](MemoryTree& t) { t.file("c/x", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n"); }},
      {"names that differ in case only", "path-collision", [](MemoryTree& t) { t.file("c/a", "").file("c/A", ""); }},
  });
  CAPTURE(row.what);
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"));
  CHECK(source_digest(tree, "c").has_value());
  row.spoil(tree);
  auto const digest = source_digest(tree, "c");
  REQUIRE(digest.has_error());
  CHECK(digest.error().code == "chart-unreadable");
  CHECK(digest.error().found_value.starts_with(row.cause));
  // A group that is never packaged may hold such names.
  MemoryTree dropped;
  dropped.file("c/Chart.yaml", chart_yaml("c")).file("c/charts/_x/a", "").file("c/charts/_x/A", "");
  CHECK(source_digest(dropped, "c").has_value());
}

TEST_CASE("a chart's directories and files are bounded (B-25)", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c", depends("lib", "file://../lib")))
      .file("c/.helmignore", "*.md\n")
      .file("c/a.md", "")
      .file("lib/Chart.yaml", chart_yaml("lib"));
  Limits limits;
  limits.files = 3;
  limits.entries = 3;
  limits.local_directories = 1;
  CHECK(source_list(tree, "c", limits).has_value());
  auto const refused = [&](Limits const& tight) {
    auto const list = source_list(tree, "c", tight);
    return list ? std::string() : std::string(list.error().code.text());
  };
  auto tight = limits;
  tight.files = 2;
  CHECK(refused(tight) == "too-many-files");
  tight = limits;
  tight.entries = 2;
  CHECK(refused(tight) == "too-many-files");
  tight = limits;
  tight.local_directories = 0;
  CHECK(refused(tight) == "dep-too-large");
}

TEST_CASE("a directory that holds one name twice is refused (B-1b)", "[chart]") {
  struct Twice final : SourceTree {
    MemoryTree tree;
    bool twice = true;
    std::optional<Node> node(std::string_view path) const override { return tree.node(path); }
    std::vector<Node> list(std::string_view path) const override {
      auto nodes = tree.list(path);
      if (twice) nodes.push_back(nodes.back());
      return nodes;
    }
    std::optional<std::string> read(std::string_view path, std::size_t limit) const override { return tree.read(path, limit); }
    std::string link_target(std::string_view path) const override { return tree.link_target(path); }
  } source;
  source.tree.file("c/Chart.yaml", chart_yaml("c"));
  auto const list = source_list(source, "c");
  REQUIRE(list.has_error());
  CHECK(list.error().code == "path-collision");
  source.twice = false;
  CHECK(source_list(source, "c").has_value());
}

TEST_CASE("a million ignored files are counted, a few are kept (B-25)", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c")).file("c/.helmignore", "*.md\n");
  for (int i = 0; i < 3'000; ++i) tree.file("c/" + std::to_string(i) + ".md", "");
  auto const list = listed(tree, "c");
  CHECK(list.ignored_count == 3'000);
  CHECK(list.ignored.size() == ignored_kept);
}

TEST_CASE("listing reads no contents but ignore file and metadata", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c"))
      .file("c/.helmignore", "")
      .file("c/values.yaml", "")
      .file("c/templates/x.yaml", "")
      .file("c/charts/a.tgz", "no archive")
      .file("c/requirements.yaml", "");
  static_cast<void>(listed(tree, "c"));
  CHECK(tree.reads() == Strings{"c/Chart.yaml", "c/.helmignore", "c/requirements.yaml"});
}

TEST_CASE("where a local dependency may lie", "[chart]") {
  MemoryTree tree;
  tree.file("charts/c/Chart.yaml", "")
      .file("lib/Chart.yaml", "")
      .file("plain/x", "")
      .file("Chart.yaml", "")
      .symlink("link", "lib")
      .file("charts/c/charts/s/Chart.yaml", "");
  struct Row {
    char const* repository;
    char const* target;
  };
  auto const row = one_of<Row>({
      {"file://../../lib", "lib"},
      {"file://../../lib/", "lib"},
      {"file://../../link", "lib"},
      {"file://charts/s", "charts/c/charts/s"},
      {"file:///lib", nullptr},
      {"file://../../../lib", nullptr},
      {"file://../../plain", nullptr},
      {"file://../../absent", nullptr},
      {"file://../../plain/x", nullptr},
      {"file://.", nullptr},
      {"file://../..", nullptr},
      {"file://", nullptr},
  });
  CAPTURE(row.repository);
  auto const target = local_dependency(tree, "charts/c", row.repository);
  if (row.target) {
    REQUIRE(target.has_value());
    CHECK(*target == row.target);
  } else {
    REQUIRE(target.has_error());
    CHECK(target.error().code == "dep-local-path");
  }
  CHECK(is_local_repository(row.repository));
  CHECK_FALSE(is_local_repository("https://example.org"));
}

}  // namespace
}  // namespace source_list_test
