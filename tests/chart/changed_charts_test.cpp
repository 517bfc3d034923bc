// Which charts a commit changes (A-45, A-57, P-105 … P-109).

#include "chart/changed_charts.hpp"

#include <algorithm>

#include "memory/tree.hpp"
#include "support/catch2.hpp"

namespace changed_charts_test {
namespace {

using namespace acr;
using namespace acr::chart;

std::string chart_yaml(std::string const& name, std::string const& version = "1.0.0", std::string const& more = "") {
  return "apiVersion: v2\nname: " + name + "\nversion: " + version + "\n" + more;
}

MemoryTree base_tree() {
  MemoryTree tree;
  tree.file("charts/web/Chart.yaml", chart_yaml("web"))
      .file("charts/web/templates/x.yaml", "x")
      .file("charts/web/.helmignore", "*.md\n")
      .file("charts/api/Chart.yaml", chart_yaml("api"))
      .file("charts/api/values.yaml", "a: 1\n")
      .file("charts/README.md", "no chart")
      .file("charts/notes/x", "no chart either")
      .file("other", "o");
  return tree;
}

ChangedCharts changes(SourceTree const& base, SourceTree const& head, ChartsScope const& scope) {
  auto result = changed_charts(base, head, scope);
  if (!result) FAIL(result.error().sentence());
  return std::move(*result);
}

struct Paths {
  std::vector<std::string> changed, removed, moved;
  std::vector<std::pair<std::string, std::string>> refused;
};

Paths compared(MemoryTree const& base, MemoryTree const& head, std::vector<std::string> const& dirs = {"charts"}) {
  auto const result = changes(base, head, {dirs});
  Paths paths;
  for (auto const& chart : result.changed) paths.changed.push_back(chart.path);
  for (auto const& chart : result.removed) paths.removed.push_back(chart.path);
  for (auto const& chart : result.moved) paths.moved.push_back(chart.from + " -> " + chart.to);
  for (auto const& chart : result.refused) paths.refused.emplace_back(chart.path, std::string(chart.why.code.text()));
  return paths;
}

using Strings = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("equal trees have no changed charts and nothing is read", "[chart]") {
  auto const tree = base_tree();
  auto const result = changes(tree, tree, {{"charts"}});
  CHECK(result.changed.empty());
  CHECK(tree.reads().empty());
}

TEST_CASE("a chart with new content and a new version has changed", "[chart]") {
  auto const base = base_tree();
  auto head = base;
  head.file("charts/web/templates/x.yaml", "y").file("charts/web/Chart.yaml", chart_yaml("web", "1.1.0"));
  auto const result = changes(base, head, {{"charts"}});
  REQUIRE(result.changed.size() == 1);
  CHECK(result.changed[0].path == "charts/web");
  CHECK(result.changed[0].name == "web");
  CHECK(result.changed[0].version == "1.1.0");
  CHECK(result.changed[0].old_version == "1.0.0");
  CHECK_FALSE(result.changed[0].old_path);
  CHECK(result.refused.empty());
}

TEST_CASE("an unchanged chart costs the reading of its Chart.yaml", "[chart]") {
  auto const base = base_tree();
  auto head = base;
  head.file("charts/web/Chart.yaml", chart_yaml("web", "1.1.0"));
  base.forget_reads();
  head.forget_reads();
  static_cast<void>(changes(base, head, {{"charts"}}));
  for (auto const& path : head.reads()) CHECK((path.starts_with("charts/web/") || path == "charts/api/Chart.yaml"));
  for (auto const& path : base.reads()) CHECK(path.starts_with("charts/web/"));
}

TEST_CASE("what counts as a change, and then needs a new version, and what does not (A-57, P-73)", "[chart]") {
  struct Row {
    char const* what;
    void (*change)(MemoryTree&);
    bool changed;
  };
  auto const row = one_of<Row>({
      {"an ignored file", [](MemoryTree& t) { t.file("charts/web/README.md", "new"); }, false},
      {"a file elsewhere", [](MemoryTree& t) { t.file("other", "new"); }, false},
      {"a template", [](MemoryTree& t) { t.file("charts/web/templates/x.yaml", "y"); }, true},
      {"a template less", [](MemoryTree& t) { t.remove("charts/web/templates"); }, true},
      {"the mode alone (P-13)", [](MemoryTree& t) { t.executable("charts/web/templates/x.yaml", "x"); }, false},
      {"a comment in Chart.yaml", [](MemoryTree& t) { t.file("charts/web/Chart.yaml", "# c\n" + chart_yaml("web")); }, false},
      {"a field of Chart.yaml", [](MemoryTree& t) { t.file("charts/web/Chart.yaml", chart_yaml("web", "1.0.0", "home: x\n")); },
       true},
      {"an empty lock", [](MemoryTree& t) { t.file("charts/web/Chart.lock", ""); }, false},
      {"a group that is dropped (P-55)", [](MemoryTree& t) { t.file("charts/web/charts/_x/y", ""); }, false},
      {"a hidden template (P-36)", [](MemoryTree& t) { t.file("charts/web/templates/.swp", ""); }, false},
      {"rules that ignore nothing more, in a file that is packaged",
       [](MemoryTree& t) { t.file("charts/web/.helmignore", "*.md\n*.rst\n"); }, true},
      {"a subchart", [](MemoryTree& t) { t.file("charts/web/charts/s/Chart.yaml", chart_yaml("s")); }, true},
  });
  CAPTURE(row.what);
  auto const base = base_tree();
  auto head = base;
  row.change(head);
  auto const paths = compared(base, head);
  CHECK(paths.changed.empty());
  CHECK(paths.refused == (row.changed ? Pairs{{"charts/web", "version-not-bumped"}} : Pairs{}));
}

TEST_CASE("targets of links and of local dependencies count for the chart that uses them", "[chart]") {
  auto base = base_tree();
  base.symlink("charts/web/templates/_h.tpl", "../../../shared/_h.tpl")
      .file("shared/_h.tpl", "1")
      .file("charts/api/Chart.yaml",
            chart_yaml("api", "1.0.0", "dependencies:\n- name: lib\n  version: 1.0.0\n  repository: file://../../lib\n"))
      .file("lib/Chart.yaml", chart_yaml("lib"))
      .file("lib/templates/x", "1");
  auto head = base;
  head.file("shared/_h.tpl", "2");
  CHECK(compared(base, head).refused == Pairs{{"charts/web", "version-not-bumped"}});
  head = base;
  head.file("lib/templates/x", "2");
  CHECK(compared(base, head).refused == Pairs{{"charts/api", "version-not-bumped"}});
  head = base;
  head.file("shared/unused", "");
  CHECK(compared(base, head).refused.empty());
}

TEST_CASE("no spelling of YAML hides a local dependency from the comparison", "[chart]") {
  auto const repository =
      one_of<std::string>({R"("\x66ile://../../lib")", "!!binary ZmlsZTovLy4uLy4uL2xpYg==", "!x!ary ZmlsZTovLy4uLy4uL2xpYg=="});
  CAPTURE(repository);
  auto base = base_tree();
  base.file("charts/api/Chart.yaml",
            "%TAG !x! tag:yaml.org,2002:bin\n---\n" +
                chart_yaml("api", "1.0.0", "dependencies:\n- name: lib\n  version: 1.0.0\n  repository: " + repository + "\n"))
      .file("lib/Chart.yaml", chart_yaml("lib"))
      .file("lib/templates/x", "1");
  auto head = base;
  head.file("lib/templates/x", "2");
  CHECK(compared(base, head).refused == Pairs{{"charts/api", "version-not-bumped"}});
}

TEST_CASE("what a lock names counts, pins included and hidden or not, and how it is written does not (D-37)", "[chart]") {
  std::string const pinned = "digest: sha256:" + std::string(64, 'a');
  auto const lock = [](std::string const& version, std::string const& more = "") {
    return "dependencies:\n- name: redis\n  repository: https://charts.example.org\n  version: " + version + "\n" +
           (more.empty() ? "" : "  " + more + "\n") + "digest: sha256:0\ngenerated: \"2026-01-02T03:04:05Z\"\n";
  };
  std::string const needs = "dependencies:\n- name: redis\n  version: 1.x\n  repository: https://charts.example.org\n";
  struct Row {
    char const* what;
    std::string api_version, ignore, text;
    bool changed;
  };
  auto const row = one_of<Row>({
      {"a version", "v2", "", lock("1.1.0"), true},
      {"a pin, which is not packaged", "v2", "", lock("1.0.0", pinned), true},
      {"a comment", "v2", "", "# new\n" + lock("1.0.0"), false},
      {"a version, in a lock that v1 does not package", "v1", "", lock("1.1.0"), true},
      {"a version, in a hidden lock", "v2", "Chart.lock\n", lock("1.1.0"), true},
      {"no lock any more", "v1", "", "", true},
  });
  CAPTURE(row.what);
  auto base = base_tree();
  base.file("charts/web/Chart.yaml", "apiVersion: " + row.api_version + "\nname: web\nversion: 1.0.0\n" + needs)
      .file("charts/web/.helmignore", "*.md\n" + row.ignore)
      .file("charts/web/Chart.lock", lock("1.0.0"));
  auto head = base;
  if (row.text.empty())
    head.remove("charts/web/Chart.lock");
  else
    head.file("charts/web/Chart.lock", row.text);
  CHECK(compared(base, head).refused == (row.changed ? Pairs{{"charts/web", "version-not-bumped"}} : Pairs{}));
}

TEST_CASE("new, removed and moved charts are told apart", "[chart]") {
  auto const base = base_tree();
  auto head = base;
  head.remove("charts/api").file("charts/new/Chart.yaml", chart_yaml("new"));
  auto paths = compared(base, head);
  CHECK(paths.changed == Strings{"charts/new"});
  CHECK(paths.removed == Strings{"charts/api"});

  head = base;
  head.remove("charts/api").file("apps/api/Chart.yaml", chart_yaml("api")).file("apps/api/values.yaml", "a: 1\n");
  paths = compared(base, head, {"charts", "apps"});
  CHECK(paths.moved == Strings{"charts/api -> apps/api"});
  CHECK(paths.changed.empty());
  CHECK(paths.removed.empty());

  head.file("apps/api/values.yaml", "a: 2\n");
  CHECK(compared(base, head, {"charts", "apps"}).refused == Pairs{{"apps/api", "version-not-bumped"}});
  head.file("apps/api/Chart.yaml", chart_yaml("api", "2.0.0"));
  auto const result = changes(base, head, {{"charts", "apps"}});
  REQUIRE(result.changed.size() == 1);
  CHECK(result.changed[0].old_path == "charts/api");
  CHECK(result.changed[0].old_version == "1.0.0");
}

TEST_CASE("charts that must not be released are refused with their reason", "[chart]") {
  struct Row {
    char const* what;
    void (*change)(MemoryTree&);
    Pairs refused;
  };
  auto const row = one_of<Row>({
      {"a blank", [](MemoryTree& t) { t.file("charts/a b/Chart.yaml", chart_yaml("a b")); }, {{"charts/a b", "name-unusable"}}},
      {"a leading dash",
       [](MemoryTree& t) { t.file("charts/-a/Chart.yaml", chart_yaml("-a")); },
       {{"charts/-a", "name-unusable"}}},
      {"one name twice",
       [](MemoryTree& t) { t.file("charts/A/Chart.yaml", chart_yaml("A")).file("charts/a/Chart.yaml", chart_yaml("a")); },
       {{"charts/A", "duplicate-name"}, {"charts/a", "duplicate-name"}}},
      {"no version",
       [](MemoryTree& t) { t.file("charts/x/Chart.yaml", "apiVersion: v2\nname: x\n"); },
       {{"charts/x", "chart-metadata"}}},
      {"no YAML", [](MemoryTree& t) { t.file("charts/x/Chart.yaml", "{"); }, {{"charts/x", "chart-yaml"}}},
      {"a link out",
       [](MemoryTree& t) { t.file("charts/x/Chart.yaml", chart_yaml("x")).symlink("charts/x/l", "/etc"); },
       {{"charts/x", "link-absolute"}}},
      {"bad rules",
       [](MemoryTree& t) { t.file("charts/x/Chart.yaml", chart_yaml("x")).file("charts/x/.helmignore", "**"); },
       {{"charts/x", "ignore-rule"}}},
  });
  CAPTURE(row.what);
  auto const base = base_tree();
  auto head = base;
  row.change(head);
  auto const paths = compared(base, head);
  CHECK(paths.refused == row.refused);
  CHECK(paths.changed.empty());
}

TEST_CASE("a lower version is a warning (B-4), and so is one that only differs in build metadata (P-107)", "[chart]") {
  auto const [version, code] =
      one_of<std::tuple<std::string, std::string>>({{"0.9.0", "version-lower"}, {"1.0.0+again", "version-not-increased"}});
  auto const base = base_tree();
  auto head = base;
  head.file("charts/web/Chart.yaml", chart_yaml("web", version));
  auto const result = changes(base, head, {{"charts"}});
  CHECK(result.changed.size() == 1);
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0].path == "charts/web");
  CHECK(result.warnings[0].warning.code == code);
}

TEST_CASE("a base that cannot be packaged does not hide a change", "[chart]") {
  auto base = base_tree();
  base.symlink("charts/web/broken", "nowhere");
  auto head = base_tree();
  head.file("charts/web/Chart.yaml", chart_yaml("web", "1.0.1"));
  CHECK(compared(base, head).changed == Strings{"charts/web"});
}

TEST_CASE("charts directories may be many, the root, or links, and stand inside a chart (B-18)", "[chart]") {
  MemoryTree base;
  MemoryTree head;
  head.file("web/Chart.yaml", chart_yaml("web"))
      .file("deep/er/api/Chart.yaml", chart_yaml("api"))
      .file("web/charts/sub/Chart.yaml", chart_yaml("sub"))
      .symlink("linked", "deep/er")
      .symlink("alias/api", "../deep/er/api");
  CHECK(compared(base, head, {""}).changed == Strings{"web"});
  CHECK(compared(base, head, {"."}).changed == Strings{"web"});
  CHECK(compared(base, head, {"./deep/er/"}).changed == Strings{"deep/er/api"});
  CHECK(compared(base, head, {"linked"}).changed == Strings{"deep/er/api"});  // paths are the target's
  CHECK(compared(base, head, {"alias"}).changed == Strings{"alias/api"});
  CHECK(compared(base, head, {"web/charts"}).changed == Strings{"web/charts/sub"});
}

TEST_CASE("a charts directory that cannot be meant is a mistake of the configuration (B-18)", "[chart]") {
  struct Row {
    char const* what;
    Strings dirs;
    char const* code;
    void (*change)(MemoryTree& base, MemoryTree& head);
  };
  auto const row = one_of<Row>({
      {"as it should be", {"charts", "apps"}, "", [](MemoryTree&, MemoryTree&) {}},
      {"in no tree", {"chart"}, "charts-dir-missing", [](MemoryTree&, MemoryTree&) {}},
      {"a file", {"other"}, "charts-dir-missing", [](MemoryTree&, MemoryTree&) {}},
      {"in the base only", {"apps"}, "", [](MemoryTree&, MemoryTree& h) { h.remove("apps"); }},
      {"in the head only", {"apps"}, "", [](MemoryTree& b, MemoryTree&) { b.remove("apps"); }},
      {"a chart in both", {"charts/web"}, "charts-dir-is-chart", [](MemoryTree&, MemoryTree&) {}},
      {"a chart in the head, of no bytes",
       {"apps"},
       "charts-dir-is-chart",
       [](MemoryTree&, MemoryTree& h) { h.file("apps/Chart.yaml", ""); }},
      {"a chart in the base",
       {"apps"},
       "charts-dir-is-chart",
       [](MemoryTree& b, MemoryTree&) { b.file("apps/Chart.yaml", ""); }},
      {"below a chart", {"apps"}, "", [](MemoryTree&, MemoryTree& h) { h.file("Chart.yaml", ""); }},
      {"one in the other", {"charts", "charts/notes"}, "charts-dir-overlap", [](MemoryTree&, MemoryTree&) {}},
      {"the same by a link",
       {"charts", "same"},
       "charts-dir-overlap",
       [](MemoryTree&, MemoryTree& h) { h.symlink("same", "charts"); }},
      {"the same in the base",
       {"charts", "same"},
       "charts-dir-overlap",
       [](MemoryTree& b, MemoryTree& h) { b.symlink("same", "charts"), h.directory("same"); }},
      {"a link that is followed", {"same"}, "", [](MemoryTree&, MemoryTree& h) { h.symlink("same", "charts"); }},
      {"a link to nowhere", {"same"}, "charts-dir-link", [](MemoryTree&, MemoryTree& h) { h.symlink("same", "nowhere"); }},
      {"behind a link to nowhere",
       {"same/charts"},
       "charts-dir-link",
       [](MemoryTree&, MemoryTree& h) { h.symlink("same", "nowhere"); }},
      {"a link out of the repository",
       {"same"},
       "charts-dir-link",
       [](MemoryTree&, MemoryTree& h) { h.symlink("same", "../x"); }},
      {"a link to a file", {"same"}, "charts-dir-link", [](MemoryTree&, MemoryTree& h) { h.symlink("same", "other"); }},
      {"a link to nowhere, in the base only",
       {"same"},
       "charts-dir-link",
       [](MemoryTree& b, MemoryTree&) { b.symlink("same", "nowhere"); }},
      {"a link that the head has fixed",
       {"same"},
       "",
       [](MemoryTree& b, MemoryTree& h) { b.symlink("same", "nowhere"), h.symlink("same", "charts"); }},
  });
  CAPTURE(row.what);
  auto base = base_tree();
  base.file("apps/one/Chart.yaml", chart_yaml("one"));
  auto head = base;
  row.change(base, head);
  auto const result = changed_charts(base, head, {row.dirs});
  if (*row.code == '\0') {
    CHECK(result.has_value());
    return;
  }
  REQUIRE(result.has_error());
  CHECK(result.error().code == row.code);
  CHECK(result.error().rule_number == "B-18");
}

TEST_CASE("a charts directory that is missing is told with those that there are (B-18)", "[chart]") {
  auto const tree = base_tree();
  auto const result = changed_charts(tree, tree, {{"chart"}});  // also when nothing changes
  REQUIRE(result.has_error());
  CHECK(result.error().found_value == "charts in charts");
  CHECK(result.error().fix_text == "did you mean charts?");
}

TEST_CASE("a linked charts directory is the same as its target in every step (B-18)", "[chart]") {
  MemoryTree base;
  base.symlink("charts", "deploy/charts")
      .file("deploy/charts/web/Chart.yaml", chart_yaml("web"))
      .file("deploy/charts/db/Chart.yaml", chart_yaml("db"));
  auto head = base;
  head.file("deploy/charts/web/Chart.yaml", chart_yaml("web", "1.1.0"));
  auto const result = changes(base, head, {{"charts"}});
  REQUIRE(result.changed.size() == 1);
  CHECK(result.changed[0].path == "deploy/charts/web");
  CHECK(result.outside.empty());
  CHECK(result.removed.empty());
}

TEST_CASE("a child that is not a readable chart is refused when it changes, and named when it does not (B-20)", "[chart]") {
  struct Row {
    char const* what;
    char const* code;
    void (*spoil)(MemoryTree& tree);
  };
  auto const row = one_of<Row>({
      {"a submodule", "submodule", [](MemoryTree& t) { t.remove("charts/api").submodule("charts/api"); }},
      {"a link to nowhere", "link-dangling", [](MemoryTree& t) { t.remove("charts/api").symlink("charts/api", "x"); }},
      {"a link out", "link-outside", [](MemoryTree& t) { t.remove("charts/api").symlink("charts/api", "../../x"); }},
      {"a link to a submodule", "submodule",
       [](MemoryTree& t) { t.remove("charts/api").submodule("m").symlink("charts/api", "../m"); }},
      {"a Chart.yaml that leads nowhere", "link-dangling",
       [](MemoryTree& t) { t.remove("charts/api/Chart.yaml").symlink("charts/api/Chart.yaml", "x"); }},
      {"a Chart.yaml that is a directory", "irregular-file",
       [](MemoryTree& t) { t.remove("charts/api/Chart.yaml").file("charts/api/Chart.yaml/x", ""); }},
      {"a Chart.yaml that is a submodule", "irregular-file",
       [](MemoryTree& t) { t.remove("charts/api/Chart.yaml").submodule("charts/api/Chart.yaml"); }},
  });
  CAPTURE(row.what);
  auto const base = base_tree();
  auto head = base;
  row.spoil(head);
  auto paths = compared(base, head);
  CHECK(paths.refused == Pairs{{"charts/api", row.code}});
  CHECK(paths.removed.empty());

  auto later = head;
  later.file("charts/web/Chart.yaml", chart_yaml("web", "1.1.0"));
  auto const result = changes(head, later, {{"charts"}});
  CHECK(result.refused.empty());
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0].path == "charts/api");
  CHECK(result.warnings[0].warning.code == row.code);
  CHECK(changes(head, later, {{"charts"}, {"charts/api"}}).warnings.empty());
  CHECK(compared(head, base).changed == Strings{"charts/api"});  // fixed: it needs a tag as a new one does
}

TEST_CASE("a link to what is not a chart is not a chart", "[chart]") {
  auto const base = base_tree();
  auto head = base;
  head.symlink("charts/note", "README.md").symlink("charts/notes2", "notes");
  auto const paths = compared(base, head);
  CHECK(paths.refused.empty());
  CHECK(paths.changed.empty());
}

TEST_CASE("a chart is called as its Chart.yaml says, whatever its directory (B-22)", "[chart]") {
  auto const base = base_tree();
  auto head = base;
  head.file("charts/x/Chart.yaml", chart_yaml("yes-man"));
  auto const result = changes(base, head, {{"charts"}});
  REQUIRE(result.changed.size() == 1);
  CHECK(result.changed[0].name == "yes-man");
  CHECK(result.changed[0].path == "charts/x");
  head.file("charts/z/Chart.yaml", chart_yaml("Yes-Man"));
  CHECK(compared(base, head).refused == Pairs{{"charts/x", "duplicate-name"}, {"charts/z", "duplicate-name"}});
}

TEST_CASE("two charts of one name that are gone are both reported", "[chart]") {
  auto base = base_tree();
  base.file("charts/a/Chart.yaml", chart_yaml("same")).file("charts/b/Chart.yaml", chart_yaml("same"));
  CHECK(compared(base, base_tree()).removed == Strings{"charts/a", "charts/b"});
}

TEST_CASE("charts that change where no charts directory looks (B-19)", "[chart]") {
  struct Row {
    char const* what;
    Strings outside;
    void (*change)(MemoryTree& base, MemoryTree& head);
  };
  auto const row = one_of<Row>({
      {"deeper", {"charts/group/x"}, [](MemoryTree&, MemoryTree& h) { h.file("charts/group/x/Chart.yaml", ""); }},
      {"beside",
       {"more/x"},
       [](MemoryTree&, MemoryTree& h) { h.file("more/x/Chart.yaml", "").file("more/x/charts/s/Chart.yaml", ""); }},
      {"at the root", {""}, [](MemoryTree&, MemoryTree& h) { h.file("Chart.yaml", ""); }},
      {"changed",
       {"more/x"},
       [](MemoryTree& b, MemoryTree& h) {
         b.file("more/x/Chart.yaml", ""), h.file("more/x/Chart.yaml", "").file("more/x/v", "");
       }},
      {"unchanged",
       {},
       [](MemoryTree& b, MemoryTree& h) {
         b.file("more/x/Chart.yaml", ""), h.file("more/x/Chart.yaml", "").file("more/v", "");
       }},
      {"gone", {}, [](MemoryTree& b, MemoryTree&) { b.file("more/x/Chart.yaml", ""); }},
      {"a root that has changed in the charts only",
       {},
       [](MemoryTree& b, MemoryTree& h) {
         b.file("Chart.yaml", ""), h.file("Chart.yaml", "").file("charts/README.md", "new");
       }},
      {"inside a chart", {}, [](MemoryTree&, MemoryTree& h) { h.file("charts/web/charts/s/Chart.yaml", chart_yaml("s")); }},
      {"where a linked chart lies",
       {},
       [](MemoryTree&, MemoryTree& h) { h.symlink("charts/l", "../src/l").file("src/l/Chart.yaml", chart_yaml("l")); }},
      {"what a chart depends on",
       {},
       [](MemoryTree&, MemoryTree& h) {
         h.file("charts/n/Chart.yaml",
                chart_yaml("n", "1.0.0", "dependencies:\n- {name: lib, version: 1.0.0, repository: 'file://../../lib'}\n"))
             .file("lib/Chart.yaml", chart_yaml("lib"));
       }},
      {"what a chart takes by a link",
       {},
       [](MemoryTree&, MemoryTree& h) {
         h.symlink("charts/web/charts/s", "../../../lib").file("lib/Chart.yaml", chart_yaml("lib"));
       }},
      {"the same objects at two places",
       {"a/x", "b/x"},
       [](MemoryTree&, MemoryTree& h) { h.file("a/x/Chart.yaml", "").file("b/x/Chart.yaml", ""); }},
  });
  CAPTURE(row.what);
  auto base = base_tree();
  auto head = base;
  row.change(base, head);
  auto const result = changes(base, head, {{"charts"}});
  CHECK(result.outside == row.outside);
  CHECK(result.outside_complete);
}

TEST_CASE("charts that are excluded are skipped by name, and an idle item is told (B-19)", "[chart]") {
  auto base = base_tree();
  auto head = base;
  head.file("charts/web/Chart.yaml", chart_yaml("web", "1.1.0"))
      .file("charts/api/values.yaml", "a: 2\n")
      .file("more/x/Chart.yaml", chart_yaml("x"));
  struct Row {
    char const* item;
    Strings changed, skipped, outside;
    bool idle;
  };
  auto const row = one_of<Row>({
      {"api", {"charts/web"}, {"charts/api"}, {"more/x"}, false},
      {"a*", {"charts/web"}, {"charts/api"}, {"more/x"}, false},
      {"charts/", {}, {"charts/api", "charts/web"}, {"more/x"}, false},
      {"charts/ap?", {"charts/web"}, {"charts/api"}, {"more/x"}, false},
      {"more/x", {"charts/web"}, {"more/x"}, {}, false},
      {"x", {"charts/web"}, {"more/x"}, {}, false},
      {"nobody", {"charts/web"}, {}, {"more/x"}, true},
      {"charts", {"charts/web"}, {}, {"more/x"}, true},
  });
  CAPTURE(row.item);
  auto const result = changes(base, head, {{"charts"}, {row.item}});
  Strings changed, skipped;
  for (auto const& chart : result.changed) changed.push_back(chart.path);
  for (auto const& chart : result.skipped) skipped.push_back(chart.path);
  CHECK(changed == row.changed);
  CHECK(skipped == row.skipped);
  CHECK(result.outside == row.outside);
  CHECK(std::ranges::any_of(result.warnings, [](auto const& notice) { return notice.warning.code == "exclude-unused"; }) ==
        row.idle);
  CHECK(result.removed.empty());
}

TEST_CASE("a chart that cannot be read is refused, unless the base has it just so (B-2)", "[chart]") {
  auto base = base_tree();
  base.symlink("charts/web/broken", "nowhere");
  auto head = base;
  head.file("charts/api/Chart.yaml", chart_yaml("api", "1.1.0"));
  auto result = changes(base, head, {{"charts"}});
  CHECK(result.refused.empty());
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0].warning.code == "chart-unreadable");
  head.file("charts/web/values.yaml", "");
  CHECK(compared(base, head).refused == Pairs{{"charts/web", "link-dangling"}});
}

TEST_CASE("a change below a file:// directory counts as long as charts/ lacks the chart", "[chart]") {
  auto base = base_tree();
  base.file("charts/api/Chart.yaml",
            chart_yaml("api", "1.0.0", "dependencies:\n- {name: lib, version: 1.0.0, repository: 'file://../../lib'}\n"))
      .file("lib/Chart.yaml", chart_yaml("lib"));
  auto head = base;
  head.file("lib/x", "");
  CHECK(compared(base, head).refused == Pairs{{"charts/api", "version-not-bumped"}});
  base.file("charts/api/charts/lib/Chart.yaml", chart_yaml("lib"));
  head.file("charts/api/charts/lib/Chart.yaml", chart_yaml("lib"));
  CHECK(compared(base, head).refused.empty());
}

TEST_CASE("a chart of few objects at many places is looked at once (B-25)", "[chart]") {
  // Ten levels of ten names over one object: MemoryTree would hold them all, so the tree is made up.
  struct Deep final : SourceTree {
    std::string version;
    mutable std::size_t lists = 0;
    static bool is_deep(std::string_view path) { return path.starts_with("charts/old/"); }
    std::optional<Node> node(std::string_view path) const override {
      if (path == "charts/old/Chart.yaml" || path == "charts/web/Chart.yaml")
        return Node{"Chart.yaml", NodeKind::file, 50, {}, path == "charts/web/Chart.yaml" ? version : "old"};
      for (auto const* const there : {"", "charts", "charts/old", "charts/web"})
        if (path == there)
          return Node{std::string(base_name(path)),
                      NodeKind::directory,
                      {},
                      {},
                      path == "charts/old" ? "tree" : std::string(path) + version};
      return {};
    }
    std::vector<Node> list(std::string_view path) const override {
      ++lists;
      if (path.empty()) return {*node("charts")};
      if (path == "charts") return {*node("charts/old"), *node("charts/web")};
      if (path == "charts/web") return {*node("charts/web/Chart.yaml")};
      auto const level = std::count(path.begin(), path.end(), '/');
      std::vector<Node> nodes;
      if (path == "charts/old") nodes.push_back(*node("charts/old/Chart.yaml"));
      if (level > 9) return {Node{"f", NodeKind::file, 1, {}, "f"}};
      for (char name = 'a'; name < 'k'; ++name)
        nodes.push_back({std::string(1, name), NodeKind::directory, {}, {}, "level" + std::to_string(level)});
      return nodes;
    }
    std::optional<std::string> read(std::string_view path, std::size_t) const override {
      return chart_yaml(path == "charts/web/Chart.yaml" ? "web" : "old", path == "charts/web/Chart.yaml" ? version : "1.0.0");
    }
    std::string link_target(std::string_view) const override { return {}; }
  } base, head;
  base.version = "1.0.0";
  head.version = "1.1.0";
  auto const result = changes(base, head, {{"charts"}});
  REQUIRE(result.changed.size() == 1);
  CHECK(result.changed[0].path == "charts/web");
  CHECK(base.lists + head.lists < 60);
}

TEST_CASE("names that fit tags and outputs", "[chart]") {
  CHECK(is_usable_name("web"));
  CHECK(is_usable_name("_1.a-B"));
  CHECK_FALSE(is_usable_name(""));
  CHECK_FALSE(is_usable_name(".a"));
  CHECK_FALSE(is_usable_name("-a"));
  CHECK_FALSE(is_usable_name("a/b"));
  CHECK_FALSE(is_usable_name("a b"));
  CHECK_FALSE(is_usable_name("\xC3\xA9"));
}

}  // namespace
}  // namespace changed_charts_test
