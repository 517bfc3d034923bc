// The run in memory: one release that passes, and each check that refuses it, with its code and place. Beside every row stands
// the control: the release as it is.
#include "release/pipeline.hpp"

#include "dependencies/sample_charts.hpp"
#include "release/pipeline_world.hpp"
#include "report/verification_report.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"

namespace pipeline_test {
namespace {

using namespace acr::test;
using acr::ExitStatus;
using acr::git::ObjectType;
using acr::report::ChartStatus;
using acr::report::Result;

std::string const values_yaml = "charts/web/values.yaml";

std::vector<std::string> const release_files{"checksums.txt", "tag-verification.json", "verification-summary.json",
                                             "web-1.1.0.tgz"};
std::vector<std::string> const report_files{"tag-verification.json", "verification-summary.json"};

TEST_CASE("a release that holds passes every check", "[release]") {
  PipelineWorld world;
  world.merge = world.tagged + Files{{"README.md", "charts\n"}};
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(warnings(outcome).empty());
  CHECK(outcome.status == ExitStatus::done);
  CHECK(outcome.record.result == Result::success);
  CHECK(outcome.record.reason.empty());
  CHECK(released(world) == release_files);
  CHECK(std::filesystem::exists(world.workspace() / "release-attestation-manifest.json"));
  REQUIRE(outcome.record.charts.size() == 1);
  auto const& chart = outcome.record.charts.front();
  CHECK(chart.name == "web");
  CHECK(chart.commit == world.tag_commit);
  CHECK(chart.status == ChartStatus::packaged);
  REQUIRE(chart.entries.size() == 1);
  CHECK(chart.entries.front().status == acr::report::EntryStatus::verified);
  CHECK(chart.entries.front().facts->signer ==
        "https://github.com/acme/helm-charts/.github/workflows/validate.yaml@refs/pull/17/merge");
  CHECK(world.asked.size() == 1);  // one subject, one listing
}

// One change to the release that passes, and what it is refused for.
struct Row {
  char const* what;
  std::function<void(PipelineWorld&)> change;
  std::string refusal;
  ExitStatus status = ExitStatus::refused;
};

void tag_says(PipelineWorld& world, std::string const& text) { world.tags["web-v1.1.0"] = text; }

// The tag's commit: any content, no common history with the head.
void tag_elsewhere(PipelineWorld& world, std::vector<acr::git::ObjectId> parents) {
  world.build();
  world.tag_commit = world.objects.add_commit(world.objects.add_files(world.tagged), std::move(parents), 1'780'000'000);
  world.tag("web-v1.1.0", world.tags["web-v1.1.0"]);
}

TEST_CASE("each check of a tag refuses with its code at its place", "[release]") {
  auto const lines = std::vector<Line>{{"lint", "1001", subject_of("lint")}};
  auto const row = one_of<Row>({
      {"content of a file",
       [](PipelineWorld& w) {
         w.head = w.tagged + Files{{values_yaml, "replicas: 2\n"}};
       },
       "tag-content-mismatch @ tag web-v1.1.0"},
      {"a file more",
       [](PipelineWorld& w) {
         w.head = w.tagged + Files{{"charts/web/templates/b.yaml", "kind: Job\n"}};
       },
       "tag-content-mismatch @ tag web-v1.1.0"},
      {"a file less", [](PipelineWorld& w) { w.head = w.tagged, w.head->erase("charts/web/templates/a.yaml"); },
       "tag-content-mismatch @ tag web-v1.1.0"},
      {"no chart at the tag", [](PipelineWorld& w) { w.head = w.tagged, w.tagged = w.base; },
       "tag-content-mismatch @ tag web-v1.1.0"},
      {"another history", [](PipelineWorld& w) { tag_elsewhere(w, {}); }, "tag-not-on-branch @ tag web-v1.1.0"},
      {"a sister of the head", [](PipelineWorld& w) { w.build(), tag_elsewhere(w, {w.base_commit}); },
       "tag-not-on-branch @ tag web-v1.1.0"},
      {"ancestry unknown",
       [](PipelineWorld& w) {
         w.build();
         auto const gone = w.tag_commit;
         tag_elsewhere(w, {});
         w.objects.forget(gone);  // a shallow history: whether the tag is behind it nobody can tell
       },
       "tag-not-on-branch @ tag web-v1.1.0"},
      //
      {"release line of another version", [=](PipelineWorld& w) { tag_says(w, annotation("web", "1.0.9", lines)); },
       "release-line-mismatch @ tag web-v1.1.0"},
      {"release line of another chart", [=](PipelineWorld& w) { tag_says(w, annotation("api", "1.1.0", lines)); },
       "release-line-mismatch @ tag web-v1.1.0"},
      {"commit line",
       [=](PipelineWorld& w) { tag_says(w, annotation("web", "1.1.0", lines, "\nCommit: " + std::string(40, 'a') + "\n")); },
       "commit-mismatch @ tag web-v1.1.0"},
      {"no lineage block", [](PipelineWorld& w) { tag_says(w, "Release: web v1.1.0\n"); }, "no-lineage-block @ tag web-v1.1.0"},
      {"a declared empty block", [](PipelineWorld& w) { tag_says(w, annotation("web", "1.1.0", {})); },
       "missing-lineage @ tag web-v1.1.0"},
      {"no tag", [](PipelineWorld& w) { w.tags.clear(); }, "tag-not-found @ tag web-v1.1.0"},
      {"a lightweight tag", [](PipelineWorld& w) { w.build(), w.objects.set_ref("refs/tags/web-v1.1.0", w.tag_commit); },
       "tag-not-annotated @ tag web-v1.1.0"},
      {"a tag object of another name",
       [](PipelineWorld& w) {
         w.build();
         w.objects.set_ref("refs/tags/web-v1.1.0",
                           w.objects.add_tag("web-v1.0.9", w.tag_commit, ObjectType::commit, w.tags["web-v1.1.0"]));
       },
       "tag-name-mismatch @ tag web-v1.1.0"},
  });
  CAPTURE(row.what);
  PipelineWorld world;
  row.change(world);
  auto const outcome = world.run();
  CHECK(refusals(outcome) == Findings{row.refusal});
  CHECK(outcome.status == row.status);
  CHECK(outcome.record.reason == row.refusal.substr(0, row.refusal.find(' ')));
  CHECK(released(world) == report_files);
  CHECK_FALSE(std::filesystem::exists(world.workspace() / "release-attestation-manifest.json"));
}

TEST_CASE("what is only said of a tag warns, and the release goes on", "[release]") {
  auto const row = one_of<Row>({
      {"merge differs",
       [](PipelineWorld& w) {
         w.merge = w.tagged + Files{{values_yaml, "replicas: 3\n"}};
       },
       "merge-differs @ charts/web"},
      {"merge lacks the chart",
       [](PipelineWorld& w) {
         w.merge = Files{{"README.md", "x"}};
       },
       "merge-differs @ charts/web"},
      {"neither release nor commit line",
       [](PipelineWorld& w) { tag_says(w, "Attestation Lineage:\n- lint: 1001 " + subject_of("lint") + "\n"); },
       "annotation-unbound @ tag web-v1.1.0"},
      {"a declared empty block",
       [](PipelineWorld& w) { tag_says(w, annotation("web", "1.1.0", {})), w.inputs["missing-lineage"] = "warn"; },
       "missing-lineage @ tag web-v1.1.0"},
      {"an entry twice",
       [](PipelineWorld& w) {
         tag_says(w, annotation("web", "1.1.0", {{"lint", "1001", subject_of("lint")}, {"lint", "1001", subject_of("lint")}}));
       },
       "duplicate-entry @ tag web-v1.1.0"},
      {"a file of others in the output directory",
       [](PipelineWorld& w) { std::filesystem::create_directories(w.workspace() / ".cr-release-packages" / "notes.txt"); },
       "output-not-empty @ .cr-release-packages/notes.txt"},
      {"a title that names nothing",
       [](PipelineWorld& w) { w.inputs["title-check"] = "warn", w.settings.change.title = "release: web-v9.9.9"; },
       "title-mismatch @ pull request title"},
  });
  CAPTURE(row.what);
  PipelineWorld world;
  row.change(world);
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(warnings(outcome) == Findings{row.refusal});
  CHECK(outcome.status == ExitStatus::done);
}

TEST_CASE("a test merge that equals the head, or is not at hand, says nothing", "[release]") {
  PipelineWorld world;
  SECTION("the head itself") { world.build(), world.merge_commit = world.head_commit; }
  SECTION("not at hand") { world.build(), world.merge_commit = std::string(40, 'd'); }
  SECTION("other files differ") { world.merge = world.tagged + Files{{"docs/a.md", "x"}}; }
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(warnings(outcome).empty());
  CHECK(outcome.record.result == Result::success);
}

TEST_CASE("what is packaged is the head's tree, whatever the test merge and the work tree hold (A-54)", "[release]") {
  auto const package_of = [](PipelineWorld const& world) {
    return acr::read_file(world.workspace() / ".cr-release-packages" / "web-1.1.0.tgz", 1 << 20);
  };
  PipelineWorld plain;
  REQUIRE(plain.run().status == ExitStatus::done);
  PipelineWorld world;
  world.merge = world.tagged + Files{{values_yaml, "replicas: 3\n"}, {"charts/web/templates/b.yaml", "kind: Job\n"}};
  std::filesystem::create_directories(world.workspace() / "charts/web/templates");
  acr::write_file(world.workspace() / values_yaml, "replicas: 9\n");
  acr::write_file(world.workspace() / "charts/web/templates/c.yaml", "kind: Secret\n");
  REQUIRE(world.run().status == ExitStatus::done);
  CHECK(package_of(world) == package_of(plain));
}

TEST_CASE("missing-lineage: ignore says nothing", "[release]") {
  PipelineWorld world;
  tag_says(world, annotation("web", "1.1.0", {}));
  world.inputs["missing-lineage"] = "ignore";
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(warnings(outcome).empty());
  CHECK(outcome.status == ExitStatus::done);
}

TEST_CASE("a chart is refused by what is read of it, and the run by its limits", "[release]") {
  auto const row = one_of<Row>({
      {"version not moved",
       [](PipelineWorld& w) {
         w.head = chart_files("web", "1.0.0") + Files{{values_yaml, "replicas: 2\n"}};
       },
       "version-not-bumped @ charts/web"},
      {"values that Helm cannot read", [](PipelineWorld& w) { w.tagged[values_yaml] = "a: [\n"; },
       "values-yaml @ charts/web: values.yaml:2"},
      {"a dependency that charts/ lacks",
       [](PipelineWorld& w) {
         w.tagged["charts/web/Chart.yaml"] +=
             "dependencies:\n- name: redis\n  version: 1.0.0\n  repository: https://charts.example.org\n";
         w.inputs["dependencies"] = "off";
       },
       "dep-missing @ charts/web: Chart.yaml"},
      {"too many charts",
       [](PipelineWorld& w) {
         w.inputs["max-charts"] = "1";
         w.tagged = w.tagged + chart_files("api", "2.0.0");
         w.tags["api-v2.0.0"] = annotation("api", "2.0.0", {{"lint", "1001", subject_of("lint")}});
       },
       "too-many-charts @ pull request"},
      {"the title", [](PipelineWorld& w) { w.inputs["title-check"] = "fail", w.settings.change.title = "release: api-v1.1.0"; },
       "title-mismatch @ pull request title"},
      {"no head", [](PipelineWorld& w) { w.build(), w.head_commit = std::string(40, 'e'); }, "object-missing @ run",
       ExitStatus::bad_input},
      {"no base", [](PipelineWorld& w) { w.build(), w.base_commit = std::string(40, 'e'); }, "object-missing @ run",
       ExitStatus::bad_input},
      {"no common ancestor",
       [](PipelineWorld& w) {
         w.inputs["diff-mode"] = "merge-base";
         w.build();
         w.base_commit = w.objects.add_commit(w.objects.add_files(w.base), {}, 1'700'000'000);
       },
       "merge-base-unknown @ run", ExitStatus::bad_input},
      {"output over tracked files", [](PipelineWorld& w) { w.tagged[".cr-release-packages"] = "x"; }, "bad-input @ run",
       ExitStatus::bad_input},
      {"output over files of the test merge",
       [](PipelineWorld& w) {
         w.merge = w.tagged + Files{{"release-attestation-manifest.json", "{}"}};
       },
       "bad-input @ run", ExitStatus::bad_input},
      {"a check of the run itself",
       [](PipelineWorld& w) {
         w.before_charts = [](acr::release::Findings&) {
           throw acr::RunError(ExitStatus::refused, "check-not-required", "why");
         };
       },
       "check-not-required @ run"},
  });
  CAPTURE(row.what);
  PipelineWorld world;
  row.change(world);
  auto const outcome = world.run();
  CHECK(refusals(outcome) == Findings{row.refusal});
  CHECK(outcome.status == row.status);
  CHECK(outcome.record.result == Result::failed);
  CHECK(outcome.record.packaged_count() == 0);
  CHECK_FALSE(std::filesystem::exists(world.workspace() / ".cr-release-packages" / "web-1.1.0.tgz"));
  CHECK_FALSE(std::filesystem::exists(world.workspace() / "release-attestation-manifest.json"));
}

TEST_CASE("limits that are just kept refuse nothing (A-67)", "[release]") {
  PipelineWorld world;
  world.inputs["max-charts"] = "1";
  world.inputs["title-check"] = "fail";
  world.settings.change.title = "release: web-v1.1.0";
  SECTION("compared with the release branch") {}
  SECTION("compared with the common ancestor") { world.inputs["diff-mode"] = "merge-base"; }
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(warnings(outcome).empty());
  CHECK(outcome.record.result == Result::success);
}

TEST_CASE("merge-base compares with the commit where the branches parted, tree with the release branch", "[release]") {
  PipelineWorld world;
  world.build();
  // The release branch has gone on by itself and holds 1.1.0 already.
  world.base_commit = world.objects.add_commit(world.objects.add_files(world.tagged), {world.base_commit}, 1'790'000'050);
  SECTION("tree") { CHECK(world.run().record.result == Result::no_charts); }
  SECTION("merge-base") {
    world.inputs["diff-mode"] = "merge-base";
    CHECK(world.run().record.result == Result::success);
  }
}

TEST_CASE("no chart changes, or one is removed: nothing is packaged, nothing is refused", "[release]") {
  PipelineWorld world;
  SECTION("nothing") { world.tagged = world.base; }
  SECTION("removed") { world.tagged = Files{{"README.md", "x"}}; }
  auto const outcome = world.run();
  CHECK(refusals(outcome).empty());
  CHECK(outcome.record.result == Result::no_charts);
  CHECK(outcome.status == ExitStatus::done);
  CHECK(released(world) == report_files);
}

TEST_CASE("files that cannot be fetched ahead end the run, unless there are only too many of them (A-56)", "[release]") {
  std::string const code = one_of<std::string>({"too-many-objects", "unreachable"});
  PipelineWorld world;
  world.objects.on_prefetch = [&](ObjectType type) {
    if (type == ObjectType::blob) throw acr::Unreachable(acr::Code::parse(code).value(), "no");
  };
  auto const outcome = world.run();
  CHECK(outcome.status == (code == "unreachable" ? ExitStatus::unreachable : ExitStatus::done));
  CHECK(outcome.record.reason == (code == "unreachable" ? code : ""));
}

TEST_CASE("a full disk refuses the run before anything is packaged (section 11)", "[release]") {
  PipelineWorld world;
  world.settings.dry_run = true;       // so that nothing is written to that file system
  world.settings.workspace = "/proc";  // has no free block
  world.tagged = world.tagged + chart_files("api", "2.0.0");
  world.tags["api-v2.0.0"] = annotation("api", "2.0.0", {{"lint", "1001", subject_of("lint")}});
  auto const outcome = world.run();
  CHECK(refusals(outcome) == Findings{"no-space @ /proc/.cr-release-packages"});  // once
  CHECK(outcome.status == ExitStatus::refused);
  CHECK(outcome.record.result == Result::failed);
}

TEST_CASE("a dry run writes nothing and does not wait", "[release]") {
  PipelineWorld world;
  world.settings.dry_run = true;
  world.inputs["tag-wait"] = "1800";
  world.inputs["timeout"] = "3000";
  SECTION("passes") {
    auto const outcome = world.run();
    CHECK(outcome.record.result == Result::success);
    CHECK(outcome.files.checksums_path.empty());
  }
  SECTION("without a tag") {
    world.tags.clear();
    CHECK(refusals(world.run()) == Findings{"tag-not-found @ tag web-v1.1.0"});
  }
  CHECK(released(world).empty());
}

// Two charts: `web` is refused by a tag that is missing, `api` holds.
struct TwoCharts : PipelineWorld {
  TwoCharts() {
    tagged = tagged + chart_files("api", "2.0.0");
    tags = {{"api-v2.0.0", annotation("api", "2.0.0", {{"lint", "1001", subject_of("lint")}})}};
  }
};

TEST_CASE("block refuses the release for one chart, flag leaves that chart out", "[release]") {
  TwoCharts world;
  SECTION("block") {
    auto const outcome = world.run();
    CHECK(outcome.status == ExitStatus::refused);
    CHECK(outcome.record.result == Result::failed);
    CHECK(outcome.record.charts[0].status == ChartStatus::held_back);
    CHECK(outcome.record.charts[0].package.empty());
    CHECK(outcome.record.charts[0].digest.empty());
    CHECK(outcome.record.charts[1].status == ChartStatus::refused);
    CHECK(released(world) == report_files);
  }
  SECTION("flag") {
    world.inputs["verify-policy"] = "flag";
    auto const outcome = world.run();
    CHECK(outcome.status == ExitStatus::done);
    CHECK(outcome.record.result == Result::partial);
    CHECK(outcome.record.reason == "tag-not-found");
    CHECK(released(world) ==
          std::vector<std::string>{"api-2.0.0.tgz", "checksums.txt", "tag-verification.json", "verification-summary.json"});
  }
  SECTION("flag, and the run itself is refused") {
    world.inputs["verify-policy"] = "flag";
    world.inputs["max-charts"] = "1";
    auto const outcome = world.run();
    CHECK(outcome.status == ExitStatus::refused);
    CHECK(outcome.record.result == Result::failed);
    CHECK(released(world) == report_files);
  }
  SECTION("flag, and no chart is left") {
    world.inputs["verify-policy"] = "flag";
    world.tags.clear();
    auto const outcome = world.run();
    CHECK(outcome.status == ExitStatus::refused);
    CHECK(outcome.record.result == Result::failed);
  }
}

// Charts without lineage, as many as wanted.
PipelineWorld& many(PipelineWorld& world, std::size_t count) {
  world.inputs["missing-lineage"] = "ignore";
  world.base = Files{{"README.md", "x"}};
  world.tagged.clear();
  world.tags.clear();
  for (std::size_t i = 0; i < count; ++i) {
    auto const name = "c" + std::to_string(i);
    world.tagged["charts/" + name + "/Chart.yaml"] = chart_yaml(name, "1.0.0");
    world.tags[name + "-v1.0.0"] = annotation(name, "1.0.0", {});
  }
  return world;
}

TEST_CASE("more packages than a matrix takes are a warning (A-26)", "[release]") {
  PipelineWorld world;
  std::size_t const count = one_of({256, 257});
  auto const outcome = many(world, count).run();
  CHECK(refusals(outcome).empty());
  CHECK(warnings(outcome) == (count == 256 ? Findings{} : Findings{"matrix-too-large @ output matrix"}));
}

TEST_CASE("more packages than one attest step takes refuse the run (A-68)", "[release]") {
  PipelineWorld world;
  try {
    many(world, 1025).run();
    FAIL("nothing was thrown");
  } catch (acr::RunError const& error) {
    CHECK(error.code() == "checksums");
    CHECK(error.status() == ExitStatus::refused);
  }
  CHECK(released(world).empty());
}

namespace samples = acr::dependencies::samples;

std::string const charts_host = "https://charts.example.org";

// `web` needs redis, which charts/ lacks and Chart.lock names.
Files web_with_redis() {
  auto files = chart_files("web", "1.1.0");
  files["charts/web/Chart.yaml"] += samples::list_text({{"redis", "1.0.0", charts_host}});
  files["charts/web/Chart.lock"] = samples::lock_text({{"redis", "1.0.0", charts_host}}, {{"redis", "1.0.0", charts_host}});
  return files;
}

TEST_CASE("dependencies are fetched once all tags hold, and what a host gives is refused with its chart (D-6)", "[release]") {
  TwoCharts world;
  world.tagged = world.tagged + web_with_redis();
  world.tags["web-v1.1.0"] = annotation("web", "1.1.0", {{"lint", "1001", subject_of("lint")}});
  samples::FakeSource source;
  source.holds(charts_host, "redis", "1.0.0", samples::archive_of("redis"));
  acr::release::DependencyBuild build(source, {}, 1);
  world.dependencies = &build;

  SECTION("fetched") {
    auto const outcome = world.run();
    CHECK(refusals(outcome).empty());
    CHECK(outcome.record.result == Result::success);
    CHECK(outcome.record.charts[1].dependencies.size() == 1);
    CHECK(outcome.record.hosts == std::vector<std::string>{"charts.example.org"});
  }
  SECTION("refused by the host") {
    source.refused.emplace("redis", acr::reject("dep-not-found", charts_host, "no such version"));
    auto const outcome = world.run();
    CHECK(refusals(outcome) ==
          Findings{"dep-not-found @ charts/web: dependency redis 1.0.0 from https://charts.example.org: " + charts_host});
    CHECK(outcome.status == ExitStatus::refused);
  }
  SECTION("two archives of one name (D-28)") {
    std::string const other = "https://other.example.org";
    std::vector<samples::Entry> const declared{{"redis", "1.0.0", charts_host, "alias: a"},
                                               {"redis", "1.0.0", other, "alias: b"}};
    world.tagged["charts/web/Chart.yaml"] = samples::chart_yaml("web", declared, "1.1.0");
    world.tagged["charts/web/Chart.lock"] =
        samples::lock_text(declared, {{"redis", "1.0.0", charts_host}, {"redis", "1.0.0", other}});
    source.holds(other, "redis", "1.0.0", samples::archive_of("redis", {{"Chart.yaml", samples::chart_yaml("redis")}}));
    auto const found = refusals(world.run());
    REQUIRE(found.size() == 1);
    CHECK(found.front().starts_with("dep-duplicate @ charts/web"));
  }
  SECTION("out of reach: no verdict, also under flag") {
    world.inputs["verify-policy"] = one_of<std::string>({"block", "flag"});
    source.refused.emplace("redis", acr::reject("dep-unreachable", charts_host, "no answer"));
    auto const outcome = world.run();
    CHECK(outcome.status == ExitStatus::unreachable);
    CHECK(outcome.record.result == Result::failed);
    CHECK(released(world) == report_files);
  }
  SECTION("out of reach, and another chart refused for good") {
    world.inputs["verify-policy"] = one_of<std::string>({"block", "flag"});
    world.tags.erase("api-v2.0.0");
    source.refused.emplace("redis", acr::reject("dep-unreachable", charts_host, "no answer"));
    auto const outcome = world.run();
    CHECK(outcome.status == (world.inputs["verify-policy"] == "block" ? ExitStatus::refused : ExitStatus::unreachable));
    CHECK(outcome.record.result == Result::failed);
  }
  SECTION("an offline refusal: under block nobody is asked") {
    world.tagged["charts/api/Chart.yaml"] += samples::list_text({{"redis", "^1.0.0", charts_host}});  // no lock
    bool const block = one_of({true, false});
    world.inputs["verify-policy"] = block ? "block" : "flag";
    auto const outcome = world.run();
    REQUIRE(outcome.record.charts[0].refusals.size() == 1);
    CHECK(outcome.record.charts[0].refusals.front().code == "dep-lock-missing");
    CHECK(source.calls == (block ? 0 : 1));
    CHECK(outcome.record.charts[1].status == (block ? ChartStatus::held_back : ChartStatus::packaged));
    CHECK(outcome.record.charts[1].refusals.empty());
  }
  SECTION("an error after an offline refusal leaves a chart held back that was held back before") {
    world.tagged["charts/api/Chart.yaml"] += samples::list_text({{"redis", "^1.0.0", charts_host}});  // no lock
    world.tags["web-v1.1.0"] = annotation("web", "1.1.0", {{"scan", "2001", subject_of("scan")}});
    world.intercept = [](acr::net::Request const& request) -> std::optional<acr::net::Reply> {
      if (request.body.find(subject_of("scan")) == std::string::npos &&
          request.url.text().find(subject_of("scan").substr(7)) == std::string::npos)
        return std::nullopt;
      throw acr::Unreachable("unreachable", "no answer");
    };
    auto const outcome = world.run();
    CHECK(outcome.status == ExitStatus::unreachable);
    CHECK(outcome.record.charts[0].status == ChartStatus::refused);
    CHECK(outcome.record.charts[1].status == ChartStatus::held_back);
  }
  SECTION("a chart whose tag does not hold is not fetched for") {
    world.head = world.tagged + Files{{values_yaml, "replicas: 2\n"}};
    CHECK(refusals(world.run()) == Findings{"tag-content-mismatch @ tag web-v1.1.0"});
    CHECK(source.calls == 0);
  }
}

TEST_CASE("what is written carries the tag's commit time, or SOURCE_DATE_EPOCH (P-130)", "[release]") {
  PipelineWorld world;
  auto const as_tagged = world.run().record.charts.front().digest;
  PipelineWorld other;
  other.settings.source_date_epoch = 1'790'000'100;  // of the tag's commit
  other.settings.source_date_epoch_text = "1790000100";
  auto const outcome = other.run();
  CHECK(outcome.record.charts.front().digest == as_tagged);
  CHECK(outcome.record.source_date_epoch == "1790000100");
  PipelineWorld third;
  third.settings.source_date_epoch = 1'790'000'101;
  CHECK(third.run().record.charts.front().digest != as_tagged);
}

// The release of web and api, and what a registry says of each chart; a code is its refusal.
struct RegistryWorld : PipelineWorld {
  std::map<std::string, std::string> refused;
  std::vector<std::string> looked_at;

  RegistryWorld() {
    tagged = tagged + chart_files("api", "2.0.0");
    tags["api-v2.0.0"] = annotation("api", "2.0.0", {{"lint", "1002", subject_of("lint api")}});
    attest("1002", subject_of("lint api"));
    inputs["oci-repository"] = "ghcr.io/acme/charts";
    registry = [this](acr::dependencies::PlannedManifest const& planned) -> acr::Verdict<acr::dependencies::TagState> {
      auto const ref = planned.reference.text();
      CHECK(planned.digest == acr::sha256_text(planned.text));
      looked_at.push_back(ref);
      auto const why = refused.find(planned.reference.name);
      if (why != refused.end()) return acr::reject(acr::Code::parse(why->second).value(), ref, "as the test has it");
      return acr::dependencies::TagState::free;
    };
  }
};

TEST_CASE("what a registry would not take is refused before it is packaged for one (O-11, O-13)", "[release]") {
  PipelineWorld world;
  std::vector<std::string> expected;
  world.inputs["oci-repository"] = "ghcr.io/acme/charts";
  SECTION("a name with capitals") {
    world.base = chart_files("Web", "1.0.0");
    world.tagged = chart_files("Web", "1.1.0");
    world.tags = {{"Web-v1.1.0", annotation("Web", "1.1.0", {{"lint", "1001", subject_of("lint")}})}};
    expected = {"oci-name @ charts/Web: Chart.yaml"};
  }
  SECTION("a time that a manifest cannot have") {
    world.settings.source_date_epoch = 253'402'300'800;
    expected = {"oci-time @ charts/web: time"};
  }
  SECTION("a time that the file system may not keep (O-14)") {
    world.settings.source_date_epoch = 253'402'300'799;
    auto const found = refusals(world.run());
    // ext4 does not, tmpfs does. It is seen where the package is written first.
    if (!found.empty()) CHECK(found.front().starts_with("oci-time @ " + (world.directory.path() / "temp").string()));
    return;
  }
  SECTION("a time that manifest and file system can have") { world.settings.source_date_epoch = 4'000'000'000; }
  CHECK(refusals(world.run()) == expected);
}

TEST_CASE("the registry is looked at for charts that nothing else counts against (O-22)", "[release]") {
  RegistryWorld world;
  SECTION("both") {
    auto const outcome = world.run();
    CHECK(outcome.status == ExitStatus::done);
    CHECK(world.looked_at == std::vector<std::string>{"ghcr.io/acme/charts/api:2.0.0", "ghcr.io/acme/charts/web:1.1.0"});
    CHECK(outcome.record.charts.front().oci_state == "free");
  }
  SECTION("a chart that is refused anyway is not looked for") {
    world.tags.erase("api-v2.0.0");
    CHECK(world.run().status == ExitStatus::refused);
    CHECK(world.looked_at == std::vector<std::string>{"ghcr.io/acme/charts/web:1.1.0"});
  }
  SECTION("without a repository nobody is asked") {
    world.inputs.erase("oci-repository");
    CHECK(world.run().status == ExitStatus::done);
    CHECK(world.looked_at.empty());
  }
}

TEST_CASE("what the registry has counts as any refusal of a chart, and its silence is not a verdict (O-22, A-20)",
          "[release]") {
  RegistryWorld world;
  auto const policy = one_of<std::string>({"block", "flag"});
  world.inputs["verify-policy"] = policy;
  for (auto const* code : {"oci-tag-taken", "oci-auth"}) {
    world.refused = {{"api", code}};
    auto const outcome = world.run();
    CHECK(refusals(outcome) == Findings{std::string(code) + " @ ghcr.io/acme/charts/api:2.0.0"});
    CHECK(outcome.record.result == (policy == "flag" ? Result::partial : Result::failed));
    CHECK(outcome.status == (policy == "flag" ? ExitStatus::done : ExitStatus::refused));
  }
  world.refused = {{"api", "oci-unreachable"}};
  auto const outcome = world.run();
  CHECK(outcome.status == ExitStatus::unreachable);
  CHECK(outcome.record.result == Result::failed);
  CHECK(released(world) == report_files);
}

// What a summary's policy.digest stands for: two releases with the same digest were verified under the same inputs.
TEST_CASE("each input that decides a verdict is part of the policy's digest, however it is written", "[release]") {
  auto const digest = [](std::map<std::string, std::string> const& inputs) {
    PipelineWorld world;
    for (auto const& [name, value] : inputs) world.inputs[name] = value;
    return acr::report::policy_digest(world.run().record);
  };
  auto const usual = digest({});
  std::string const signer = "o/r/.github/workflows/a.yml@refs/heads/";
  CHECK(digest({{"max-parallel", "2"}}) == usual);
  CHECK(digest({{"deny-self-hosted", "False"}}) == usual);
  CHECK(digest({{"missing-lineage", "fail"}}) == usual);
  CHECK(digest({{"signer-workflows", signer + "a\n" + signer + "b"}}) ==
        digest({{"signer-workflows", "\n " + signer + "a\r\n\n" + signer + "b \n"}}));
  for (auto const& [name, value] : std::map<std::string, std::string>{{"source-branch", "trunk"},
                                                                      {"release-branch", "stable"},
                                                                      {"charts-dir", "charts\nother"},
                                                                      {"exclude-charts", "db"},
                                                                      {"charts-outside", "ignore"},
                                                                      {"tag-format", "{name}_{version}"},
                                                                      {"diff-mode", "merge-base"},
                                                                      {"dependencies", "off"},
                                                                      {"dependency-pins", "require"},
                                                                      {"dependency-hosts", "h.example"},
                                                                      {"dependency-private-hosts", "h.example"},
                                                                      {"verify-policy", "flag"},
                                                                      {"missing-lineage", "warn"},
                                                                      {"unresolved-id", "warn"},
                                                                      {"lineage-subjects", "lint = text:x"},
                                                                      {"signer-workflows", signer + "a"},
                                                                      {"oidc-issuer", "https://i.example"},
                                                                      {"predicate-types", "https://t.example/v1"},
                                                                      {"deny-self-hosted", "true"},
                                                                      {"source-digest", "tag-commit"},
                                                                      {"trusted-root-refresh", "off"},
                                                                      {"max-charts", "3"},
                                                                      {"title-check", "warn"},
                                                                      {"subject-binding", "warn"},
                                                                      {"required-attestations", "lint"}}) {
    CAPTURE(name);
    CHECK(digest({{name, value}}) != usual);
  }
  // Without a repository nothing of OCI registries is told (O-10).
  CHECK(digest({{"oci-check", "free"}}) == usual);
  CHECK(digest({{"oci-repository", "ghcr.io/acme"}}) != usual);
  CHECK(digest({{"oci-repository", "ghcr.io/acme"}}) == digest({{"oci-repository", "oci://ghcr.io/Acme"}}));
  CHECK(digest({{"oci-repository", "ghcr.io/acme"}, {"oci-check", "free"}}) != digest({{"oci-repository", "ghcr.io/acme"}}));
  // What require implies is told as it is enforced (B-6a).
  CHECK(digest({{"subject-binding", "require"}, {"dependency-pins", "warn"}}) ==
        digest({{"subject-binding", "require"}, {"dependency-pins", "require"}}));
}

}  // namespace
}  // namespace pipeline_test
