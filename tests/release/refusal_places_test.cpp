// Refusals that no other test of this room reaches, each with its code and place, and what passes beside it.
#include "dependencies/sample_charts.hpp"
#include "loopback/scripted_http.hpp"
#include "loopback/server.hpp"
#include "net/http_client.hpp"
#include "release/chart_annotation.hpp"
#include "release/dependency_build.hpp"
#include "release/dependency_network.hpp"
#include "release/finalize_world.hpp"
#include "release/git_source_tree.hpp"
#include "release/package_proof.hpp"
#include "release/pipeline_world.hpp"
#include "release/services.hpp"
#include "release/trusted_root_refresh.hpp"
#include "release/tuf_fetch.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"
#include "support/thrown.hpp"
#include "tuf_signing/repository.hpp"

namespace refusal_places_test {
namespace {

using namespace acr::test;
using acr::ExitStatus;
namespace samples = acr::dependencies::samples;
namespace git = acr::git;

// --- the run -----------------------------------------------------------------------------------------------------------

TEST_CASE("a chart that changes where no charts directory is refuses the run when it is all that changes (B-19)", "[release]") {
  PipelineWorld world;
  world.base = world.tagged;
  world.head = world.tagged + Files{{"deploy/api/Chart.yaml", chart_yaml("api", "2.0.0")}};
  SECTION("refused") {
    auto const outcome = world.run();
    CHECK(refusals(outcome) == Findings{"chart-outside @ deploy/api"});
    CHECK(outcome.status == ExitStatus::refused);
  }
  SECTION("told to ignore it") {
    world.inputs["charts-outside"] = "ignore";
    auto const outcome = world.run();
    CHECK(refusals(outcome).empty());
    CHECK(warnings(outcome) == Findings{"chart-outside @ deploy/api"});
    CHECK(outcome.status == ExitStatus::done);
  }
  SECTION("beside another chart it is a warning") {
    world.base = chart_files("web", "1.0.0");
    auto const outcome = world.run();
    CHECK(refusals(outcome).empty());
    CHECK(warnings(outcome) == Findings{"chart-outside @ deploy/api"});
  }
}

TEST_CASE("a charts directory that is not there is a mistake of the configuration (B-18)", "[release]") {
  PipelineWorld world;
  world.inputs["charts-dir"] = "helm";
  auto const outcome = world.run();
  CHECK(refusals(outcome) == Findings{"charts-dir-missing @ run"});
  CHECK(outcome.status == ExitStatus::bad_input);
  CHECK(outcome.record.charts.empty());
}

TEST_CASE("nobody waits into the run's last second (A-20)", "[release]") {
  PipelineWorld world;
  world.inputs["tag-wait"] = "60";
  world.tags.clear();
  acr::RunClock ending{std::chrono::seconds(1)};
  world.run_clock = &ending;
  auto const outcome = world.run();
  CHECK(refusals(outcome) == Findings{"timeout @ run"});
  CHECK(outcome.status == ExitStatus::unreachable);
  CHECK(world.pauses.empty());
}

TEST_CASE("a cancelled run has no outcome (A-21)", "[release]") {
  PipelineWorld world;
  world.before_charts = [](auto&) { throw acr::Cancelled(ExitStatus::terminated); };
  CHECK_THROWS_AS(world.run(), acr::Cancelled);
  CHECK(released(world).empty());
}

TEST_CASE("a tag's name that means two releases needs a Release line (B-23)", "[release]") {
  PipelineWorld world;
  world.base = chart_files("web", "1.0.0") + chart_files("web-v1", "1.0.0");
  world.tagged = chart_files("web", "1.0.0") + chart_files("web-v1", "2.0.0");
  auto const line = "- lint: 1001 " + subject_of("lint") + "\n";
  world.tags = {{"web-v1-v2.0.0", "Attestation Lineage:\n" + line}};
  SECTION("without it") { CHECK(refusals(world.run()) == Findings{"release-line-required @ tag web-v1-v2.0.0"}); }
  SECTION("with it") {
    world.tags = {{"web-v1-v2.0.0", "Release: web-v1 v2.0.0\n\nAttestation Lineage:\n" + line}};
    CHECK(refusals(world.run()).empty());
  }
  SECTION("one of the two charts is not there") {
    world.base = chart_files("web-v1", "1.0.0");
    world.tagged = chart_files("web-v1", "2.0.0");
    CHECK(refusals(world.run()).empty());
  }
}

TEST_CASE("a local dependency that cannot be packaged refuses its chart (D-24)", "[release]") {
  PipelineWorld world;
  std::vector<samples::Entry> const lib{{"lib", "1.0.0", "file://../../lib"}};
  world.tagged["charts/web/Chart.yaml"] = samples::chart_yaml("web", lib, "1.1.0");
  world.tagged["charts/web/Chart.lock"] = samples::lock_text(lib, lib);
  world.tagged["lib/Chart.yaml"] = samples::chart_yaml("lib");
  bool const broken = one_of({true, false});
  world.tagged["lib/values.yaml"] = broken ? "a: [\n" : "a: 1\n";
  samples::FakeSource source;
  acr::release::DependencyBuild build(source, {}, 1);
  world.dependencies = &build;
  auto const outcome = world.run();
  if (!broken) {
    CHECK(refusals(outcome).empty());
    return;
  }
  auto const found = refusals(outcome);
  REQUIRE(found.size() == 1);
  CHECK(found.front().starts_with("values-yaml @ charts/web"));
}

// --- a package from its tag ---------------------------------------------------------------------------------------------

TEST_CASE("a package is made again from a tag that names its chart (A-95)", "[release]") {
  git::MemoryObjects objects;
  auto const commit = objects.add_commit(objects.add_files({{"charts/web/Chart.yaml", acr::test::chart_yaml("web", "1.1.0")}}));
  acr::release::RunSettings settings;
  settings.inputs.charts_dirs = {"charts"};
  auto const rebuild = [&](std::string const& text) {
    objects.set_ref("refs/tags/web-v1.1.0", objects.add_tag("web-v1.1.0", commit, git::ObjectType::commit, text));
    return acr::release::rebuild_package(objects, "web-v1.1.0", settings, nullptr);
  };
  CHECK(rebuild(annotation("web", "1.1.0", {})).value().name == "web");
  CHECK(rebuild("Attestation Lineage:\n- No attestation data available\n").error().code == "release-line");
  CHECK(rebuild(annotation("web", "1.2.0", {})).error().code == "no-chart");
  CHECK(rebuild(annotation("api", "1.1.0", {})).error().code == "no-chart");
  CHECK(rebuild(annotation("web", "1.1.0", {}, "\nCommit: " + commit + "\n")).value().commit == commit);
  CHECK(rebuild(annotation("web", "1.1.0", {}, "\nCommit: " + std::string(40, '1') + "\n")).error().code == "commit-mismatch");
  CHECK(acr::release::rebuild_package(objects, "web-v9.9.9", settings, nullptr).error().code == "tag-not-found");
}

TEST_CASE("a package that cannot be made is not made again", "[release]") {
  git::MemoryObjects objects;
  acr::release::RunSettings settings;
  settings.inputs.charts_dirs = {"charts"};
  bool const broken = one_of({true, false});
  auto const commit = objects.add_commit(objects.add_files({{"charts/web/Chart.yaml", acr::test::chart_yaml("web", "1.1.0")},
                                                            {"charts/web/values.yaml", broken ? "a: [\n" : "a: 1\n"}}));
  objects.set_ref("refs/tags/web-v1.1.0",
                  objects.add_tag("web-v1.1.0", commit, git::ObjectType::commit, annotation("web", "1.1.0", {})));
  auto const rebuilt = acr::release::rebuild_package(objects, "web-v1.1.0", settings, nullptr);
  CHECK((rebuilt ? "made" : rebuilt.error().code.text()) == (broken ? "values-yaml" : "made"));
}

TEST_CASE("a package whose dependencies are not to be had is not made again", "[release]") {
  git::MemoryObjects objects;
  std::vector<samples::Entry> const redis{{"redis", "1.0.0", "https://charts.example.org"}};
  Files files{{"charts/web/Chart.yaml", samples::chart_yaml("web", redis, "1.1.0")},
              {"charts/web/Chart.lock", samples::lock_text(redis, redis)}};
  samples::FakeSource source;
  source.holds("https://charts.example.org", "redis", "1.0.0", samples::archive_of("redis"));
  acr::release::RunSettings settings;
  settings.inputs.charts_dirs = {"charts"};
  acr::release::RebuildTools const tools{.source = source, .plan = {}};
  auto const rebuild = [&] {
    auto const commit = objects.add_commit(objects.add_files(files));
    objects.set_ref("refs/tags/web-v1.1.0",
                    objects.add_tag("web-v1.1.0", commit, git::ObjectType::commit, annotation("web", "1.1.0", {})));
    return acr::release::rebuild_package(objects, "web-v1.1.0", settings, &tools);
  };
  CHECK(rebuild().value().file_name == "web-1.1.0.tgz");
  SECTION("no lock") {
    files.erase("charts/web/Chart.lock");
    files["charts/web/Chart.yaml"] = samples::chart_yaml("web", {{"redis", "^1.0.0", "https://charts.example.org"}}, "1.1.0");
    CHECK(rebuild().error().code == "dep-lock-missing");
  }
  SECTION("refused by the host") {
    source.refused.emplace("redis", acr::reject("dep-not-found", "https://charts.example.org", "no such version"));
    CHECK(rebuild().error().code == "dep-not-found");
  }
  SECTION("out of reach: no verdict") {
    source.refused.emplace("redis", acr::reject("dep-unreachable", "https://charts.example.org", "no answer"));
    CHECK(thrown_code([&] { (void)rebuild(); }) == "dep-unreachable");
  }
}

// --- annotate ------------------------------------------------------------------------------------------------------------

TEST_CASE("a chart that annotate cannot name is refused, with its place", "[release][annotate]") {
  git::MemoryObjects objects;
  Files files{{"charts/web/Chart.yaml", chart_yaml("web", "1.2.0")}};
  acr::event::ActionInputs inputs;
  inputs.charts_dirs = {"charts", "more"};
  inputs.chart = "web";
  inputs.tag_format = "{name}-v{version}";
  inputs.lineage = {"lint: 1 " + subject_of("lint")};
  auto const refused = [&]() -> std::string {
    auto const text = acr::release::annotation_of(objects, objects.add_commit(objects.add_files(files)), inputs);
    return text ? "" : std::string(text.error().code.text()) + " @ " + text.error().where;
  };
  CHECK(refused().empty());
  SECTION("two of the same name") {
    files["more/other/Chart.yaml"] = chart_yaml("web", "1.3.0");
    CHECK(refused() == "duplicate-name @ input chart");
  }
  SECTION("its Chart.yaml has a version of another kind") {
    files["charts/web/Chart.yaml"] = "apiVersion: v2\nname: web\nversion: []\n";
    CHECK(refused() == "chart-yaml @ charts/web: Chart.yaml:3");
  }
}

// --- inputs and ids
// -----------------------------------------------------------------------------------------------------------

TEST_CASE("credentials of another form are a mistake of the inputs (D-36)", "[release]") {
  acr::event::ActionInputs inputs;
  inputs.registry_credentials = {"h=user:password"};
  CHECK(acr::release::dependency_mistakes(inputs).empty());
  inputs.registry_credentials = {"h"};
  auto const mistakes = acr::release::dependency_mistakes(inputs);
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes.front().where.find("registry-credentials") != std::string::npos);
}

TEST_CASE("an id file of the matrix that holds no id is refused (A-71)", "[release]") {
  FinalizeWorld world;
  world.settings.attestation_ids_dir = "ids";
  world.write("ids/api.id", "11\n");
  world.write("ids/web.id", "none\n");
  auto const bytes = world.manifest_bytes();
  auto const result = world.run();
  REQUIRE(result.refusal);
  CHECK(result.refusal->code == "bad-attestation-id");
  CHECK(result.refusal->where == "attestation-ids-dir/web.id");
  CHECK(world.manifest_bytes() == bytes);
}

TEST_CASE("a link whose content nobody has is missing, not empty (A-56)", "[release]") {
  git::MemoryObjects objects;
  auto const target = objects.add_blob("a");
  auto const root = objects.add_tree({{.name = "link", .mode = git::EntryMode::symlink, .id = target, .size = {}}});
  CHECK(acr::release::GitSourceTree(objects, root).link_target("link") == "a");
  objects.forget(target);
  CHECK(thrown_code([&] { (void)acr::release::GitSourceTree(objects, root).link_target("link"); }) == "object-missing");
}

// --- trusted roots
// --------------------------------------------------------------------------------------------------------------

TEST_CASE("a signal ends the question for a file, it is not an outage (A-21)", "[release][trust]") {
  bool cancelled = false;
  acr::loopback::ScriptedHttp http([&](acr::net::Request const&) -> acr::net::Reply {
    if (cancelled) throw acr::Cancelled(ExitStatus::terminated);
    throw acr::Unreachable("timeout", "late");
  });
  acr::release::TufFetch fetch(
      http, {*acr::release::base_url("https://tuf.example/"), *acr::release::base_url("https://tuf.example/")});
  acr::tuf::Wanted const wanted{.kind = acr::tuf::FileKind::snapshot, .path = "snapshot.json", .max_bytes = 10};
  CHECK(fetch.get(wanted).error().code == "tuf-unreachable");
  cancelled = true;
  CHECK_THROWS_AS(fetch.get(wanted), acr::Cancelled);
}

TEST_CASE("a cancelled run waits for no trusted root (A-21)", "[release][trust]") {
  acr::release::TrustSource source;
  source.organization = "sigstore.dev";
  acr::RunClock clock;
  clock.cancel(ExitStatus::terminated);
  acr::net::HttpClient const client(clock, {});
  acr::release::TrustedRootRefresh refresh(
      {source}, clock, client, std::chrono::seconds(10),
      [](auto const&, auto&, auto) -> acr::release::RefreshOutcome { throw acr::Cancelled(ExitStatus::interrupted); });
  try {
    refresh.outcome_of("sigstore.dev");
    FAIL("there is an outcome");
  } catch (acr::Cancelled const& cancelled) {
    CHECK(cancelled.status() == ExitStatus::terminated);  // the run's own signal
  }
}

TEST_CASE("a refresh that is out of its own time is cancelled, not without outcome (T-8)", "[release][trust]") {
  acr::release::TrustSource source;
  source.organization = "sigstore.dev";
  acr::RunClock clock;
  acr::net::HttpClient const client(clock, {});
  acr::release::TrustedRootRefresh refresh(
      {source}, clock, client, std::chrono::seconds(10),
      [](auto const&, auto&, auto) -> acr::release::RefreshOutcome { throw acr::Cancelled(ExitStatus::interrupted); });
  CHECK_THROWS_AS(refresh.outcome_of("sigstore.dev"), acr::Cancelled);
}

// What a run judges a genuine bundle by when its repository of trusted roots is of no use.
TEST_CASE("a bundle whose root cannot be had ends the run, one whose root is wrong is refused (T-8, T-9)", "[release][trust]") {
  acr::tuftest::Repository repository;
  repository.add_target(repository.targets, "trusted_root.json", std::string(acr::sigstore::built_in_roots()[0].json));
  repository.publish();
  std::string const kind = one_of<std::string>({"fresh", "unreachable", "wrong"});
  CAPTURE(kind);
  if (kind == "wrong") repository.files["timestamp.json"] = "{}";
  if (kind == "unreachable") repository.files.erase("timestamp.json");
  acr::loopback::LoopbackServer const server([&](acr::loopback::Seen const& seen) -> acr::loopback::Answer {
    auto const path = seen.path();
    auto const& files = path.starts_with("/targets/") ? repository.target_files : repository.files;
    auto const found = files.find(path.substr(path.starts_with("/targets/") ? 9 : 1));
    if (found == files.end()) return {.status = 404};
    return {.body = found->second};
  });
  TemporaryDirectory const workspace;
  acr::release::ServiceSettings settings;
  settings.workspace = workspace.path();
  settings.object_source = acr::event::ObjectSourceChoice::api;
  settings.refresh = acr::release::RefreshMode::require;
  settings.client.user_agent = "test";
  settings.api.base_url = "http://127.0.0.1:9";
  for (auto const& built_in : acr::sigstore::built_in_roots()) {
    acr::release::TrustSource source;
    source.organization = std::string(built_in.organization);
    source.address = {*acr::release::base_url(server.base()), *acr::release::base_url(server.base() + "/targets")};
    source.initial_root = repository.initial_root();
    source.name = "tuf.example/trusted_root.json";
    settings.trust_sources.push_back(source);
  }
  acr::RunClock clock{std::chrono::seconds(60)};
  acr::release::Services services(std::move(settings), clock);
  auto const sample = acr::test::data_folder() / "sigstore/github/reusable-workflow";
  acr::sigstore::Policy policy;
  policy.certificate_identity_regex = ".*";
  auto const verify = [&] {
    return services.verifier().verify(acr::read_file(sample / "bundle.sigstore.json", 1 << 24),
                                      acr::sigstore::Artifact::of_bytes(acr::read_file(sample / "artifact", 1 << 24)), policy);
  };
  if (kind == "unreachable") {
    CHECK(thrown_code([&] { (void)verify(); }) == "trusted-root-stale");
    return;
  }
  auto const verification = verify();
  REQUIRE(verification.rejection.has_value() == (kind == "wrong"));
  if (verification.rejection) CHECK(verification.rejection->code == "trusted-root-stale");
}

}  // namespace
}  // namespace refusal_places_test
