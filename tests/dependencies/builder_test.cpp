// From plans to packages, over a source in memory (D-5, D-6, D-25, D-26, D-28 … D-31, D-35; section 10).

#include "dependencies/builder.hpp"

#include <algorithm>

#include "dependencies/sample_charts.hpp"
#include "memory/tree.hpp"
#include "support/catch2.hpp"

namespace builder_test {
namespace {

using namespace acr::dependencies;
using namespace acr::dependencies::samples;
using acr::chart::MemoryTree;
using acr::chart::Package;
using acr::chart::PackageOptions;

constexpr auto stable = "https://charts.example.org/stable";
constexpr std::int64_t release_time = 1'700'000'000;

void add_chart(MemoryTree& tree, std::string const& root, std::vector<Entry> const& declared,
               std::vector<Entry> const& locked) {
  tree.file(root + "/Chart.yaml", chart_yaml(root.substr(root.rfind('/') + 1), declared));
  if (!locked.empty()) tree.file(root + "/Chart.lock", lock_text(declared, locked));
}

PackageOptions at_release_time() {
  PackageOptions options;
  options.time = release_time;
  options.entry_digests = true;
  return options;
}

acr::Verdict<Package> built(MemoryTree const& tree, std::string const& root, FakeSource& source, std::size_t workers = 1) {
  auto const plan = plan_build(tree, root);
  if (!plan.refusals.empty()) return plan.refusals.front();
  auto const fetched = fetch_archives({&plan}, source, workers);
  if (!fetched.front().refusals.empty()) return fetched.front().refusals.front();
  auto options = at_release_time();
  auto archives = archives_of(tree, plan, fetched.front(), options);
  if (!archives) return archives.error();
  options.extra_archives = std::move(*archives);
  return acr::chart::package(tree, root, options);
}

std::vector<std::string> paths(Package const& package) {
  std::vector<std::string> all;
  for (auto const& entry : package.entries) all.push_back(entry.path);
  return all;
}

std::vector<std::string> codes(std::vector<acr::Rejection> const& all) {
  std::vector<std::string> found;
  for (auto const& one : all) found.emplace_back(one.code.text());
  return found;
}

std::int64_t time_of(Package const& package, std::string_view path) {
  return std::ranges::find(package.entries, path, &acr::chart::PackageEntry::path)->mtime;
}

TEST_CASE("a build gives the package that committed archives would give", "[dependencies]") {
  std::vector<Entry> const declared{{"web", "2.x", stable}, {"redis", "1.x", stable}};
  MemoryTree tree;
  add_chart(tree, "charts/app", declared, {{"web", "2.0.0", stable}, {"redis", "1.3.0", stable}});
  FakeSource source;
  source.holds(stable, "redis", "1.3.0", archive_of("redis", "1.3.0"))
      .holds(stable, "web", "2.0.0", archive_of("web", "2.0.0"));
  auto const package = built(tree, "charts/app", source);
  REQUIRE(package.has_value());
  CHECK(paths(*package) == std::vector<std::string>{"app/Chart.yaml", "app/Chart.lock", "app/charts/redis/Chart.yaml",
                                                    "app/charts/redis/templates/a.yaml", "app/charts/web/Chart.yaml",
                                                    "app/charts/web/templates/a.yaml"});
  CHECK(time_of(*package, "app/charts/web/Chart.yaml") == archive_time);  // inner times stay (P-133)
  CHECK(time_of(*package, "app/Chart.yaml") == release_time);

  auto committed = tree;
  committed.file("charts/app/charts/redis-1.3.0.tgz", archive_of("redis", "1.3.0"))
      .file("charts/app/charts/web-2.0.0.tgz", archive_of("web", "2.0.0"));
  CHECK(acr::chart::package(committed, "charts/app", at_release_time())->bytes == package->bytes);
  FakeSource silent;
  CHECK(built(committed, "charts/app", silent)->bytes == package->bytes);
  CHECK(silent.calls == 0);  // nothing is missing: nobody is asked
}

TEST_CASE("local dependencies are built first and take the parent's time (D-25, D-26)", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"lib", "1.x", "file://../lib"}}, {{"lib", "1.0.0", "file://../lib"}});
  add_chart(tree, "charts/lib", {{"redis", "1.x", stable}, {"deep", ">=0", "file://../deep"}},
            {{"redis", "1.3.0", stable}, {"deep", "1.0.0", "file://../deep"}});
  add_chart(tree, "charts/deep", {}, {});
  tree.file("charts/lib/.helmignore", "secret\n").file("charts/lib/secret", "x").file("charts/lib/kept", "x");
  FakeSource source;
  source.holds(stable, "redis", "1.3.0", archive_of("redis", "1.3.0"));
  auto const package = built(tree, "charts/app", source);
  REQUIRE(package.has_value());
  CHECK(paths(*package) ==
        std::vector<std::string>{"app/Chart.yaml", "app/Chart.lock", "app/charts/lib/Chart.yaml", "app/charts/lib/Chart.lock",
                                 "app/charts/lib/.helmignore", "app/charts/lib/kept", "app/charts/lib/charts/deep/Chart.yaml",
                                 "app/charts/lib/charts/redis/Chart.yaml", "app/charts/lib/charts/redis/templates/a.yaml"});
  CHECK(time_of(*package, "app/charts/lib/kept") == release_time);
  CHECK(time_of(*package, "app/charts/lib/Chart.lock") == 1'767'323'045);  // `generated` (P-86)
  CHECK(time_of(*package, "app/charts/lib/charts/redis/Chart.yaml") == archive_time);
}

TEST_CASE("a chart of local dependencies alone asks nobody", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"lib", ">=0.1", "file://../lib"}}, {});  // no lock: none is packaged (D-10)
  add_chart(tree, "charts/lib", {}, {});
  FakeSource source;
  auto const package = built(tree, "charts/app", source);
  REQUIRE(package.has_value());
  CHECK(source.calls == 0);
  CHECK(std::ranges::count(paths(*package), "app/Chart.lock") == 0);
}

TEST_CASE("all charts of a run are one fetch, and each archive is asked for once (D-35)", "[dependencies]") {
  MemoryTree tree;
  std::vector<BuildPlan> plans;
  for (int i = 0; i < 20; ++i) {
    auto const root = "charts/app" + std::to_string(i);
    add_chart(tree, root, {{"redis", "1.x", stable}}, {{"redis", "1.3.0", stable}});
    plans.push_back(plan_build(tree, root));
  }
  FakeSource source;
  source.holds(stable, "redis", "1.3.0", archive_of("redis", "1.3.0"));
  std::vector<BuildPlan const*> all;
  for (auto const& plan : plans) all.push_back(&plan);
  auto const fetched = fetch_archives(all, source, 4);
  CHECK(source.calls == 1);
  CHECK(source.asked.size() == 1);
  for (auto const& chart : fetched) {
    CHECK(chart.refusals.empty());
    CHECK(chart.archives.at(0).stored == fetched.front().archives.at(0).stored);  // shared, not copied
  }
}

TEST_CASE("what was fetched is recorded, with lines to paste for what is not pinned (D-31)", "[dependencies]") {
  auto const web = archive_of("web", "2.0.0"), redis = archive_of("redis", "1.3.0");
  MemoryTree tree;
  std::vector<Entry> const declared{{"web", "2.x", "https://charts.example.org/stable?team=1"}, {"redis", "1.x", stable}};
  add_chart(tree, "charts/app", declared,
            {{"web", "2.0.0", "https://charts.example.org/stable?team=1"},
             {"redis", "1.3.0", stable, "digest: " + acr::sha256_text(redis)}});
  FakeSource source;
  source.holds(stable, "redis", "1.3.0", redis).holds("https://charts.example.org/stable?team=1", "web", "2.0.0", web);
  auto const plan = plan_build(tree, "charts/app");
  auto const fetched = fetch_archives({&plan}, source, 2).front();
  REQUIRE(fetched.dependencies.size() == 2);
  CHECK(fetched.dependencies[0].name == "redis");
  CHECK(fetched.dependencies[0].pinned);
  CHECK(fetched.dependencies[0].pin_line.empty());
  CHECK(fetched.dependencies[1].repository == stable);  // without query
  CHECK(fetched.dependencies[1].sha256 == acr::sha256_text(web));
  CHECK(fetched.dependencies[1].pin_line == "digest: " + acr::sha256_text(web));
  REQUIRE(codes(fetched.warnings) == std::vector<std::string>{"unpinned"});
  CHECK(fetched.warnings[0].found_value == "no pin of web 2.0.0");
}

TEST_CASE("an archive that is not what was asked for is refused for each chart that uses it", "[dependencies]") {
  struct Row {
    char const* what;
    std::string bytes;
    char const* code;
  };
  auto const row = one_of<Row>({
      {"another chart", archive_of("web", "1.3.0"), "dep-chart-mismatch"},
      {"another version", archive_of("redis", "1.3.1"), "dep-chart-mismatch"},
      {"another build", archive_of("redis", "1.3.0+b1"), "dep-chart-mismatch"},
      {"the same version with v", archive_of("redis", "v1.3.0"), ""},
      {"a page", "<html>not found</html>", "archive-gzip"},
      {"nothing", "", "archive-gzip"},
  });
  CAPTURE(row.what);
  MemoryTree tree;
  add_chart(tree, "charts/a", {{"redis", "1.x", stable}}, {{"redis", "1.3.0", stable}});
  add_chart(tree, "charts/b", {{"redis", ">=1", stable}}, {{"redis", "1.3.0", stable}});
  FakeSource source;
  source.holds(stable, "redis", "1.3.0", row.bytes);
  auto const a = plan_build(tree, "charts/a"), b = plan_build(tree, "charts/b");
  auto const fetched = fetch_archives({&a, &b}, source, 2);
  for (std::size_t i = 0; i < 2; ++i) {
    if (*row.code == '\0') {
      CHECK(fetched[i].refusals.empty());
      continue;
    }
    REQUIRE(codes(fetched[i].refusals) == std::vector<std::string>{row.code});
    CHECK(fetched[i].refusals[0].where.starts_with(
        (i == 0 ? "charts/a" : "charts/b") + std::string(": dependency redis 1.3.0 from https://charts.example.org/stable: ")));
    // P-159: the archive is another's, so correcting it is not enough.
    bool const unreadable = std::string_view(row.code).starts_with("archive");
    CHECK((fetched[i].refusals[0].fix_text.find("pack it again with `helm package`, and commit the new archive") !=
           std::string::npos) == unreadable);
    CHECK(fetched[i].dependencies.empty());
  }
}

TEST_CASE("all of a chart's failures are told, other charts are not touched", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/a", {{"redis", "1.x", stable}, {"gone", "1.x", stable}, {"far", "1.x", stable}},
            {{"redis", "1.3.0", stable}, {"gone", "1.0.0", stable}, {"far", "1.0.0", stable}});
  add_chart(tree, "charts/b", {{"redis", "1.x", stable}}, {{"redis", "1.3.0", stable}});
  FakeSource source;
  source.holds(stable, "redis", "1.3.0", archive_of("redis", "1.3.0"));
  source.refused["far"] = acr::reject("dep-unreachable", "charts.example.org", "no answer");
  auto const a = plan_build(tree, "charts/a"), b = plan_build(tree, "charts/b");
  auto const fetched = fetch_archives({&a, &b}, source, 2);
  CHECK(codes(fetched[0].refusals) == std::vector<std::string>{"dep-not-found", "dep-unreachable"});
  CHECK(fetched[1].refusals.empty());
}

TEST_CASE("two aliases are placed once, two contents of one name are refused (D-28)", "[dependencies]") {
  auto const other = "https://other.example.org/stable";
  MemoryTree tree;
  std::vector<Entry> const declared{{"redis", "1.x", stable, "alias: a"}, {"redis", "1.x", other, "alias: b"}};
  add_chart(tree, "charts/app", declared, {{"redis", "1.3.0", stable}, {"redis", "1.3.0", other}});
  FakeSource source;
  source.holds(stable, "redis", "1.3.0", archive_of("redis", "1.3.0"))
      .holds(other, "redis", "1.3.0", archive_of("redis", "1.3.0"));
  auto const once = built(tree, "charts/app", source);
  REQUIRE(once.has_value());
  CHECK(std::ranges::count(paths(*once), "app/charts/redis/Chart.yaml") == 1);
  source.holds(other, "redis", "1.3.0", archive_of("redis", {{"Chart.yaml", chart_yaml("redis", {}, "1.3.0")}}));
  CHECK(built(tree, "charts/app", source).error().code == "dep-duplicate");
}

TEST_CASE("fetched content that lacks its own dependencies is told", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"redis", "1.x", stable}}, {{"redis", "1.3.0", stable}});
  FakeSource source;
  source.holds(stable, "redis", "1.3.0",
               archive_of("redis", {{"Chart.yaml", chart_yaml("redis", {{"common", "2.x", stable}}, "1.3.0")}}));
  auto const plan = plan_build(tree, "charts/app");
  auto const fetched = fetch_archives({&plan}, source, 1).front();
  CHECK(fetched.refusals.empty());
  CHECK(codes(fetched.warnings) == std::vector<std::string>{"nested-missing", "unpinned"});
}

TEST_CASE("more archives than a run may fetch refuse every chart that fetches, before anything is asked", "[dependencies]") {
  MemoryTree tree;
  std::vector<BuildPlan> plans;
  for (int chart = 0; chart < 3; ++chart) {
    std::vector<Entry> many;
    for (int i = 0; i < 86; ++i) many.push_back({"d" + std::to_string(chart * 86 + i), "1.0.0", stable});
    add_chart(tree, "charts/app" + std::to_string(chart), many, {});
    plans.push_back(plan_build(tree, "charts/app" + std::to_string(chart)));
    CHECK(plans.back().refusals.empty());
  }
  tree.file("charts/idle/Chart.yaml", chart_yaml("idle"));
  plans.push_back(plan_build(tree, "charts/idle"));
  std::vector<BuildPlan const*> all;
  for (auto const& plan : plans) all.push_back(&plan);
  FakeSource source;
  auto const fetched = fetch_archives(all, source, 2);
  CHECK(source.calls == 0);
  for (std::size_t i = 0; i < 3; ++i) CHECK(codes(fetched[i].refusals) == std::vector<std::string>{"dep-too-large"});
  CHECK(fetched[3].refusals.empty());
}

TEST_CASE("any number of workers gives the same results", "[dependencies]") {
  MemoryTree tree;
  std::vector<Entry> declared, locked;
  FakeSource source;
  for (int i = 0; i < 30; ++i) {
    auto const name = "d" + std::to_string(i);
    declared.push_back({name, "1.x", stable});
    locked.push_back({name, "1.0.0", stable});
    if (i % 7 == 3) continue;
    source.holds(stable, name, "1.0.0", archive_of(i % 5 == 4 ? "other" : name));
  }
  add_chart(tree, "charts/app", declared, locked);
  auto const plan = plan_build(tree, "charts/app");
  auto const one = fetch_archives({&plan}, source, 1).front();
  for (std::size_t const workers : {2U, 16U}) CHECK(fetch_archives({&plan}, source, workers).front().refusals == one.refusals);
}

TEST_CASE("a refusal of what is fetched names all aliases and the repository", "[dependencies]") {
  MemoryTree tree;
  std::vector<Entry> const declared{{"redis", "1.x", stable, "alias: queue"},
                                    {"redis", ">=1", stable, "alias: cache"},
                                    {"web", "1.x", std::string(stable) + "?key=secret"}};
  add_chart(tree, "charts/app", declared,
            {{"redis", "1.3.0", stable}, {"redis", "1.3.0", stable}, {"web", "1.0.0", std::string(stable) + "?key=secret"}});
  FakeSource source;
  auto const plan = plan_build(tree, "charts/app");
  auto const refusals = fetch_archives({&plan}, source, 1).front().refusals;
  REQUIRE(refusals.size() == 2);
  CHECK(refusals[0].where.starts_with(
      "charts/app: dependency redis 1.3.0 (alias cache, queue) from https://charts.example.org/stable: "));
  CHECK(refusals[1].where.starts_with("charts/app: dependency web 1.0.0 from https://charts.example.org/stable: "));
}

TEST_CASE("archives that are too large together are refused before they are read (P-19)", "[dependencies]") {
  MemoryTree tree;
  std::vector<Entry> const entries{{"redis", "1.3.0", stable}, {"mysql", "1.3.0", stable}};
  add_chart(tree, "charts/app", entries, entries);
  auto const redis = archive_of("redis", "1.3.0"), mysql = archive_of("mysql", "1.3.0");
  FakeSource source;
  source.holds(stable, "redis", "1.3.0", redis).holds(stable, "mysql", "1.3.0", mysql);
  auto const plan = plan_build(tree, "charts/app");
  auto const fetched = fetch_archives({&plan}, source, 1).front();
  auto options = at_release_time();
  options.limits.chart_bytes = redis.size() + mysql.size() + 1;
  CHECK(archives_of(tree, plan, fetched, options).value().size() == 2);
  options.limits.chart_bytes -= 1;
  auto const refused = archives_of(tree, plan, fetched, options);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "chart-too-large");
  CHECK(refused.error().where == "charts/app: charts");
}

TEST_CASE("packages of local dependencies are too large together like files (P-19)", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"one", ">=0.1", "file://../one"}, {"two", ">=0.1", "file://../two"}}, {});
  add_chart(tree, "charts/one", {}, {});
  add_chart(tree, "charts/two", {}, {});
  FakeSource source;
  auto const plan = plan_build(tree, "charts/app");
  REQUIRE(plan.refusals.empty());
  auto const fetched = fetch_archives({&plan}, source, 1).front();
  auto options = at_release_time();
  std::uint64_t together = 0;
  for (auto const& archive : archives_of(tree, plan, fetched, options).value()) together += archive.bytes->size();
  // Their own files are below the bound: it is the sum that counts.
  options.limits.chart_bytes = together + 1;
  CHECK(archives_of(tree, plan, fetched, options).value().size() == 2);
  options.limits.chart_bytes = together;
  auto const refused = archives_of(tree, plan, fetched, options);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "chart-too-large");
  CHECK(refused.error().where == "charts/app: file://charts/two: charts");
}

TEST_CASE("an answer too few is our own mistake, and so are archives of a refused chart", "[dependencies]") {
  struct Silent final : ArchiveSource {
    std::vector<acr::Verdict<FetchedArchive>> fetch(std::vector<ArchiveOrder> const&) override { return {}; }
    [[nodiscard]] std::vector<std::string> hosts() const override { return {}; }
  } silent;
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"redis", "1.x", stable}}, {{"redis", "1.3.0", stable}});
  auto const plan = plan_build(tree, "charts/app");
  CHECK_THROWS_AS(static_cast<void>(fetch_archives({&plan}, silent, 1)), std::logic_error);
  CHECK_THROWS_AS(static_cast<void>(archives_of(tree, plan, {}, at_release_time())), std::logic_error);
  auto refused = plan;
  refused.refusals.push_back(acr::reject("dep-missing", "x", "x"));
  ChartArchives enough;
  enough.archives.resize(plan.orders.size());
  CHECK_THROWS_AS(static_cast<void>(archives_of(tree, refused, enough, at_release_time())), std::logic_error);
}

TEST_CASE("a local dependency that cannot be packaged is refused with the way that led to it (D-25)", "[dependencies]") {
  MemoryTree tree;
  add_chart(tree, "charts/app", {{"lib", ">=0.1", "file://../lib"}}, {});
  add_chart(tree, "charts/lib", {{"deep", ">=0.1", "file://../deep"}}, {});
  add_chart(tree, "charts/deep", {}, {});
  FakeSource source;
  auto const plan = plan_build(tree, "charts/app");
  REQUIRE(plan.refusals.empty());
  auto const fetched = fetch_archives({&plan}, source, 1).front();
  auto options = at_release_time();
  CHECK(archives_of(tree, plan, fetched, options).has_value());
  auto later = tree;
  later.file("charts/deep/a\\b", "x");  // no name of a file (P-155)
  auto const refused = archives_of(later, plan, fetched, options);
  REQUIRE(refused.has_error());
  CHECK(refused.error().where.starts_with("charts/app: "));
}

}  // namespace
}  // namespace builder_test
