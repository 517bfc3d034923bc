// `command: finalize` and its bundles (A-74, B-15): the whole sequence, and everything that must not be recorded. The bundles
// are made by the signing world of the tests, the verifier is the real one.
#include "release/finalize_bundles.hpp"

#include "release/finalize_world.hpp"
#include "support/catch2.hpp"

namespace finalize_bundles_test {
namespace {

using acr::ExitStatus;
using acr::signing::Attest;
using acr::test::FinalizeWorld;
using acr::test::Named;

constexpr char const* run_url = "https://github.com/acme/helm-charts/actions/runs/";

std::string code(acr::release::FinalizeResult const& result) {
  return result.refusal ? std::string(result.refusal->code.text()) : "";
}

// Both ids, and one file of bundles.
struct BundleWorld : FinalizeWorld {
  BundleWorld() {
    settings.build_attestation_id = "9001";
    settings.verification_attestation_id = "9000";
  }
  acr::release::FinalizeResult with(std::string const& bundles) {
    write("b.jsonl", bundles);
    settings.bundle_paths = {"b.jsonl"};
    return run();
  }
  // Everything that the ids are about, signed as `request` says.
  std::string all(Attest const& request = this_run()) { return bundle({api, web}, request) + bundle({report}, request); }
};

// Nothing is recorded anywhere.
void check_untouched(BundleWorld& world, std::string const& bytes, acr::release::FinalizeResult const& result) {
  CHECK(world.manifest_bytes() == bytes);
  CHECK(world.pulls.writes.empty());
  CHECK(*result.outputs.find("result") == "failed");
}

TEST_CASE("run, attest, finalize, attest, finalize: all ids are proved and the manifest stays (A-73)", "[release]") {
  BundleWorld world;
  auto const first = world.run();
  REQUIRE_FALSE(first.refusal);
  CHECK(first.notices.empty());
  CHECK(first.warnings.empty());
  REQUIRE(first.bundles.size() == 2);
  CHECK(first.bundles[0].subjects == std::vector<std::string>{"api-2.0.0.tgz", "web-1.2.0.tgz"});
  CHECK(first.bundles[0].signer == "https://github.com/acme/helm-charts/.github/workflows/release.yaml@refs/pull/42/merge");
  auto const manifest = world.manifest_bytes();

  world.give_overall("9002");
  auto const second = world.run();
  REQUIRE_FALSE(second.refusal);
  CHECK(world.manifest_bytes() == manifest);
  CHECK(acr::report::compact_map(*second.map) ==
        R"({"lint":"14400001","tag-verification":"9000","build-api":"9001","build-web":"9001","overall":"9002"})");
  auto const body = world.pulls.pull.body;
  CHECK_FALSE(world.run().pr_written);
  CHECK(world.pulls.pull.body == body);
}

TEST_CASE("a bundle of OCI digests is about all of them, each under its own name (O-20)", "[release]") {
  BundleWorld world;
  Named const api{"ghcr.io/acme/charts/api", std::string(64, 'c')}, web{"ghcr.io/acme/charts/web", std::string(64, 'd')};
  world.initial.charts[0].oci = acr::report::OciPlace{api.name + ":2.0.0", "sha256:" + api.hex, "2026-09-21T12:26:40Z"};
  world.initial.charts[1].oci = acr::report::OciPlace{web.name + ":1.2.0", "sha256:" + web.hex, "2026-09-21T12:26:40Z"};
  world.write("release-attestation-manifest.json", acr::report::manifest_text(world.initial));
  world.settings.oci_attestation_id = "9003";
  std::string expected;
  std::vector<Named> subjects{api, web};
  SECTION("both") {}
  SECTION("one is missing") { subjects = {api}, expected = "bundle-coverage"; }
  SECTION("the other one's digest") { subjects = {api, {web.name, api.hex}}, expected = "bundle-subject"; }
  SECTION("another name") { subjects = {api, {"ghcr.io/acme/charts/db", web.hex}}, expected = "bundle-subject"; }
  CHECK(code(world.with(world.all() + world.bundle(subjects))) == expected);
}

TEST_CASE("one file may hold many bundles, one per line (A-70)", "[release]") {
  BundleWorld world;
  auto const result = world.with(world.bundle({world.api}) + "\n" + world.bundle({world.web}) + world.bundle({world.report}));
  REQUIRE_FALSE(result.refusal);
  CHECK(result.bundles.size() == 3);
}

TEST_CASE("bundles in RUNNER_TEMP are found, also under their host path (A-5, A-74)", "[release]") {
  BundleWorld world;
  acr::write_file(world.temp() / "x" / "attestation.json", world.all());
  SECTION("as the container sees it") { world.settings.bundle_paths = {(world.temp() / "x" / "attestation.json").string()}; }
  SECTION("as the host sees it") { world.settings.bundle_paths = {"/home/runner/work/_temp/old/_temp/x/attestation.json"}; }
  auto const result = world.run();
  REQUIRE_FALSE(result.refusal);
  CHECK(result.bundles.size() == 2);
}

TEST_CASE("a host path cannot lead out of RUNNER_TEMP (A-6)", "[release]") {
  BundleWorld world;
  acr::write_file(world.directory.path() / "secret.json", world.all());
  world.settings.bundle_paths = {"/home/runner/work/_temp/../secret.json"};
  auto const result = world.run();
  CHECK(code(result) == "bad-input");
  CHECK(result.status == ExitStatus::bad_input);
}

TEST_CASE("an id that no bundle proves is refused, and nothing is recorded (B-15)", "[release]") {
  struct Row {
    std::string name;
    std::function<std::string(BundleWorld&)> bundles;
    std::string where;  ///< the keys that are not proved
  };
  auto const row = one_of<Row>({
      {"the packages only",
       [](auto& w) {
         return w.bundle({w.api, w.web});
       },
       "tag-verification"},
      {"the report only", [](auto& w) { return w.bundle({w.report}); }, "build-api, build-web"},
      {"a summary of the packages",
       [](auto& w) {
         Attest r = w.this_run();
         r.predicate_type = "https://slsa.dev/verification_summary/v1";
         return w.bundle({w.api, w.web}, r) + w.bundle({w.report});
       },
       "build-api, build-web"},
      {"a bill of materials",
       [](auto& w) {
         Attest r = w.this_run();
         r.predicate_type = "https://spdx.dev/Document/v2.3";
         return w.bundle({w.api, w.web}, r) + w.bundle({w.report});
       },
       "build-api, build-web"},
  });
  CAPTURE(row.name);
  BundleWorld world;
  auto const bytes = world.manifest_bytes();
  auto const result = world.with(row.bundles(world));
  CHECK(code(result) == "bundle-missing");
  CHECK(result.status == ExitStatus::refused);
  CHECK(result.refusal->where == row.where);
  check_untouched(world, bytes, result);
  // With the missing one it is recorded.
  CHECK(world.with(row.bundles(world) + world.all()).status == ExitStatus::done);
}

TEST_CASE("without any bundle no id is recorded, the manifest's own neither (B-15)", "[release]") {
  BundleWorld world;
  world.settings.bundle_paths.clear();
  auto const bytes = world.manifest_bytes();
  auto const result = world.run();
  CHECK(code(result) == "bundle-missing");
  CHECK(result.refusal->where == "build-api, build-web, tag-verification");
  check_untouched(world, bytes, result);

  world.settings.bundle_paths = {"build.jsonl", "tags.jsonl"};
  REQUIRE(world.run().status == ExitStatus::done);
  FinalizeWorld::clear_ids(world.settings);
  world.settings.overall_attestation_id = "9002";
  auto const body = world.pulls.pull.body;
  auto const overall = world.run();  // the two files prove other things
  CHECK(code(overall) == "bundle-missing");
  CHECK(overall.refusal->where == "overall");
  CHECK(world.pulls.pull.body == body);
  world.give_overall("9002");
  CHECK(world.run().status == ExitStatus::done);
}

TEST_CASE("a call without any id is refused where there is nothing to record (B-15)", "[release]") {
  BundleWorld world;
  FinalizeWorld::clear_ids(world.settings);
  auto const bytes = world.manifest_bytes();
  SECTION("with bundles") {}
  SECTION("without bundles") { world.settings.bundle_paths.clear(); }
  auto const result = world.run();
  CHECK(code(result) == "nothing-to-record");
  CHECK(result.status == ExitStatus::refused);
  check_untouched(world, bytes, result);
}

TEST_CASE("a completed manifest needs no new id, but a bundle without one is a mistake (B-15)", "[release]") {
  BundleWorld world;
  REQUIRE(world.run().status == ExitStatus::done);
  FinalizeWorld::clear_ids(world.settings);
  world.settings.bundle_paths.clear();
  CHECK(world.run().status == ExitStatus::done);
  world.settings.bundle_paths = {"build.jsonl"};
  CHECK(code(world.run()) == "nothing-to-record");
}

TEST_CASE("bundles that prove something else are refused, and nothing is recorded (A-74)", "[release]") {
  struct Row {
    std::string name;
    std::function<std::string(BundleWorld&)> bundles;
    std::string code;
  };
  auto const row = one_of<Row>({
      {"another digest",
       [](auto& w) {
         return w.bundle({{"api-2.0.0.tgz", std::string(64, 'c')}, w.web});
       },
       "bundle-subject"},
      {"another name",
       [](auto& w) {
         return w.bundle({{"api-9.9.9.tgz", w.api.hex}, w.web});
       },
       "bundle-subject"},
      // A-72
      {"another report",
       [](auto& w) {
         return w.bundle({{"w7-tag-verify", std::string(64, 'c')}});
       },
       "bundle-subject"},
      {"the report under a package's name",
       [](auto& w) {
         return w.bundle({{"api-2.0.0.tgz", w.report.hex}});
       },
       "bundle-subject"},
      {"the manifest under a package's name",
       [](auto& w) {
         return w.bundle({{"api-2.0.0.tgz", acr::sha256_text(w.manifest_bytes()).substr(7)}});
       },
       "bundle-subject"},
      {"the manifest under the report's name",
       [](auto& w) {
         return w.bundle({{"w7-tag-verify", acr::sha256_text(w.manifest_bytes()).substr(7)}});
       },
       "bundle-subject"},
      {"one subject too many",
       [](auto& w) {
         return w.bundle({w.api, w.web, {"x", std::string(64, 'c')}});
       },
       "bundle-subject"},
      {"a file's signature",
       [](auto& w) {
         Attest r = w.this_run();
         r.message = "the report";
         return w.signing.attest(r) + "\n";
       },
       "predicate-type"},
      {"one package only", [](auto& w) { return w.bundle({w.web}); }, "bundle-coverage"},
      {"no JSON", [](auto&) { return std::string("{\n"); }, "bundle-json"},
      {"another repository",
       [](auto& w) {
         Attest r = w.this_run();
         r.repository = "evil/helm-charts";
         return w.all(r);
       },
       "identity"},
      {"a repository of the same name",
       [](auto& w) {
         Attest r = w.this_run();
         r.repository_id = "1";
         return w.all(r);
       },
       "identity"},
      {"another owner",
       [](auto& w) {
         Attest r = w.this_run();
         r.owner_id = "1";
         return w.all(r);
       },
       "identity"},
      {"another commit",
       [](auto& w) {
         Attest r = w.this_run();
         r.commit = std::string(40, '9');
         return w.all(r);
       },
       "identity"},
      {"another issuer",
       [](auto& w) {
         Attest r = w.this_run();
         r.issuer = "https://token.example.org";
         return w.all(r);
       },
       "identity"},
      {"another predicate",
       [](auto& w) {
         Attest r = w.this_run();
         r.predicate_type = "https://example.com/mine/v1";
         return w.all(r);
       },
       "predicate-type"},
      {"another signing world",
       [](auto&) {
         BundleWorld other;
         return other.all();
       },
       "signature"},
      {"a changed payload",
       [](auto& w) {
         Attest r = w.this_run();
         r.bundle = [](auto& parts) { parts.payload += " "; };
         return w.all(r);
       },
       "log-body"},
      {"a good one, then a bad one",
       [](auto& w) {
         return w.all() + w.bundle({{"x", std::string(64, 'c')}});
       },
       "bundle-subject"},
  });
  CAPTURE(row.name);
  BundleWorld world;
  auto const bytes = world.manifest_bytes();
  auto const result = world.with(row.bundles(world));
  CHECK(result.status == ExitStatus::refused);
  REQUIRE(result.refusal);
  if (row.name == "another signing world")
    CHECK(result.refusal->code != "");
  else
    CHECK(result.refusal->code == row.code);
  CHECK(result.refusal->sentence().find("bundle") != std::string::npos);
  check_untouched(world, bytes, result);
}

TEST_CASE("only bundles of this very run count (B-15)", "[release]") {
  struct Row {
    std::optional<std::string> run;  ///< .21
    bool accepted;
  };
  auto const row = one_of<Row>({
      {std::string(run_url) + "7000000042/attempts/2", true},
      {std::string(run_url) + "7000000042/attempts/1", true},  // a job that was not run again
      {"https://github.com/Acme/Helm-Charts/actions/runs/7000000042/attempts/1", true},
      {std::string(run_url) + "7000000042/attempts/3", false},
      {std::string(run_url) + "7000000042/attempts/0", false},
      {std::string(run_url) + "7000000042/attempts/01", false},
      {std::string(run_url) + "7000000042/attempts/", false},
      {std::string(run_url) + "7000000042/attempts/1/more", false},
      {std::string(run_url) + "7000000042", false},
      {std::string(run_url) + "7000000041/attempts/1", false},
      {std::string(run_url) + "70000000421/attempts/1", false},
      {"https://github.com/acme/other/actions/runs/7000000042/attempts/1", false},
      {"https://github.example/acme/helm-charts/actions/runs/7000000042/attempts/1", false},
      {std::nullopt, false},
  });
  CAPTURE(row.run.value_or("none"));
  BundleWorld world;
  auto request = BundleWorld::this_run();
  request.fulcio[21] = row.run;
  auto const bytes = world.manifest_bytes();
  auto const result = world.with(world.all(request));
  CHECK(code(result) == (row.accepted ? "" : "bundle-run"));
  if (!row.accepted) check_untouched(world, bytes, result);
}

TEST_CASE("this workflow may sign, or a file that it can call (B-15)", "[release]") {
  std::string const host = "https://github.com/";
  std::string const own = host + "acme/helm-charts/.github/workflows/release.yaml@";
  struct Row {
    std::string san;
    bool accepted;
  };
  auto const row = one_of<Row>({
      {own + "refs/pull/42/merge", true},
      {own + std::string(40, '7'), true},
      {host + "ACME/helm-charts/.github/workflows/release.yaml@refs/pull/42/merge", true},
      {host + "acme/helm-charts/.github/workflows/build.yaml@refs/heads/main", true},
      {host + "org/atomic-chart-release/.github/workflows/release-charts.yaml@refs/tags/v1", true},
      {host + "org/atomic-chart-release/.github/workflows/release-charts.yaml@" + std::string(40, 'a'), true},
      {host + "org/atomic-chart-release/.github/workflows/release-charts.yaml@" + std::string(64, 'a'), true},
      {own + "refs/pull/41/merge", false},
      {own + "refs/heads/main", false},
      {own + std::string(40, '8'), false},
      {host + "acme/helm-charts/.github/workflows/other.yaml@refs/pull/42/merge", false},
      {host + "acme/helm-charts/.github/workflows/other.yaml@" + std::string(39, 'a'), false},
      {host + "acme/helm-charts/.github/workflows/other.yaml", false},
      {host + "acme/helm-charts/other.yaml@refs/heads/main", false},
      {"https://github.example/acme/helm-charts/.github/workflows/release.yaml@refs/pull/42/merge", false},
  });
  CAPTURE(row.san);
  BundleWorld world;
  auto request = BundleWorld::this_run();
  request.san = row.san;
  auto const bytes = world.manifest_bytes();
  auto const result = world.with(world.all(request));
  CHECK(code(result) == (row.accepted ? "" : "bundle-signer"));
  if (!row.accepted) check_untouched(world, bytes, result);
}

TEST_CASE("with signer-workflows nobody else may sign, this workflow neither (B-15)", "[release]") {
  BundleWorld world;
  world.settings.signer_workflows = {
      acr::sigstore::SignerWorkflow::parse("org/atomic-chart-release/.github/workflows/release-charts.yaml@refs/tags/v1")
          .value()};
  world.settings.workflow_ref.clear();  // not needed then
  auto request = BundleWorld::this_run();
  request.san = "https://github.com/org/atomic-chart-release/.github/workflows/release-charts.yaml@refs/tags/v1";
  CHECK(code(world.with(world.all())) == "identity");
  CHECK(world.with(world.all(request)).status == ExitStatus::done);
}

TEST_CASE("bundles are of the run's own server (A-60)", "[release]") {
  BundleWorld world;
  world.settings.repository.server_url = "https://github.example/";
  CHECK(code(world.run()) == "identity");
  world.settings.repository.server_url = "https://github.com/";
  CHECK(world.run().status == ExitStatus::done);
}

TEST_CASE("a run that is not known believes no bundle (B-15)", "[release]") {
  struct Row {
    std::string variable;
    std::function<void(acr::release::FinalizeSettings&)> spoil;
  };
  auto const row = one_of<Row>({
      {"GITHUB_SHA", [](auto& s) { s.commit.clear(); }},
      {"GITHUB_RUN_ID", [](auto& s) { s.run_id.clear(); }},
      {"GITHUB_RUN_ID", [](auto& s) { s.run_id = "1/attempts/1"; }},
      {"GITHUB_RUN_ATTEMPT", [](auto& s) { s.run_attempt.clear(); }},
      {"GITHUB_RUN_ATTEMPT", [](auto& s) { s.run_attempt = "0"; }},
      {"GITHUB_WORKFLOW_REF", [](auto& s) { s.workflow_ref.clear(); }},
  });
  CAPTURE(row.variable);
  BundleWorld world;
  row.spoil(world.settings);
  auto const bytes = world.manifest_bytes();
  auto const result = world.run();
  CHECK(code(result) == "bad-environment");
  CHECK(result.status == ExitStatus::bad_input);
  REQUIRE(result.refusal);
  CHECK(result.refusal->where == row.variable);
  check_untouched(world, bytes, result);
}

TEST_CASE("a matrix hands in ids and bundles in one directory (A-71, B-15)", "[release]") {
  BundleWorld world;
  world.settings.build_attestation_id.clear();
  world.settings.attestation_ids_dir = "ids";
  world.settings.bundle_paths = {"tags.jsonl"};
  world.write("ids/api.id", "11\n");
  world.write("ids/web.id", "12\n");
  world.write("ids/api.json", world.bundle({world.api}));
  auto const bytes = world.manifest_bytes();
  SECTION("all proved") {
    world.write("ids/web.json", world.bundle({world.web}));
    auto const result = world.run();
    REQUIRE_FALSE(result.refusal);
    CHECK(result.bundles.size() == 3);
    CHECK(world.manifest().attestations ==
          acr::report::AttestationIds{{"tag-verification", "9000"}, {"build-api", "11"}, {"build-web", "12"}});
  }
  SECTION("a bundle is missing") {
    CHECK(code(world.run()) == "bundle-coverage");
    CHECK(world.manifest_bytes() == bytes);
  }
  struct Row {
    std::string name;
    std::function<void(BundleWorld&)> spoil;
    std::string code;
  };
  for (auto const& row : std::vector<Row>{
           {"another chart's bundle", [](auto& w) { w.write("ids/web.json", w.bundle({w.api})); }, "bundle-subject"},
           {"more than the chart's package",
            [](auto& w) {
              w.write("ids/web.json", w.bundle({w.api, w.web}));
            },
            "bundle-subject"},
           {"an empty file", [](auto& w) { w.write("ids/web.json", "\n"); }, "bundle-empty"},
           {"no bundle", [](auto& w) { w.write("ids/web.json", "{"); }, "bundle-json"},
           {"a chart that is not in the manifest", [](auto& w) { w.write("ids/db.json", "{}"); }, "attestation-key"},
           {"too large a file", [](auto& w) { w.write("ids/web.json", std::string((std::size_t{64} << 20) + 1, ' ')); },
            "bad-path"},
           {"a link", [](auto& w) { std::filesystem::create_symlink("api.json", w.workspace() / "ids" / "web.json"); },
            "bad-path"},
       })
    DYNAMIC_SECTION(row.name) {
      row.spoil(world);
      auto const result = world.run();
      CHECK(code(result) == row.code);
      check_untouched(world, bytes, result);
    }
}

TEST_CASE("self-hosted runners are refused on demand", "[release]") {
  BundleWorld world;
  Attest request = BundleWorld::this_run();
  request.runner = "self-hosted";
  CHECK(world.with(world.all(request)).status == ExitStatus::done);
  world.settings.deny_self_hosted = true;
  CHECK(code(world.run()) == "identity");
}

}  // namespace
}  // namespace finalize_bundles_test
