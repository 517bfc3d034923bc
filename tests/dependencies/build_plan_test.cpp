// What would be fetched, decided offline (D-2 … D-4, D-7, D-24 … D-29; section 10).

#include "dependencies/build_plan.hpp"

#include <algorithm>

#include "dependencies/sample_charts.hpp"
#include "memory/tree.hpp"
#include "support/catch2.hpp"

namespace build_plan_test {
namespace {

using namespace acr::dependencies;
using namespace acr::dependencies::samples;
using acr::chart::MemoryTree;
using Origin = ExplainedDependency::Origin;

constexpr auto stable = "https://charts.example.org/stable";

/// A chart with its lock; declared and locked lists as given.
void add_chart(MemoryTree& tree, std::string const& root, std::vector<Entry> const& declared, std::vector<Entry> const& locked,
               std::string const& version = "1.0.0") {
  tree.file(root + "/Chart.yaml", chart_yaml(root.substr(root.rfind('/') + 1), declared, version));
  if (!locked.empty()) tree.file(root + "/Chart.lock", lock_text(declared, locked));
}

MemoryTree one_missing() {
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"redis", "1.x", stable}, {"web", ">=2", "oci://registry.example.org/team"}},
            {{"redis", "1.3.0", stable}, {"web", "2.0.0", "oci://registry.example.org/team"}});
  return tree;
}

std::vector<std::string> codes(std::vector<acr::Rejection> const& all) {
  std::vector<std::string> found;
  for (auto const& one : all) found.emplace_back(one.code.text());
  return found;
}

/// The one refusal there is.
acr::Rejection only_refusal(BuildPlan const& plan) {
  CAPTURE(codes(plan.refusals));
  REQUIRE(plan.refusals.size() == 1);
  CHECK_FALSE(plan.refusals[0].fix_text.empty());
  return plan.refusals[0];
}

TEST_CASE("a chart that has everything, or declares nothing, needs no build", "[dependencies]") {
  MemoryTree tree;
  tree.file("charts/plain/Chart.yaml", chart_yaml("plain"));
  add_chart(tree, "charts/app", {{"redis", ">=99", stable}}, {});  // vendored whatever its version (D-2)
  tree.file("charts/app/charts/some-name.tgz", archive_of("redis", "0.1.0"));
  for (auto const* const root : {"charts/plain", "charts/app", "charts/nowhere"}) {
    auto const plan = plan_build(tree, root);
    CHECK_FALSE(plan.needs_build());
    CHECK(plan.refusals.empty());
    CHECK(plan.orders.empty());
  }
  tree.forget_reads();
  CHECK_FALSE(plan_build(tree, "charts/plain").needs_build());
  CHECK(tree.reads() == std::vector<std::string>{"charts/plain/Chart.yaml"});  // not loaded
}

TEST_CASE("missing charts become orders of exactly what the lock names (D-1)", "[dependencies]") {
  auto tree = one_missing();
  auto const plan = plan_build(tree, "charts/app");
  CHECK(plan.refusals.empty());
  REQUIRE(plan.orders.size() == 2);
  CHECK(plan.orders[0].repository == stable);
  CHECK(plan.orders[0].name == "redis");
  CHECK(plan.orders[0].version == "1.3.0");
  CHECK(plan.orders[0].pin.empty());
  CHECK(plan.orders[1].repository == "oci://registry.example.org/team");
  REQUIRE(plan.declared.size() == 2);
  CHECK(plan.declared[1].origin == Origin::fetched);
  CHECK(plan.declared[1].locked == "2.0.0");
  CHECK(plan.lock_file == "Chart.lock");
}

TEST_CASE("a lock that .helmignore hides counts all the same (D-7)", "[dependencies]") {
  auto tree = one_missing();
  tree.file("charts/app/.helmignore", "Chart.lock\n");
  CHECK(plan_build(tree, "charts/app").orders.size() == 2);
}

TEST_CASE("requirements.yaml and requirements.lock of a v1 chart", "[dependencies]") {
  std::vector<Entry> const declared{{"redis", "1.x", stable}};
  MemoryTree tree;
  tree.file("charts/app/Chart.yaml", "apiVersion: v1\nname: app\nversion: 1.0.0\n")
      .file("charts/app/requirements.yaml", list_text(declared))
      .file("charts/app/requirements.lock", lock_text(declared, {{"redis", "1.3.0", stable}}));
  auto const plan = plan_build(tree, "charts/app");
  CHECK(plan.refusals.empty());
  CHECK(plan.orders.size() == 1);
  CHECK(plan.lock_file == "requirements.lock");
  tree.file("charts/app/requirements.lock", lock_text(declared, {{"redis", "9.3.0", stable}}));
  auto const refused = only_refusal(plan_build(tree, "charts/app"));
  CHECK(refused.code == "dep-lock-mismatch");
  CHECK(refused.where.starts_with("charts/app: requirements.lock:"));
  tree.file("charts/app/requirements.lock", "# nothing\n");  // no lock at all (P-69)
  CHECK(only_refusal(plan_build(tree, "charts/app")).code == "dep-lock-missing");
}

TEST_CASE("a committed chart stays only in the version that is meant (D-4)", "[dependencies]") {
  auto tree = one_missing();
  tree.file("charts/app/charts/redis-1.3.0.tgz", archive_of("redis", "1.3.0"));
  auto const good = plan_build(tree, "charts/app");
  CHECK(good.refusals.empty());
  REQUIRE(good.orders.size() == 1);
  CHECK(good.orders[0].name == "web");
  CHECK(good.declared[0].origin == Origin::committed);
  CHECK(good.declared[0].place == "charts/redis-1.3.0.tgz");

  tree.file("charts/app/charts/redis-1.3.0.tgz", archive_of("redis", "1.2.0"));
  auto const refused = only_refusal(plan_build(tree, "charts/app"));
  CHECK(refused.code == "dep-vendored-version");
  CHECK(refused.found_value == "1.2.0");
  // With metadata (D-16): another build is another chart.
  tree.file("charts/app/charts/redis-1.3.0.tgz", archive_of("redis", "1.3.0+b1"));
  CHECK(only_refusal(plan_build(tree, "charts/app")).code == "dep-vendored-version");
}

TEST_CASE("a committed chart without locked version must meet the constraint", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"redis", "1.x", stable}, {"web", "2.0.0", stable}, {"own", "~3.1", ""}}, {});
  tree.file("charts/app/charts/redis/Chart.yaml", chart_yaml("redis", {}, "1.9.9"))
      .file("charts/app/charts/own/Chart.yaml", chart_yaml("own", {}, "3.1.5"));
  CHECK(plan_build(tree, "charts/app").refusals.empty());
  tree.file("charts/app/charts/own/Chart.yaml", chart_yaml("own", {}, "3.2.0"));
  CHECK(only_refusal(plan_build(tree, "charts/app")).code == "dep-vendored-version");
}

TEST_CASE("a constraint that Helm cannot read holds for no committed and no local chart", "[dependencies]") {
  MemoryTree tree;
  auto const declare = [&](std::string const& redis, std::string const& lib) {
    add_chart(tree, "charts/app",
              {{"redis", redis, stable}, {"lib", lib, "file://../lib"}, {"web", "2.0.0", "oci://registry.example.org/team"}},
              {});
  };
  tree.file("charts/app/charts/redis/Chart.yaml", chart_yaml("redis", {}, "1.9.9"));
  add_chart(tree, "charts/lib", {}, {});
  declare("1.x", "1.x");
  CHECK(plan_build(tree, "charts/app").refusals.empty());
  declare("1,", "1.x");
  auto const committed = only_refusal(plan_build(tree, "charts/app"));
  CHECK(committed.code == "dep-lock-mismatch");
  CHECK(committed.where.starts_with("charts/app: Chart.yaml:6: dependency redis 1,"));
  declare("1.x", "1,");
  auto const local = only_refusal(plan_build(tree, "charts/app"));
  CHECK(local.code == "dep-lock-mismatch");
  CHECK(local.where.starts_with("charts/app: Chart.yaml:9: dependency lib 1,"));
}

TEST_CASE("a chart whose archives cannot be read is refused before anything is planned", "[dependencies]") {
  auto tree = one_missing();
  tree.file("charts/app/charts/redis-1.3.0.tgz", "no gzip");
  auto const plan = plan_build(tree, "charts/app");
  auto const refused = only_refusal(plan);
  CHECK(refused.code == "archive-gzip");
  CHECK(refused.where.starts_with("charts/app: charts/redis-1.3.0.tgz"));
  CHECK_FALSE(plan.needs_build());
  CHECK(plan.orders.empty());
  tree.file("charts/app/charts/redis-1.3.0.tgz", archive_of("redis", "1.3.0"));
  CHECK(plan_build(tree, "charts/app").orders.size() == 1);
}

TEST_CASE("an archive that nobody declares is refused, a directory stays", "[dependencies]") {
  auto tree = one_missing();
  tree.file("charts/app/charts/extra/Chart.yaml", chart_yaml("extra"));
  CHECK(plan_build(tree, "charts/app").refusals.empty());
  tree.file("charts/app/charts/old-1.0.0.tgz", archive_of("old"));
  auto const refused = only_refusal(plan_build(tree, "charts/app"));
  CHECK(refused.code == "dep-stale-archive");
  CHECK(refused.where == "charts/app: charts/old-1.0.0.tgz");
}

TEST_CASE("a dependency without repository is never fetched (D-27, P-90)", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"own", "1.x", ""}}, {});
  auto const refused = only_refusal(plan_build(tree, "charts/app"));
  CHECK(refused.code == "dep-missing");
  CHECK(refused.rule_number == "D-27");
}

TEST_CASE("pins are taken into orders and demanded before anything is fetched (D-29)", "[dependencies]") {
  auto const pin = "sha256:" + std::string(64, '1');
  std::vector<Entry> const declared{{"redis", "1.x", stable}, {"web", "2.x", stable}, {"lib", "1.x", "file://../lib"}};
  MemoryTree tree;
  add_chart(tree, "charts/app", declared,
            {{"redis", "1.3.0", stable, "digest: " + pin}, {"web", "2.0.0", stable}, {"lib", "1.0.0", "file://../lib"}});
  add_chart(tree, "charts/lib", {}, {});
  auto const warned = plan_build(tree, "charts/app");
  CHECK(warned.refusals.empty());
  CHECK(warned.orders.at(0).pin == pin);
  auto const refused = only_refusal(plan_build(tree, "charts/app", {.pins = Pins::require}));
  CHECK(refused.code == "dep-pin-missing");
  CHECK(refused.where == "charts/app: Chart.lock:6: dependency web 2.0.0 from https://charts.example.org/stable");
}

TEST_CASE("a pin also binds what is committed", "[dependencies]") {
  auto const bytes = archive_of("redis", "1.3.0");
  std::vector<Entry> const declared{{"redis", "1.x", stable}};
  MemoryTree tree;
  tree.file("charts/app/charts/redis-1.3.0.tgz", bytes);
  add_chart(tree, "charts/app", declared, {{"redis", "1.3.0", stable, "digest: " + acr::sha256_text(bytes)}});
  CHECK(plan_build(tree, "charts/app").refusals.empty());
  add_chart(tree, "charts/app", declared, {{"redis", "1.3.0", stable, "digest: sha256:" + std::string(64, '0')}});
  auto const refused = only_refusal(plan_build(tree, "charts/app"));
  CHECK(refused.code == "dep-digest-mismatch");
  CHECK(refused.found_value == acr::sha256_text(bytes));
}

TEST_CASE("local dependencies are planned through, each by its own lock (D-26)", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"lib", "1.x", "file://../lib"}, {"lib", "1.x", "file://../lib", "alias: again"}},
            {{"lib", "1.0.0", "file://../lib"}, {"lib", "1.0.0", "file://../lib"}});
  add_chart(tree, "charts/lib", {{"redis", "1.x", stable}}, {{"redis", "1.3.0", stable}});
  auto const plan = plan_build(tree, "charts/app");
  CHECK(plan.refusals.empty());
  REQUIRE(plan.directories.size() == 2);
  CHECK(plan.directories[0].height == 1);
  CHECK(plan.directories[1].root == "charts/lib");
  REQUIRE(plan.orders.size() == 1);
  CHECK(plan.orders[0].name == "redis");
  CHECK(plan.declared[0].origin == Origin::local);
  CHECK(plan.declared[0].place == "charts/lib");

  tree.remove("charts/lib/Chart.lock");
  auto const refused = only_refusal(plan_build(tree, "charts/app"));
  CHECK(refused.code == "dep-lock-missing");
  CHECK(refused.where.starts_with("charts/app: file://charts/lib: Chart.yaml:"));
}

TEST_CASE("a local target must be the chart that is meant (D-24, P-90)", "[dependencies]") {
  struct Row {
    char const* repository;
    char const* name;
    char const* version;
    char const* code;
  };
  auto const row = one_of<Row>({
      {"file://../lib", "lib", "1.0.0", ""},
      {"file://../lib/", "lib", "1.0.1+b", ""},  // with a version range below; metadata is ignored
      {"file://../lib", "lib", "2.0.0", "dep-local-version"},
      {"file://../lib", "bil", "1.0.0", "dep-local-version"},
      {"file:///charts/lib", "lib", "1.0.0", "dep-local-path"},
      {"file://../../..", "lib", "1.0.0", "dep-local-path"},
      {"file://../..", "lib", "1.0.0", "dep-local-path"},
      {"file://.", "lib", "1.0.0", "dep-local-path"},
      {"file://../none", "lib", "1.0.0", "dep-local-path"},
  });
  CAPTURE(row.repository, row.version);
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"lib", "1.x", row.repository}}, {});
  tree.file("charts/lib/Chart.yaml", chart_yaml(row.name, {}, row.version));
  auto const plan = plan_build(tree, "charts/app");
  if (*row.code == '\0')
    CHECK(plan.refusals.empty());
  else
    CHECK(only_refusal(plan).code == row.code);
}

TEST_CASE("a target that has moved on from the lock is refused", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"lib", "1.x", "file://../lib"}}, {{"lib", "1.0.0", "file://../lib"}});
  add_chart(tree, "charts/lib", {}, {}, "1.0.1");
  CHECK(only_refusal(plan_build(tree, "charts/app")).code == "dep-local-version");
}

TEST_CASE("cycles and long chains of local dependencies end", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/a", {{"b", ">=0", "file://../b"}}, {});
  add_chart(tree, "charts/b", {{"a", ">=0", "file://../a"}}, {});
  auto const cycle = only_refusal(plan_build(tree, "charts/a"));
  CHECK(cycle.code == "dep-cycle");
  CHECK(cycle.found_value == "charts/a → charts/b → charts/a");

  for (int i = 0; i < 12; ++i) {
    auto const n = std::to_string(i), next = std::to_string(i + 1);
    add_chart(tree, "charts/c" + n, {{"c" + next, ">=0", "file://../c" + next}}, {});
  }
  add_chart(tree, "charts/c12", {}, {});
  CHECK(plan_build(tree, "charts/c2").refusals.empty());  // ten below the chart
  CHECK(only_refusal(plan_build(tree, "charts/c1")).code == "dep-cycle");
  // A short way found first hides no long one.
  add_chart(tree, "charts/both", {{"c3", ">=0", "file://../c3"}, {"c2", ">=0", "file://../c2"}}, {});
  CHECK(only_refusal(plan_build(tree, "charts/both")).code == "dep-cycle");
}

TEST_CASE("a lattice of local dependencies is planned once per directory", "[dependencies]") {
  // Ten levels of ten charts, each of which names all of the next level: 10^10 ways.
  MemoryTree tree;
  for (int level = 0; level < 10; ++level)
    for (int i = 0; i < 10; ++i) {
      std::vector<Entry> below;
      for (int j = 0; j < 10 && level < 9; ++j)
        below.push_back({"l" + std::to_string(level + 1) + std::to_string(j), ">=0",
                         "file://../l" + std::to_string(level + 1) + std::to_string(j)});
      add_chart(tree, "charts/l" + std::to_string(level) + std::to_string(i), below, {});
    }
  auto const plan = plan_build(tree, "charts/l00");
  CHECK(plan.refusals.empty());
  CHECK(plan.directories.size() == 91);
}

TEST_CASE("a chart reaches at most 256 directories through local dependencies", "[dependencies]") {
  MemoryTree tree;
  auto const below = [&](std::string const& name, int count) {
    std::vector<Entry> entries;
    for (int i = 0; i < count; ++i) {
      auto const leaf = name + std::to_string(i);
      tree.file("charts/" + leaf + "/Chart.yaml", chart_yaml(leaf));
      entries.push_back({leaf, ">=0", "file://../" + leaf});
    }
    add_chart(tree, "charts/" + name, entries, {});
  };
  add_chart(tree, "charts/app", {{"a", ">=0", "file://../a"}, {"b", ">=0", "file://../b"}, {"c", ">=0", "file://../c"}}, {});
  below("a", 100);
  below("b", 100);
  below("c", 53);
  auto const full = plan_build(tree, "charts/app");
  CHECK(full.refusals.empty());
  CHECK(full.directories.size() == 257);  // with the chart itself
  below("c", 54);
  auto const refused = only_refusal(plan_build(tree, "charts/app"));
  CHECK(refused.code == "dep-too-large");
  CHECK(refused.why == "the chart has too many `file://` dependencies");
  CHECK(refused.expected_value == "at most 256");
  CHECK(refused.fix_text == "commit the packages of some of them in charts/ instead");
  CHECK(refused.where.find("dependency c53 >=0 from file://../c53") != std::string::npos);
}

TEST_CASE("two aliases may share one version, not two (D-28)", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"redis", "1.x", stable, "alias: a"}, {"redis", ">=1", stable, "alias: b"}},
            {{"redis", "1.3.0", stable}, {"redis", "1.3.0", stable}});
  auto const one = plan_build(tree, "charts/app");
  CHECK(one.refusals.empty());
  CHECK(one.orders.size() == 1);
  CHECK(one.declared[1].origin == Origin::fetched);
  add_chart(tree, "charts/app", {{"redis", "1.x", stable, "alias: a"}, {"redis", ">=1", stable, "alias: b"}},
            {{"redis", "1.3.0", stable}, {"redis", "2.0.0", stable}});
  CHECK(only_refusal(plan_build(tree, "charts/app")).code == "dep-duplicate");
}

TEST_CASE("an ignore rule that hides what is fetched is found before fetching", "[dependencies]") {
  auto tree = one_missing();
  tree.file("charts/app/.helmignore", "# archives\n*.tgz\n");
  auto const plan = plan_build(tree, "charts/app");
  REQUIRE(codes(plan.refusals) == std::vector<std::string>{"dep-ignored", "dep-ignored"});
  CHECK(plan.refusals[0].found_value == "line 2: *.tgz");
  tree.file("charts/app/.helmignore", "/*.tgz\n");
  CHECK(plan_build(tree, "charts/app").refusals.empty());

  MemoryTree local;
  add_chart(local, "charts/app", {{"lib", "1.x", "file://../lib"}}, {});
  add_chart(local, "charts/lib", {}, {});
  CHECK(plan_build(local, "charts/app").refusals.empty());
  local.file("charts/app/.helmignore", "charts/lib-*\n");
  auto const refused = only_refusal(plan_build(local, "charts/app"));
  CHECK(refused.code == "dep-ignored");
  CHECK(refused.where.starts_with("charts/app: charts/lib-1.0.0.tgz"));
}

TEST_CASE("names that would leave charts/ are refused before fetching", "[dependencies]") {
  for (auto const* const name : {"../x", "a/b", "_x", ".x", "x\\y"}) {
    CAPTURE(name);
    MemoryTree tree;
    tree.file("charts/app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- name: '" +
                                           std::string(name) + "'\n  version: 1.0.0\n  repository: " + stable + "\n");
    CHECK(only_refusal(plan_build(tree, "charts/app")).code == "bad-file-name");
  }
}

TEST_CASE("what the source refuses is asked before fetching, with its line", "[dependencies]") {
  auto tree = one_missing();
  PlanSettings settings;
  settings.check_order = [](ArchiveOrder const& order) -> acr::Verdict<void> {
    if (order.name == "redis") return {};
    return acr::reject("dep-host-denied", order.repository, "no such host is allowed").fix("allow it");
  };
  auto const refused = only_refusal(plan_build(tree, "charts/app", settings));
  CHECK(refused.code == "dep-host-denied");
  CHECK(refused.where.starts_with("charts/app: Chart.yaml:"));
}

TEST_CASE("content that lacks its own dependencies is told, not built (D-26)", "[dependencies]") {
  auto tree = one_missing();
  tree.file("charts/app/charts/own/Chart.yaml", chart_yaml("own", {{"deep", "1.0.0", stable}}));
  auto const plan = plan_build(tree, "charts/app");
  CHECK(plan.refusals.empty());
  REQUIRE(codes(plan.warnings) == std::vector<std::string>{"nested-missing"});
  CHECK(plan.warnings[0].where == "charts/app: charts/own");
  CHECK(plan.warnings[0].found_value == "deep");
}

TEST_CASE("a refusal names the dependency, its alias and its repository, a wrong URL too", "[dependencies]") {
  PlanSettings settings;
  settings.check_order = [](ArchiveOrder const&) {
    return acr::reject("dep-repository", "", "the repository is not a usable URL");
  };
  MemoryTree tree;
  std::vector<Entry> const declared{{"redis", "1.x", "htps:/charts.example.org?key=secret", "alias: cache"}};
  tree.file("charts/app/Chart.yaml", chart_yaml("app", declared));
  tree.file("charts/app/Chart.lock", lock_text(declared, {{"redis", "1.3.0", "htps:/charts.example.org?key=secret"}}));
  auto const plan = plan_build(tree, "charts/app", settings);
  REQUIRE(plan.refusals.size() == 1);
  CHECK(plan.refusals[0].where ==
        "charts/app: Chart.yaml:6: dependency redis 1.3.0 (alias cache) from htps:/charts.example.org");
  CHECK(plan_build(tree, "charts/app").refusals.empty());
}

TEST_CASE("a refusal below a local dependency names the inner one, once", "[dependencies]") {
  MemoryTree tree;
  tree.file("charts/app/Chart.yaml", chart_yaml("app", {{"lib", ">=0.1", "file://../lib", "alias: base"}}));
  tree.file("charts/lib/Chart.yaml", chart_yaml("lib", {{"kept", "", ""}}));
  auto const plan = plan_build(tree, "charts/app");
  REQUIRE(plan.refusals.size() == 1);
  CHECK(plan.refusals[0].code == "dep-missing");
  auto const& where = plan.refusals[0].where;
  CAPTURE(where);
  CHECK(where.find("file://charts/lib") != std::string::npos);
  CHECK(where.ends_with(": dependency kept"));
  CHECK(where.find("lib (alias base)") == std::string::npos);
}

TEST_CASE("a lock that differs, and an unreadable chart below, name the dependency that led there", "[dependencies]") {
  MemoryTree tree;
  std::vector<Entry> const declared{{"redis", "1.x", "https://charts.example.org/s", "alias: cache"}};
  tree.file("charts/app/Chart.yaml", chart_yaml("app", declared));
  tree.file("charts/app/Chart.lock", lock_text(declared, {{"redis", "2.0.0", "https://charts.example.org/s"}}));
  auto const plan = plan_build(tree, "charts/app");
  REQUIRE(plan.refusals.size() == 1);
  CHECK(plan.refusals[0].code == "dep-lock-mismatch");
  CHECK(plan.refusals[0].where.ends_with(": dependency redis 2.0.0 (alias cache) from https://charts.example.org/s"));
  MemoryTree broken;
  broken.file("charts/app/Chart.yaml", chart_yaml("app", {{"lib", ">=0.1", "file://../lib", "alias: base"}}));
  broken.file("charts/lib/Chart.yaml", "name: [\n");
  auto const unreadable = plan_build(broken, "charts/app");
  REQUIRE(unreadable.refusals.size() == 1);
  CHECK(unreadable.refusals[0].where.ends_with(": dependency lib >=0.1 (alias base) from file://../lib"));
}

}  // namespace
}  // namespace build_plan_test
