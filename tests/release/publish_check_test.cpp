// `command: verify-package` over objects, files and answers in memory: what passes, and each refusal with its code and place.
#include "release/publish_check.hpp"

#include <map>
#include <set>
#include <sstream>

#include "git/memory_objects.hpp"
#include "github/scripted_github.hpp"
#include "release/packages.hpp"
#include "report/checksums.hpp"
#include "report/limits.hpp"
#include "signing/world.hpp"
#include "sigstore/trusted_root.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/json.hpp"
#include "support/temporary_directory.hpp"

namespace {

using acr::ExitStatus;
using acr::signing::Attest;
using Files = std::map<std::string, std::string>;

// What the certificate of a called workflow has: the called file at its own ref, all else the caller's (B-11).
std::string const shipped = "https://github.com/org/atomic-chart-release/.github/workflows/release-charts.yaml@refs/tags/v1";
namespace fs = std::filesystem;

acr::signing::World& signing_world() {
  static acr::signing::World world;
  return world;
}

acr::sigstore::Verifier const& verifier() {
  static acr::sigstore::Verifier const made = [] {
    std::vector<acr::sigstore::TrustedRoot> roots;
    roots.push_back(acr::sigstore::parse_trusted_root(signing_world().trusted_root().json(), "the test's").value());
    return acr::sigstore::Verifier(std::move(roots));
  }();
  return made;
}

Files chart_files(std::string const& directory, std::string const& name, std::string const& version) {
  return {{directory + "/Chart.yaml", "apiVersion: v2\nname: " + name + "\nversion: " + version + "\n"}, {directory + "/values.yaml", "replicas: 1\n"}};
}

// A release of charts/web 1.1.0, attested, with its files in `packages`. Members are changed before run().
struct PublishWorld {
  acr::test::TemporaryDirectory directory;
  acr::git::MemoryObjects objects;
  acr::git::ObjectId tagged, head;
  acr::release::RunSettings settings;
  acr::release::Rebuilt built;
  acr::report::ReleaseManifest manifest;
  bool attest_manifest = true, attest_packages = true;
  std::string annotation = "Release: web v1.1.0\n\nAttestation Lineage:\n- lint: 101 sha256:" + std::string(64, '8') + "\n- scan: 102\n";
  std::function<void(Attest&)> request = [](auto&) {};  // of manifest and package
  std::map<std::string, std::vector<std::string>> listed;  // JSON of bundles, by digest
  std::set<std::string> dead_links;                        // digests for which a bundle is listed that storage does not have

  PublishWorld() {
    settings.repository = "acme/helm-charts";
    settings.repository_id = "500000001";
    settings.owner_id = "9001";
    settings.workspace = directory.path();
    settings.inputs.charts_dirs = {"charts"};
    settings.inputs.output_dir = "packages";
    settings.inputs.manifest_path = "manifest.json";
    commit(chart_files("charts/web", "web", "1.1.0"));
    built = acr::release::rebuild_package(objects, "web-v1.1.0", settings, nullptr).value();
    manifest.charts = {{"web", "1.1.0", built.digest, "web-v1.1.0", built.file_name, acr::sha256_text("source")}};
    manifest.pr = 42;
    manifest.head = head;
    manifest.base = std::string(40, '2');
    manifest.verification_path = "packages/tag-verification.json";
    manifest.verification_digest = acr::sha256_text("the report");
    manifest.upstream = {{"web", {{"lint", "101", "sha256:" + std::string(64, '8')}}}};
    write(built.file_name, built.bytes);
    write("tag-verification.json", "the report");
    write("verification-summary.json", "{}");
    write("checksums.txt", built.digest.substr(7) + "  " + built.file_name + "\n");
  }

  void commit(Files const& files) {
    tagged = objects.add_commit(objects.add_files(files), {}, 1'790'000'000);
    head = objects.add_commit(objects.add_files({{"README.md", "x"}}), {tagged}, 1'790'000'100);
    tag("web-v1.1.0", annotation);
  }
  void tag(std::string const& name, std::string const& text) {
    objects.set_ref("refs/tags/" + name, objects.add_tag(name, tagged, acr::git::ObjectType::commit, text));
  }
  void write(std::string const& name, std::string const& bytes) const { acr::write_file(directory.path() / "packages" / name, bytes); }

  acr::release::PublishCheck run() {
    auto const text = acr::report::manifest_text(manifest);
    if (!fs::exists(fs::symlink_status(directory.path() / "manifest.json"))) acr::write_file(directory.path() / "manifest.json", text);
    auto const list = [&](std::string const& digest) {
      Attest made;
      made.subject_sha256 = digest.substr(7);
      made.san = shipped;
      request(made);
      listed[digest].push_back(signing_world().attest(made));
    };
    if (attest_manifest) list(acr::sha256_text(text));
    if (attest_packages && !manifest.charts.empty()) list(manifest.charts[0].digest);
    acr::test::ScriptedGithub github([this](auto const& asked) { return answer(asked); });
    acr::github::Attestations attestations(github.api);
    return acr::release::check_published(settings, {.objects = objects, .attestations = attestations, .verifier = verifier(), .clock = clock});
  }

  acr::net::Reply answer(acr::net::Request const& asked) const {
    auto const entries = [&](std::string const& subject) {
      std::string text;
      if (auto const found = listed.find(subject); found != listed.end())
        for (auto const& bundle : found->second) text += std::string(text.empty() ? "" : ",") + R"({"repository_id":500000001,"bundle":)" + bundle + "}";
      if (dead_links.contains(subject)) text += R"({"repository_id":500000001,"bundle_url":"https://storage.example.org/7.json"})";
      return text;
    };
    if (asked.url.host == "storage.example.org") return acr::loopback::reply(404);
    auto const& path = asked.url.path;
    if (path == "/repos/acme/helm-charts") return acr::test::json_reply(R"({"id":500000001,"full_name":"acme/helm-charts"})");
    if (path.ends_with("/attestations/bulk-list")) {
      auto const body = acr::parse_json(asked.body, "body").value();
      std::string digests;
      for (auto const& subject : *acr::array_in(body, "subject_digests")) {
        std::string const name(subject.as_string());
        digests += (digests.empty() ? "" : ",") + ("\"" + name + "\":[" + entries(name) + "]");
      }
      return acr::test::json_reply(R"({"attestations_subject_digests":{)" + digests + R"(},"page_info":{"has_next":false}})");
    }
    return acr::test::json_reply(R"({"attestations":[)" + entries(path.substr(path.rfind('/') + 1)) + "]}");
  }

  acr::RunClock clock{std::chrono::seconds(600)};
};

// "code @ place" of all refusals, in order.
std::vector<std::string> refusals(acr::release::PublishCheck const& check) {
  std::vector<std::string> all;
  for (auto const& one : check.refusals) all.push_back(one.code + " @ " + one.where);
  for (auto const& package : check.packages)
    for (auto const& one : package.refusals) all.push_back(one.code + " @ " + one.where);
  return all;
}

using Refusals = std::vector<std::string>;

TEST_CASE("a release whose files, manifest and attestations agree is proved", "[release]") {
  PublishWorld world;
  auto const check = world.run();
  CHECK(refusals(check) == Refusals{});
  CHECK(check.status == ExitStatus::done);
  REQUIRE(check.packages.size() == 1);
  CHECK(check.packages[0].commit == world.tagged);
  CHECK(check.packages[0].signer == shipped);
  auto const outputs = acr::release::publish_outputs(check, world.settings);
  CHECK(*outputs.find("result") == "success");
  CHECK(*outputs.find("reason") == "");
}

TEST_CASE("the manifest's own time makes the same bytes", "[release]") {
  PublishWorld world;
  world.manifest.source_date_epoch = "1700000000";
  world.settings.source_date_epoch = 1700000000;
  world.built = acr::release::rebuild_package(world.objects, "web-v1.1.0", world.settings, nullptr).value();
  world.settings.source_date_epoch.reset();
  world.manifest.charts[0].digest = world.built.digest;
  world.write("web-1.1.0.tgz", world.built.bytes);
  world.write("checksums.txt", world.built.digest.substr(7) + "  web-1.1.0.tgz\n");
  CHECK(refusals(world.run()) == Refusals{});
}

TEST_CASE("what does not agree is refused where it does not (B-16)", "[release]") {
  struct Row {
    std::string name;
    std::function<void(PublishWorld&)> spoil;
    Refusals expected;
  };
  auto const row = GENERATE(values<Row>({
      // The manifest itself.
      {"no manifest", [](auto& w) { w.settings.inputs.manifest_path = "none.json"; }, {"bad-path @ none.json"}},
      {"a link to the manifest",
       [](auto& w) {
         acr::write_file(w.directory.path() / "m.json", acr::report::manifest_text(w.manifest));
         fs::create_symlink("m.json", w.directory.path() / "manifest.json");
       },
       {"bad-path @ manifest.json"}},
      {"too large a manifest", [](auto& w) { acr::write_file(w.directory.path() / "manifest.json", std::string((8 << 20) + 1, ' ')); }, {"bad-path @ manifest.json"}},
      {"no JSON", [](auto& w) { acr::write_file(w.directory.path() / "manifest.json", "{"); }, {"manifest-invalid @ manifest: manifest at byte 1"}},
      {"nobody attested the manifest", [](auto& w) { w.attest_manifest = false; }, {"not-attested @ manifest.json"}},
      {"a time that is none", [](auto& w) { w.manifest.source_date_epoch = "x"; }, {"source-date-epoch @ SOURCE_DATE_EPOCH"}},
      {"no chart",
       [](auto& w) {
         w.manifest.charts.clear(), w.manifest.upstream.clear();
         fs::remove_all(w.directory.path() / "packages"), fs::create_directory(w.directory.path() / "packages");
       },
       {"manifest-invalid @ manifest.json"}},
      // Its fields.
      {"another name",
       [](auto& w) { w.manifest.charts[0].name = "api", w.manifest.upstream[0].first = "api"; },
       {"manifest-differs @ manifest: chart api"}},
      {"another version", [](auto& w) { w.manifest.charts[0].version = "99.0.0"; }, {"manifest-differs @ manifest: chart web"}},
      {"another file name",
       [](auto& w) {
         w.manifest.charts[0].package = "web-99.0.0.tgz";
         fs::rename(w.directory.path() / "packages/web-1.1.0.tgz", w.directory.path() / "packages/web-99.0.0.tgz");
         w.write("checksums.txt", w.built.digest.substr(7) + "  web-99.0.0.tgz\n");
       },
       {"manifest-differs @ manifest: chart web"}},
      {"a file name that leads elsewhere",
       [](auto& w) { w.manifest.charts[0].package = "../packages/web-1.1.0.tgz"; },
       {"stray-file @ packages/web-1.1.0.tgz", "checksums @ ../packages/web-1.1.0.tgz", "manifest-differs @ manifest: chart web"}},
      {"another attestation", [](auto& w) { w.manifest.upstream[0].second[0].id = "666"; }, {"manifest-differs @ manifest: upstream.web.lint"}},
      {"another subject", [](auto& w) { w.manifest.upstream[0].second[0].digest = "sha256:" + std::string(64, '9'); }, {"manifest-differs @ manifest: upstream.web.lint"}},
      {"a key that the tag has not", [](auto& w) { w.manifest.upstream[0].second[0].key = "audit"; }, {"manifest-differs @ manifest: upstream.web.audit"}},
      {"a key without digest in the tag", [](auto& w) { w.manifest.upstream[0].second.push_back({"scan", "102", "sha256:" + std::string(64, '7')}); }, {}},
      {"no lineage of the chart", [](auto& w) { w.manifest.upstream.clear(); }, {"manifest-differs @ manifest: upstream"}},
      {"a dependency that the package has not",
       [](auto& w) { w.manifest.dependencies = {{"web", "lib", "1.0.0", "https://example.org", "https://example.org/lib.tgz", "sha256:" + std::string(64, '6'), "", false}}; },
       {"manifest-differs @ manifest: dependencies of web"}},
      {"another head", [](auto& w) { w.manifest.head = w.objects.add_commit(w.objects.add_files({{"a", "b"}}), {}, 1); }, {"tag-not-on-branch @ tag web-v1.1.0"}},
      {"the tag's commit as head", [](auto& w) { w.manifest.head = w.tagged; }, {}},
      {"another report", [](auto& w) { w.manifest.verification_digest = "sha256:" + std::string(64, '5'); }, {"manifest-differs @ packages/tag-verification.json"}},
      {"another list of checksums", [](auto& w) { w.write("checksums.txt", std::string(64, '0') + "  web-1.1.0.tgz\n"); }, {"manifest-differs @ packages/checksums.txt"}},
      {"no files but the packages",
       [](auto& w) {
         for (auto const* name : {"checksums.txt", "tag-verification.json", "verification-summary.json"}) fs::remove(w.directory.path() / "packages" / name);
       },
       {}},
      // The tag.
      {"a tag that is gone", [](auto& w) { w.manifest.charts[0].tag = "web-v9"; }, {"tag-not-found @ tag web-v9"}},
      {"a tag without a Release line", [](auto& w) { w.tag("web-v1.1.0", "Attestation Lineage:\n- lint: 101\n"); }, {"release-line @ tag web-v1.1.0"}},
      {"a tag of another version", [](auto& w) { w.tag("web-v1.1.0", "Release: web v1.2.0\n\nAttestation Lineage:\n- lint: 101\n"); }, {"no-chart @ tag web-v1.1.0"}},
      {"a tag of another commit", [](auto& w) { w.tag("web-v1.1.0", w.annotation + "\nCommit: " + std::string(40, 'c') + "\n"); }, {"commit-mismatch @ tag web-v1.1.0"}},
      {"a tag that names its commit", [](auto& w) { w.tag("web-v1.1.0", w.annotation + "\nCommit: " + w.tagged + "\n"); }, {}},
      {"a tag of a chart that is not there", [](auto& w) { w.tag("web-v1.1.0", "Release: api v1.1.0\n\nAttestation Lineage:\n- lint: 101\n"); }, {"no-chart @ tag web-v1.1.0"}},
      {"a chart that cannot be packaged",
       [](auto& w) { w.commit({{"charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.1.0\ntype: plugin\n"}}), w.manifest.head = w.head; },
       {"chart-metadata @ charts/web: Chart.yaml:4"}},
      // The packages.
      {"a package that is missing", [](auto& w) { fs::remove(w.directory.path() / "packages/web-1.1.0.tgz"); }, {"bad-path @ web-1.1.0.tgz"}},
      {"a package of other bytes", [](auto& w) { w.write("web-1.1.0.tgz", w.built.bytes + "x"); }, {"package-differs @ web-1.1.0.tgz"}},
      {"a package that the tag does not give",
       [](auto& w) {
         w.write("web-1.1.0.tgz", w.built.bytes + "x");
         w.manifest.charts[0].digest = acr::sha256_text(w.built.bytes + "x");
         w.write("checksums.txt", w.manifest.charts[0].digest.substr(7) + "  web-1.1.0.tgz\n");
       },
       {"package-differs @ web-1.1.0.tgz"}},
      {"nobody attested the package", [](auto& w) { w.attest_packages = false; }, {"not-attested @ web-1.1.0.tgz"}},
      {"others attested it", [](auto& w) { w.request = [](auto& made) { made.repository = "mallory/helm-charts"; }; }, {"not-attested @ manifest.json", "not-attested @ web-1.1.0.tgz"}},
      {"nothing but a summary is attested",
       [](auto& w) { w.request = [](auto& made) { made.predicate_type = "https://slsa.dev/verification_summary/v1"; }; },
       {"not-attested @ manifest.json", "not-attested @ web-1.1.0.tgz"}},
      {"types that the tags' attestations may have",
       [](auto& w) { w.settings.lists.predicate_types = {"https://slsa.dev/verification_summary/v1"}; },
       {}},
      // What lies beside them (B-16b).
      {"a provenance file", [](auto& w) { w.write("web-1.1.0.tgz.prov", "x"); }, {"stray-file @ packages/web-1.1.0.tgz.prov"}},
      {"a package of another name", [](auto& w) { w.write("evil-1.0.0.tgz", "x"); }, {"stray-file @ packages/evil-1.0.0.tgz"}},
      {"another letter case", [](auto& w) { w.write("WEB-1.1.0.TGZ", "x"); }, {"stray-file @ packages/WEB-1.1.0.TGZ"}},
      {"a directory", [](auto& w) { w.write("more/web-1.1.0.tgz", "x"); }, {"stray-file @ packages/more"}},
      {"a directory under a name of ours",
       [](auto& w) {
         fs::remove(w.directory.path() / "packages/verification-summary.json");
         w.write("verification-summary.json/evil.tgz", "x");
       },
       {"stray-file @ packages/verification-summary.json"}},
      {"a link", [](auto& w) { fs::create_symlink("web-1.1.0.tgz", w.directory.path() / "packages/a.tgz"); }, {"stray-file @ packages/a.tgz"}},
      {"a link under a name of ours",
       [](auto& w) {
         fs::rename(w.directory.path() / "packages/checksums.txt", w.directory.path() / "sums");
         fs::create_symlink("../sums", w.directory.path() / "packages/checksums.txt");
       },
       {"stray-file @ packages/checksums.txt", "bad-path @ packages/checksums.txt"}},
      {"a package behind a link",
       [](auto& w) {
         fs::rename(w.directory.path() / "packages/web-1.1.0.tgz", w.directory.path() / "web");
         fs::create_symlink("../web", w.directory.path() / "packages/web-1.1.0.tgz");
       },
       {"stray-file @ packages/web-1.1.0.tgz", "bad-path @ web-1.1.0.tgz"}},
      {"the manifest among them",
       [](auto& w) {
         w.settings.inputs.manifest_path = "packages/m.json";
         w.write("m.json", acr::report::manifest_text(w.manifest));
       },
       {}},
      {"no directory", [](auto& w) { w.settings.inputs.output_dir = "gone"; }, {"bad-path @ input output-dir", "bad-path @ web-1.1.0.tgz"}},
  }));
  CAPTURE(row.name);
  PublishWorld world;
  row.spoil(world);
  auto const check = world.run();
  CHECK(refusals(check) == row.expected);
  CHECK((check.status == ExitStatus::done) == row.expected.empty());
  CHECK((check.status == ExitStatus::done || check.status == ExitStatus::refused));
}

TEST_CASE("a package of other bytes is refused before anything is rebuilt (A-75)", "[release]") {
  PublishWorld world;
  world.write("web-1.1.0.tgz", world.built.bytes + "x");
  auto const check = world.run();
  REQUIRE(check.packages.size() == 1);
  REQUIRE(check.packages[0].refusals.size() == 1);
  CHECK(check.packages[0].refusals[0].rule_number == "A-75");
  CHECK(check.packages[0].commit.empty());
}

TEST_CASE("of many strays the first twenty names are reported", "[release]") {
  PublishWorld world;
  for (int i = 100; i < 150; ++i) world.write(std::to_string(i), "x");
  auto const found = refusals(world.run());
  REQUIRE(found.size() == 20);
  CHECK(found.front() == "stray-file @ packages/100");
  CHECK(found.back() == "stray-file @ packages/119");
}

TEST_CASE("a history that nobody knows proves no tag (A-55)", "[release]") {
  PublishWorld world;
  world.manifest.head = std::string(40, 'd');
  CHECK(refusals(world.run()) == Refusals{"tag-not-on-branch @ tag web-v1.1.0"});
}

TEST_CASE("a stopped run is not a proof", "[release]") {
  PublishWorld world;
  world.clock.cancel(ExitStatus::interrupted);
  CHECK_THROWS_AS(world.run(), acr::Cancelled);
}

TEST_CASE("what was not proved is not an output", "[release]") {
  PublishWorld world;
  world.attest_packages = false;
  auto const check = world.run();
  auto const outputs = acr::release::publish_outputs(check, world.settings);
  CHECK(*outputs.find("result") == "failed");
  CHECK(*outputs.find("reason") == "not-attested");
  CHECK(*outputs.find("chart-count") == "0");
  CHECK(outputs.find("packages-dir") == nullptr);
  CHECK(acr::release::publish_summary(check).find("refused, do not publish") != std::string::npos);
}

TEST_CASE("a bundle that is not to be had proves nothing (G-13)", "[release]") {
  PublishWorld world;
  world.attest_packages = false;
  world.dead_links.insert(world.built.digest);
  auto const check = world.run();
  CHECK(refusals(check) == Refusals{"not-attested @ web-1.1.0.tgz"});
  CHECK(check.packages[0].refusals[0].found_value.starts_with("1 listed; of 7: "));
}

TEST_CASE("of one file a hundred attestations are looked at", "[release]") {
  PublishWorld world;
  std::vector<std::string> const foreign(100, "{}");
  world.listed[world.built.digest] = foreign;  // the genuine one comes after them
  auto const check = world.run();
  CHECK(refusals(check) == Refusals{"not-attested @ web-1.1.0.tgz"});
  CHECK(check.packages[0].refusals[0].found_value.starts_with("100 listed; "));
}

TEST_CASE("one attestation that verifies is enough, whatever else is listed", "[release]") {
  PublishWorld world;
  Attest foreign;
  foreign.repository = "mallory/helm-charts";
  foreign.subject_sha256 = world.built.digest.substr(7);
  world.listed[world.built.digest].push_back(signing_world().attest(foreign));
  CHECK(refusals(world.run()) == Refusals{});
}

std::vector<acr::sigstore::SignerWorkflow> signers(std::string const& line) { return {acr::sigstore::SignerWorkflow::parse(line).value()}; }

TEST_CASE("only the builders that count may have attested manifest and packages (B-16a)", "[release]") {
  struct Row {
    std::string name;
    std::function<void(PublishWorld&)> spoil;
    bool proved;
  };
  std::string const file = "https://github.com/org/atomic-chart-release/.github/workflows/release-charts.yaml@";
  std::string const own = "acme/helm-charts/.github/workflows/build.yaml@";
  auto const signed_by = [](std::string const& san) { return [san](auto& w) { w.request = [san](auto& made) { made.san = san; }; }; };
  auto const listed = [own](std::string const& line, std::string const& ref) {
    return [=](auto& w) {
      w.settings.lists.build_signer_workflows = signers(own + line);
      w.request = [=](auto& made) { made.san = "https://github.com/" + own + ref; };
    };
  };
  std::string const commit(40, 'c');
  auto const row = GENERATE_COPY(values<Row>({
      {"the shipped workflow at its major version", signed_by(file + "refs/tags/v1"), true},
      {"at a release", signed_by(file + "refs/tags/v1.0.0"), true},
      {"at a newer release", signed_by(file + "refs/tags/v1.7.2"), true},
      {"at another major version", signed_by(file + "refs/tags/v2"), false},
      {"at a release below the oldest trusted", signed_by(file + "refs/tags/v0.9.9"), false},
      {"at a branch", signed_by(file + "refs/heads/v1"), false},
      {"at a pull request", signed_by(file + "refs/pull/1/merge"), false},
      {"at a commit id, which may be a fork's", signed_by(file + commit), false},
      {"another file of this action", signed_by("https://github.com/org/atomic-chart-release/.github/workflows/check-charts.yaml@refs/tags/v1"), false},
      {"the same file of a fork", signed_by("https://github.com/mallory/atomic-chart-release/.github/workflows/release-charts.yaml@refs/tags/v1"), false},
      {"a direct job of this repository", signed_by("https://github.com/acme/helm-charts/.github/workflows/other.yaml@refs/heads/some-branch"), false},
      {"a direct job of the pull request", signed_by("https://github.com/acme/helm-charts/.github/workflows/release-charts.yaml@refs/pull/42/merge"), false},
      {"the shipped workflow, called by another repository", [](auto& w) { w.request = [](auto& made) { made.repository = "mallory/helm-charts"; }; }, false},
      {"the shipped workflow on a runner that is not GitHub's", [](auto& w) { w.request = [](auto& made) { made.runner = "self-hosted"; }; }, false},
      {"such a runner, allowed by name",
       [](auto& w) { w.settings.inputs.self_hosted_builders = true, w.request = [](auto& made) { made.runner = "self-hosted"; }; },
       true},
      {"a listed builder", listed("refs/tags/build-v1", "refs/tags/build-v1"), true},
      {"a listed commit id", listed(commit, commit), true},
      {"another ref of a listed builder", listed("refs/tags/build-v1", "refs/heads/main"), false},
      {"another commit id than the listed one", listed(commit, std::string(40, 'd')), false},
      {"the shipped workflow where another one is listed", [own](auto& w) { w.settings.lists.build_signer_workflows = signers(own + "refs/tags/build-v1"); }, false},
      {"a listed builder on a runner that is not GitHub's",
       [own](auto& w) {
         w.settings.lists.build_signer_workflows = signers(own + "refs/tags/build-v1");
         w.request = [own](auto& made) { made.san = "https://github.com/" + own + "refs/tags/build-v1", made.runner = "self-hosted"; };
       },
       false},
      {"a check's signer", [](auto& w) {
         w.settings.lists.signer_workflows = signers("acme/helm-charts/.github/workflows/validate.yaml@refs/pull/*/merge");
         w.request = [](auto& made) { made.san.clear(); };
       }, false},
      {"the shipped workflow beside signers of checks", [](auto& w) { w.settings.lists.signer_workflows = signers("acme/helm-charts/.github/workflows/validate.yaml@refs/heads/main"); }, true},
  }));
  CAPTURE(row.name);
  PublishWorld world;
  row.spoil(world);
  auto const check = world.run();
  CHECK(refusals(check) == (row.proved ? Refusals{} : Refusals{"not-attested @ manifest.json", "not-attested @ web-1.1.0.tgz"}));
  CHECK(check.warnings.empty());
}

TEST_CASE("a builder at a pull request's ref is allowed by name, with a warning (B-16a)", "[release]") {
  PublishWorld world;
  std::string const file = "acme/helm-charts/.github/workflows/release.yaml@refs/pull/";
  world.settings.lists.build_signer_workflows = signers(file + "*/merge");
  world.request = [&](auto& made) { made.san = "https://github.com/" + file + "42/merge"; };
  auto const check = world.run();
  CHECK(refusals(check) == Refusals{});
  REQUIRE(check.warnings.size() == 1);
  CHECK(check.warnings[0].code == "pull-request-signer");
  CHECK(check.warnings[0].where == "input build-signer-workflows");
  std::ostringstream text;
  acr::report::WorkflowLog log(text, acr::report::WorkflowLog::Style::actions);
  acr::release::log_publish_check(check, log);
  log.finish();
  CHECK(text.str().find("pull-request-signer") != std::string::npos);
}

}  // namespace
