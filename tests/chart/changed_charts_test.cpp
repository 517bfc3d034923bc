// Which charts a commit changes (A-45, A-57, P-105 … P-109).

#include "chart/changed_charts.hpp"

#include "support/catch2.hpp"

using namespace acr;
using namespace acr::chart;

namespace {

std::string chart_yaml(std::string const& name, std::string const& version = "1.0.0",
                       std::string const& more = "") {
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

struct Paths {
  std::vector<std::string> changed, removed, moved;
  std::vector<std::pair<std::string, std::string>> refused;
};

Paths compared(MemoryTree const& base, MemoryTree const& head,
               std::vector<std::string> const& dirs = {"charts"}) {
  auto const result = changed_charts(base, head, dirs);
  Paths paths;
  for (auto const& chart : result.changed) paths.changed.push_back(chart.path);
  for (auto const& chart : result.removed) paths.removed.push_back(chart.path);
  for (auto const& chart : result.moved) paths.moved.push_back(chart.from + " -> " + chart.to);
  for (auto const& chart : result.refused) paths.refused.emplace_back(chart.path, chart.why.code);
  return paths;
}

using Strings = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

}  // namespace

TEST_CASE("equal trees have no changed charts and nothing is read", "[chart]") {
  auto const tree = base_tree();
  auto const result = changed_charts(tree, tree, {"charts"});
  CHECK(result.changed.empty());
  CHECK(tree.reads().empty());
}

TEST_CASE("a chart with new content and a new version has changed", "[chart]") {
  auto const base = base_tree();
  auto head = base;
  head.file("charts/web/templates/x.yaml", "y").file("charts/web/Chart.yaml", chart_yaml("web", "1.1.0"));
  auto const result = changed_charts(base, head, {"charts"});
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
  static_cast<void>(changed_charts(base, head, {"charts"}));
  for (auto const& path : head.reads())
    CHECK((path.starts_with("charts/web/") || path == "charts/api/Chart.yaml"));
  for (auto const& path : base.reads()) CHECK(path.starts_with("charts/web/"));
}

TEST_CASE("what counts as a change and what does not", "[chart]") {
  struct Row {
    char const* what;
    void (*change)(MemoryTree&);
    bool changed;
  };
  auto const row = GENERATE(values<Row>({
      {"an ignored file", [](MemoryTree& t) { t.file("charts/web/README.md", "new"); }, false},
      {"a file elsewhere", [](MemoryTree& t) { t.file("other", "new"); }, false},
      {"a template", [](MemoryTree& t) { t.file("charts/web/templates/x.yaml", "y"); }, true},
      {"a template less", [](MemoryTree& t) { t.remove("charts/web/templates"); }, true},
      {"the mode alone (P-13)", [](MemoryTree& t) { t.executable("charts/web/templates/x.yaml", "x"); },
       false},
      {"a comment in Chart.yaml",
       [](MemoryTree& t) { t.file("charts/web/Chart.yaml", "# c\n" + chart_yaml("web")); }, false},
      {"a field of Chart.yaml",
       [](MemoryTree& t) { t.file("charts/web/Chart.yaml", chart_yaml("web", "1.0.0", "home: x\n")); }, true},
      {"an empty lock", [](MemoryTree& t) { t.file("charts/web/Chart.lock", ""); }, false},
      {"a group that is dropped (P-55)", [](MemoryTree& t) { t.file("charts/web/charts/_x/y", ""); }, false},
      {"a hidden template (P-36)", [](MemoryTree& t) { t.file("charts/web/templates/.swp", ""); }, false},
      {"rules that ignore nothing more, in a file that is packaged",
       [](MemoryTree& t) { t.file("charts/web/.helmignore", "*.md\n*.rst\n"); }, true},
      {"a subchart", [](MemoryTree& t) { t.file("charts/web/charts/s/Chart.yaml", chart_yaml("s")); }, true},
  }));
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
            chart_yaml("api", "1.0.0",
                       "dependencies:\n- name: lib\n  version: 1.0.0\n  repository: file://../../lib\n"))
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
  auto const repository = GENERATE(as<std::string>{}, R"("\x66ile://../../lib")", "!!binary ZmlsZTovLy4uLy4uL2xpYg==", "!x!ary ZmlsZTovLy4uLy4uL2xpYg==");
  CAPTURE(repository);
  auto base = base_tree();
  base.file("charts/api/Chart.yaml", "%TAG !x! tag:yaml.org,2002:bin\n---\n" +
                                         chart_yaml("api", "1.0.0", "dependencies:\n- name: lib\n  version: 1.0.0\n  repository: " + repository + "\n"))
      .file("lib/Chart.yaml", chart_yaml("lib"))
      .file("lib/templates/x", "1");
  auto head = base;
  head.file("lib/templates/x", "2");
  CHECK(compared(base, head).refused == Pairs{{"charts/api", "version-not-bumped"}});
}

TEST_CASE("what a lock names counts, pins included and hidden or not; how it is written does not (D-37)", "[chart]") {
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
  auto const row = GENERATE_COPY(values<Row>({
      {"a version", "v2", "", lock("1.1.0"), true},
      {"a pin, which is not packaged", "v2", "", lock("1.0.0", pinned), true},
      {"a comment", "v2", "", "# new\n" + lock("1.0.0"), false},
      {"a version, in a lock that v1 does not package", "v1", "", lock("1.1.0"), true},
      {"a version, in a hidden lock", "v2", "Chart.lock\n", lock("1.1.0"), true},
      {"no lock any more", "v1", "", "", true},
  }));
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
  head.remove("charts/api")
      .file("apps/api/Chart.yaml", chart_yaml("api"))
      .file("apps/api/values.yaml", "a: 1\n");
  paths = compared(base, head, {"charts", "apps"});
  CHECK(paths.moved == Strings{"charts/api -> apps/api"});
  CHECK(paths.changed.empty());
  CHECK(paths.removed.empty());

  head.file("apps/api/values.yaml", "a: 2\n");
  CHECK(compared(base, head, {"charts", "apps"}).refused == Pairs{{"apps/api", "version-not-bumped"}});
  head.file("apps/api/Chart.yaml", chart_yaml("api", "2.0.0"));
  auto const result = changed_charts(base, head, {"charts", "apps"});
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
  auto const row = GENERATE(values<Row>({
      {"another name",
       [](MemoryTree& t) { t.file("charts/x/Chart.yaml", chart_yaml("y")); },
       {{"charts/x", "name-mismatch"}}},
      {"a blank",
       [](MemoryTree& t) { t.file("charts/a b/Chart.yaml", chart_yaml("a b")); },
       {{"charts/a b", "name-unusable"}}},
      {"a leading dash",
       [](MemoryTree& t) { t.file("charts/-a/Chart.yaml", chart_yaml("-a")); },
       {{"charts/-a", "name-unusable"}}},
      {"one name twice",
       [](MemoryTree& t) {
         t.file("charts/A/Chart.yaml", chart_yaml("A")).file("charts/a/Chart.yaml", chart_yaml("a"));
       },
       {{"charts/A", "duplicate-name"}, {"charts/a", "duplicate-name"}}},
      {"no version",
       [](MemoryTree& t) { t.file("charts/x/Chart.yaml", "apiVersion: v2\nname: x\n"); },
       {{"charts/x", "chart-metadata"}}},
      {"no YAML", [](MemoryTree& t) { t.file("charts/x/Chart.yaml", "{"); }, {{"charts/x", "chart-yaml"}}},
      {"a link out",
       [](MemoryTree& t) { t.file("charts/x/Chart.yaml", chart_yaml("x")).symlink("charts/x/l", "/etc"); },
       {{"charts/x", "link-absolute"}}},
      {"bad rules",
       [](MemoryTree& t) {
         t.file("charts/x/Chart.yaml", chart_yaml("x")).file("charts/x/.helmignore", "**");
       },
       {{"charts/x", "ignore-rule"}}},
  }));
  CAPTURE(row.what);
  auto const base = base_tree();
  auto head = base;
  row.change(head);
  auto const paths = compared(base, head);
  CHECK(paths.refused == row.refused);
  CHECK(paths.changed.empty());
}

TEST_CASE("a lower version is a warning, not a refusal", "[chart]") {
  auto const base = base_tree();
  auto head = base;
  head.file("charts/web/Chart.yaml", chart_yaml("web", "0.9.0"));
  auto const result = changed_charts(base, head, {"charts"});
  CHECK(result.changed.size() == 1);
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0].path == "charts/web");
  CHECK(result.warnings[0].warning.code == "version-not-increased");
}

TEST_CASE("a base that cannot be packaged does not hide a change", "[chart]") {
  auto base = base_tree();
  base.symlink("charts/web/broken", "nowhere");
  auto head = base_tree();
  head.file("charts/web/Chart.yaml", chart_yaml("web", "1.0.1"));
  CHECK(compared(base, head).changed == Strings{"charts/web"});
}

TEST_CASE("charts directories may be many, the root, links, or inside a chart", "[chart]") {
  MemoryTree base;
  MemoryTree head;
  head.file("web/Chart.yaml", chart_yaml("web"))
      .file("deep/er/api/Chart.yaml", chart_yaml("api"))
      .file("web/charts/sub/Chart.yaml", chart_yaml("sub"))
      .symlink("linked", "deep/er")
      .symlink("alias/api", "../deep/er/api");
  CHECK(compared(base, head, {""}).changed == Strings{"web"});
  CHECK(compared(base, head, {"."}).changed == Strings{"web"});
  CHECK(compared(base, head, {"./deep/er/", "absent"}).changed == Strings{"deep/er/api"});
  CHECK(compared(base, head, {"linked"}).changed == Strings{"linked/api"});
  CHECK(compared(base, head, {"alias"}).changed == Strings{"alias/api"});
  auto const nested = changed_charts(base, head, {"web/charts"});
  CHECK(nested.changed.empty());
  REQUIRE(nested.warnings.size() == 1);
  CHECK(nested.warnings[0].warning.code == "nested-charts-directory");
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
