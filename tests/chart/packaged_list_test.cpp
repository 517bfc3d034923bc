// What binds a commit's content: packaged_list() (A-55, P-109, D-24, D-37).

#include <algorithm>

#include "chart/gzip_writer.hpp"
#include "chart/local_dependency.hpp"
#include "chart/packager.hpp"
#include "chart/tar_writer.hpp"
#include "support/catch2.hpp"

using namespace acr;
using namespace acr::chart;

namespace {

std::string chart_yaml(std::string const& name, std::string const& more = "") {
  return "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n" + more;
}

std::string depends(std::string const& name, std::string const& repository) {
  return "dependencies:\n- name: " + name + "\n  version: 1.0.0\n  repository: \"" + repository + "\"\n";
}

PackagedList listed(SourceTree const& tree, std::string const& root) {
  auto list = packaged_list(tree, root);
  if (list.has_error()) FAIL(list.error().sentence());
  return std::move(*list);
}

std::vector<std::string> paths(PackagedList const& list) {
  std::vector<std::string> result;
  for (auto const& file : list.files) result.push_back(file.path);
  return result;
}

using Strings = std::vector<std::string>;

}  // namespace

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
  CHECK(paths(list) == Strings{".helmignore", "Chart.yaml", "charts/_old/p.prov", "run"});
  CHECK(list.files.back().kind == NodeKind::executable);
  REQUIRE(list.ignored.size() == 2);
  CHECK(list.ignored[0].path == "README.md");
  CHECK(list.ignored[0].rule.line == 1);
  CHECK(list.ignored[1].rule.line == 0);
  CHECK(list.dropped == Strings{".x", "_old"});
  CHECK_FALSE(list.leaves_root);
}

TEST_CASE("a change of content, mode or link target breaks the binding, one of an ignored file does not",
          "[chart]") {
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
  auto const row = GENERATE(values<Row>({
      {[](MemoryTree& t) { t.file("c/README.md", "new"); }, true},
      {[](MemoryTree& t) { t.file("elsewhere", "new"); }, true},
      {[](MemoryTree& t) { t.file("c/x", "y"); }, false},
      {[](MemoryTree& t) { t.executable("c/x", "x"); }, false},
      {[](MemoryTree& t) { t.file("shared", "t"); }, false},
      {[](MemoryTree& t) { t.remove("c/x"); }, false},
      {[](MemoryTree& t) { t.file("c/new", ""); }, false},
      {[](MemoryTree& t) { t.file("c/.helmignore", "*.md\n\n"); }, false},  // the file itself is packaged
      {[](MemoryTree& t) { t.remove("c/l").file("c/l", "s"); },
       true},  // a link or its content: the same package
  }));
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
  CHECK(paths(list) ==
        Strings{"Chart.yaml", "file://lib/.helmignore", "file://lib/Chart.yaml", "file://base/Chart.yaml"});
  CHECK(list.local_targets == Strings{"base", "lib"});
  CHECK(list.leaves_root);

  auto const before = list;
  tree.file("base/values.yaml", "a: 1\n");
  CHECK_FALSE(same_content(before, listed(tree, "charts/c")));
}

TEST_CASE("a hidden lock is not packaged, and binds as long as something is missing (D-7)", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c", depends("m", "https://charts.example.org")))
      .file("c/.helmignore", "*.lock\n")
      .file("c/Chart.lock", "digest: a\n");
  auto const before = listed(tree, "c");
  CHECK(paths(before) == Strings{".helmignore", "Chart.yaml"});
  REQUIRE(before.hidden_locks.size() == 1);
  CHECK(before.hidden_locks[0].path == "Chart.lock");
  auto other = tree;
  other.file("c/Chart.lock", "digest: b\n");
  CHECK_FALSE(same_content(before, listed(other, "c")));
  other.file("c/charts/m/Chart.yaml", chart_yaml("m"));
  CHECK(listed(other, "c").hidden_locks.empty());
}

TEST_CASE("a vendored local dependency is not looked up", "[chart]") {
  MemoryTree tree;
  tree.file("c/Chart.yaml", chart_yaml("c", depends("lib", "file://../lib")))
      .file("lib/Chart.yaml", chart_yaml("lib"))
      .file("c/charts/any/Chart.yaml", chart_yaml("lib"));
  CHECK(listed(tree, "c").local_targets.empty());
  std::string tar;
  TarWriter writer([&](std::string_view bytes) { tar.append(bytes); });
  writer.file("lib/Chart.yaml", chart_yaml("lib"), 0);
  writer.finish();
  tree.remove("c/charts").file("c/charts/lib.tgz", gzip(tar));
  CHECK(listed(tree, "c").local_targets.empty());
  tree.remove("c/charts");
  CHECK(listed(tree, "c").local_targets == Strings{"lib"});
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
  CHECK(tree.reads() == Strings{"c/.helmignore", "c/Chart.yaml", "c/requirements.yaml"});
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
  auto const row = GENERATE(values<Row>({
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
  }));
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
