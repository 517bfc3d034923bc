// `command: verify-package` over objects, files and answers in memory: what passes, and each refusal with its code and place.
#include "release/publish_check.hpp"

#include <map>
#include <sstream>

#include "chart/source_list.hpp"
#include "release/git_source_tree.hpp"
#include "release/pipeline_world.hpp"
#include "release/release_files.hpp"
#include "report/checksums.hpp"
#include "report/limits.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"

namespace publish_check_test {
namespace {

using acr::ExitStatus;
using acr::signing::Attest;
using acr::test::annotation;
using acr::test::chart_files;
using acr::test::Files;
using acr::test::operator+;
using acr::test::signing_world;
using acr::test::subject_of;
namespace fs = std::filesystem;

// What the certificate of a called workflow has: the called file at its own ref, all else the caller's (B-11).
std::string const shipped = "https://github.com/org/atomic-chart-release/.github/workflows/release-charts.yaml@refs/tags/v1";

using Inputs = std::map<std::string, std::string>;

// charts/web 1.1.0 was released and merged: the push, the release's files in `packages`, and everything attested. Members are
// changed before publish(); `first` changes the repository before it is built.
struct PublishWorld : acr::test::PipelineWorld {
  acr::release::Rebuilt built;
  acr::report::ReleaseManifest manifest;
  bool attest_manifest = true, attest_packages = true;
  std::function<void(Attest&)> request = [](auto&) {};  // of manifest and package

  explicit PublishWorld(std::function<void(PublishWorld&)> const& first = [](auto&) {}) {
    inputs = {
        {"command", "verify-package"}, {"output-dir", "packages"}, {"manifest-path", "manifest.json"}, {"max-parallel", "1"}};
    tags["web-v1.1.0"] = annotation("web", "1.1.0", {{"lint", "1001", subject_of("lint")}, {"scan", "1002"}});
    head = tagged + Files{{"README.md", "charts\n"}};
    first(*this);
    merge = head;  // a merge commit has the head's content
    build();
    objects.set_ref("refs/heads/main", head_commit);
    objects.set_ref("refs/heads/release", merge_commit);
    settings.change.base = base_commit;
    settings.change.head = merge_commit;
    settings.change.merge = merge_commit;  // GITHUB_SHA
    read({});
    package();
  }

  /// The inputs with these besides.
  void read(Inputs const& more) {
    for (auto const& [name, value] : more) inputs[name] = value;
    auto reading = acr::event::read_inputs(acr::event::from_map(inputs), workspace().string(), acr::event::TokenRule::optional);
    for (auto const& mistake : reading.mistakes) throw std::logic_error(mistake.sentence());
    settings.inputs = std::move(reading.inputs);
    auto lists = acr::release::read_lists(settings.inputs, settings.repository.server_url);
    for (auto const& mistake : lists.mistakes) throw std::logic_error(mistake.sentence());
    settings.lists = std::move(lists.lists);
  }

  /// Of charts/web at the head.
  std::string source_digest() {
    acr::release::GitSourceTree const tree(objects, objects.commit(head_commit)->tree);
    return acr::chart::source_digest(tree, "charts/web").value();
  }

  /// What the release run left: package, manifest and its other files.
  void package() {
    built = acr::release::rebuild_package(objects, "web-v1.1.0", settings, nullptr).value();
    attest("1002", built.digest);
    manifest.charts = {{"web", "1.1.0", built.digest, "web-v1.1.0", built.file_name, source_digest()}};
    manifest.pr = 42;
    manifest.head = head_commit;
    manifest.base = base_commit;
    manifest.verification_path = "packages/tag-verification.json";
    manifest.verification_digest = acr::sha256_text("the report");
    manifest.upstream = {{"web", {{"lint", "1001", subject_of("lint")}}}};
    write(built.file_name, built.bytes);
    write("tag-verification.json", "the report");
    write("verification-summary.json", "{}");
    write("checksums.txt", built.digest.substr(7) + "  " + built.file_name + "\n");
  }
  [[nodiscard]] fs::path place(std::string const& name) const { return workspace() / name; }
  void write(std::string const& name, std::string const& bytes) const { acr::write_file(place("packages/" + name), bytes); }
  void write_manifest() const { acr::write_file(place("manifest.json"), acr::report::manifest_text(manifest)); }

  /// With the manifest written, unless something lies in its place, and attested with its package.
  acr::release::PublishCheck publish() {
    if (!fs::exists(fs::symlink_status(place("manifest.json")))) write_manifest();
    auto const list = [&](std::string const& digest) {
      Attest made;
      made.san = shipped;
      request(made);
      made.subject_sha256 = digest.substr(7);
      listed[digest].push_back({"", signing_world().attest(made)});
    };
    if (attest_manifest) list(acr::sha256_text(acr::report::manifest_text(manifest)));
    if (attest_packages && !manifest.charts.empty()) list(manifest.charts[0].digest);
    return check();
  }
  /// With the files as they lie there.
  acr::release::PublishCheck check() {
    acr::test::ScriptedGithub github([this](auto const& asked_for) { return answer(asked_for); });
    acr::github::Attestations attestations(github.api);
    log_text.str("");
    acr::report::WorkflowLog log(log_text, acr::report::WorkflowLog::Style::actions);
    auto const result = acr::release::check_published(settings, {.objects = *source,
                                                                 .attestations = &attestations,
                                                                 .verifier = acr::test::signing_verifier(),
                                                                 .clock = clock,
                                                                 .log = log});
    acr::release::log_publish_check(result, log);
    log.finish();
    return result;
  }
  void remove_release() const {
    fs::remove_all(place("packages"));
    fs::remove(place("manifest.json"));
  }
};

// "code @ place" of all refusals, in order.
std::vector<std::string> refusals(acr::release::PublishCheck const& check) {
  return acr::test::findings_of(acr::release::refusals_of(check));
}

using Refusals = std::vector<std::string>;

TEST_CASE("a list of OCI digests without a repository for them is refused (O-21)", "[release]") {
  PublishWorld world;
  world.write("oci-subjects.txt", "x");
  CHECK(refusals(world.publish()) == Refusals{"oci-record-differs @ packages/oci-subjects.txt"});
}

TEST_CASE("OCI digests that the gate recorded are computed anew (O-21)", "[release]") {
  std::string const repository = "ghcr.io/acme/charts", place = "packages/oci-subjects.txt";
  PublishWorld world;
  auto const attested = [&](std::string const& digest) {
    Attest made;
    made.san = shipped;
    made.subject_sha256 = digest.substr(7);
    world.listed[digest].push_back({"", signing_world().attest(made)});
  };
  world.read({{"oci-repository", repository}});
  auto const before = world.publish();
  REQUIRE(before.record.charts.size() == 1);
  auto const oci = before.record.charts[0].oci;
  REQUIRE(oci.has_value());
  CHECK(oci->ref == repository + "/web:1.1.0");
  auto found = refusals(before);
  CHECK(std::ranges::count(found, "oci-record-differs @ manifest: chart web") == 1);
  CHECK(std::ranges::count(found, "oci-record-differs @ " + place) == 1);

  world.manifest.charts[0].oci = oci;
  fs::remove(world.place("manifest.json"));
  auto const right = oci->digest.substr(7) + "  " + repository + "/web\n";
  world.write("oci-subjects.txt", right);
  SECTION("as recorded and attested") {
    attested(oci->digest);
    CHECK(refusals(world.publish()) == Refusals{});
  }
  SECTION("not attested") {
    CHECK(refusals(world.publish()) == Refusals{"oci-unattested @ web, " + repository + "/web:1.1.0"});
  }
  SECTION("another digest") {
    attested(oci->digest);
    world.write("oci-subjects.txt", std::string(64, '1') + "  " + repository + "/web\n");
    CHECK(refusals(world.publish()) == Refusals{"oci-record-differs @ " + place});
  }
  SECTION("no file") {
    attested(oci->digest);
    fs::remove(world.place(place));
    CHECK(refusals(world.publish()) == Refusals{"oci-record-differs @ " + place});
  }
  SECTION("no plain file") {
    attested(oci->digest);
    fs::remove(world.place(place));
    fs::create_symlink("tag-verification.json", world.place(place));
    CHECK(refusals(world.publish()) == Refusals{"stray-file @ " + place, "bad-path @ " + place});
  }
  SECTION("a file that is too large") {
    attested(oci->digest);
    world.write("oci-subjects.txt", std::string(acr::report::max_checksum_bytes + 1, 'x'));
    found = refusals(world.publish());
    REQUIRE(found.size() == 1);
    CHECK(found.front().ends_with(" @ " + place));
    CHECK_FALSE(found.front().starts_with("oci-record-differs"));
  }
}

TEST_CASE("a release whose files, manifest and attestations agree is proved", "[release]") {
  PublishWorld world;
  auto const check = world.publish();
  CHECK(refusals(check) == Refusals{});
  CHECK(check.status == ExitStatus::done);
  REQUIRE(check.packages.size() == 1);
  CHECK(check.packages[0].commit == world.tag_commit);
  CHECK(check.packages[0].signer == shipped);
  CHECK(check.record.entry_count(acr::report::EntryStatus::verified) == 2);
  auto const outputs = acr::release::publish_outputs(check, world.settings);
  CHECK(*outputs.find("result") == "success");
  CHECK(*outputs.find("reason") == "");
  CHECK(*outputs.find("chart-count") == "1");
  CHECK(*outputs.find("packages-dir") == "packages");
  CHECK(world.log_text.str().find("proved: 1 package, ready to be published") != std::string::npos);
}

TEST_CASE("the manifest's own time makes the same bytes", "[release]") {
  PublishWorld world;
  world.settings.source_date_epoch = 1700000000;
  world.package();
  world.manifest.source_date_epoch = "1700000000";
  SECTION("whatever the publishing job says") { world.settings.source_date_epoch = 1; }
  SECTION("or when it says nothing") { world.settings.source_date_epoch.reset(); }
  CHECK(refusals(world.publish()) == Refusals{});
}

TEST_CASE("a time of the publishing job alone does not count", "[release]") {
  PublishWorld world;
  world.settings.source_date_epoch = 1700000000;
  CHECK(refusals(world.publish()) == Refusals{});
}

TEST_CASE("what does not agree is refused where it does not (B-16)", "[release]") {
  struct Row {
    std::string name;
    std::function<void(PublishWorld&)> spoil;
    Refusals expected;
  };
  auto const row = one_of<Row>({
      // The manifest itself.
      {"no manifest", [](auto& w) { w.settings.inputs.manifest_path = "none.json"; }, {"bad-path @ none.json"}},
      {"a link to the manifest",
       [](auto& w) {
         acr::write_file(w.place("m.json"), acr::report::manifest_text(w.manifest));
         fs::create_symlink("m.json", w.place("manifest.json"));
       },
       {"bad-path @ manifest.json"}},
      {"too large a manifest",
       [](auto& w) { acr::write_file(w.place("manifest.json"), std::string((8 << 20) + 1, ' ')); },
       {"bad-path @ manifest.json"}},
      {"no JSON",
       [](auto& w) { acr::write_file(w.place("manifest.json"), "{"); },
       {"manifest-invalid @ manifest: manifest at byte 1"}},
      {"nobody attested the manifest", [](auto& w) { w.attest_manifest = false; }, {"not-attested @ manifest.json"}},
      {"a time that is none", [](auto& w) { w.manifest.source_date_epoch = "x"; }, {"source-date-epoch @ SOURCE_DATE_EPOCH"}},
      {"no chart",
       [](auto& w) {
         w.manifest.charts.clear(), w.manifest.upstream.clear();
         fs::remove_all(w.place("packages")), fs::create_directory(w.place("packages"));
       },
       {"manifest-invalid @ manifest.json", "manifest-differs @ manifest: chart web"}},
      // Its fields.
      {"another name",
       [](auto& w) { w.manifest.charts[0].name = "api", w.manifest.upstream[0].first = "api"; },
       {"manifest-differs @ manifest: chart api", "manifest-differs @ manifest: chart web"}},
      {"another version", [](auto& w) { w.manifest.charts[0].version = "99.0.0"; }, {"manifest-differs @ manifest: chart web"}},
      {"another source digest",
       [](auto& w) { w.manifest.charts[0].source_digest = acr::sha256_text("source"); },
       {"manifest-differs @ manifest: chart web"}},
      {"another file name",
       [](auto& w) {
         w.manifest.charts[0].package = "web-99.0.0.tgz";
         fs::rename(w.place("packages/web-1.1.0.tgz"), w.place("packages/web-99.0.0.tgz"));
         w.write("checksums.txt", w.built.digest.substr(7) + "  web-99.0.0.tgz\n");
       },
       {"manifest-differs @ manifest: chart web"}},
      {"another tag", [](auto& w) { w.manifest.charts[0].tag = "web-v9"; }, {"manifest-differs @ manifest: chart web"}},
      {"a file name that leads elsewhere",
       [](auto& w) { w.manifest.charts[0].package = "../packages/web-1.1.0.tgz"; },
       {"stray-file @ packages/web-1.1.0.tgz", "checksums @ ../packages/web-1.1.0.tgz",
        "manifest-differs @ manifest: chart web"}},
      {"another attestation",
       [](auto& w) { w.manifest.upstream[0].second[0].id = "666"; },
       {"manifest-differs @ manifest: upstream.web.lint"}},
      {"another subject",
       [](auto& w) { w.manifest.upstream[0].second[0].digest = "sha256:" + std::string(64, '9'); },
       {"manifest-differs @ manifest: upstream.web.lint"}},
      {"a key that the tag has not",
       [](auto& w) { w.manifest.upstream[0].second[0].key = "audit"; },
       {"manifest-differs @ manifest: upstream.web.audit"}},
      {"a key without digest in the tag",
       [](auto& w) {
         w.manifest.upstream[0].second.push_back({"scan", "1002", "sha256:" + std::string(64, '7')});
       },
       {}},
      {"no lineage of the chart", [](auto& w) { w.manifest.upstream.clear(); }, {"manifest-differs @ manifest: upstream"}},
      {"a dependency that the package has not",
       [](auto& w) {
         w.manifest.dependencies = {{"web", "lib", "1.0.0", "https://example.org", "https://example.org/lib.tgz",
                                     "sha256:" + std::string(64, '6'), "", false}};
       },
       {"manifest-differs @ manifest: dependencies of web"}},
      {"another head",
       [](auto& w) {
         w.manifest.head = w.objects.add_commit(w.objects.add_files({{"a", "b"}}), {}, 1);
       },
       {"manifest-differs @ manifest: head"}},
      {"an older head", [](auto& w) { w.manifest.head = w.tag_commit; }, {"manifest-differs @ manifest: head"}},
      {"a head that nobody knows",
       [](auto& w) { w.manifest.head = std::string(40, 'd'); },
       {"manifest-differs @ manifest: head"}},
      {"another report",
       [](auto& w) { w.manifest.verification_digest = "sha256:" + std::string(64, '5'); },
       {"manifest-differs @ packages/tag-verification.json"}},
      {"another list of checksums",
       [](auto& w) { w.write("checksums.txt", std::string(64, '0') + "  web-1.1.0.tgz\n"); },
       {"manifest-differs @ packages/checksums.txt"}},
      {"no files but the packages",
       [](auto& w) {
         for (auto const* name : {"checksums.txt", "tag-verification.json", "verification-summary.json"})
           fs::remove(w.place("packages") / name);
       },
       {}},
      // The tag.
      {"a tag that is called otherwise",
       [](auto& w) {
         w.read({{"tag-format", "{name}/{version}"}});
       },
       {"tag-not-found @ tag web/1.1.0"}},
      {"a lightweight tag",
       [](auto& w) { w.objects.set_ref("refs/tags/web-v1.1.0", w.tag_commit); },
       {"tag-not-annotated @ tag web-v1.1.0"}},
      {"a tag of another version",
       [](auto& w) {
         w.tag("web-v1.1.0", annotation("web", "1.2.0", {{"lint", "1001", subject_of("lint")}}));
       },
       {"release-line-mismatch @ tag web-v1.1.0"}},
      {"a tag of another chart",
       [](auto& w) {
         w.tag("web-v1.1.0", annotation("api", "1.1.0", {{"lint", "1001", subject_of("lint")}}));
       },
       {"release-line-mismatch @ tag web-v1.1.0"}},
      {"a tag that names another commit",
       [](auto& w) {
         w.tag("web-v1.1.0",
               annotation("web", "1.1.0", {{"lint", "1001", subject_of("lint")}}, "\nCommit: " + std::string(40, 'c') + "\n"));
       },
       {"commit-mismatch @ tag web-v1.1.0"}},
      {"a tag that names its commit",
       [](auto& w) {
         w.tag("web-v1.1.0",
               annotation("web", "1.1.0", {{"lint", "1001", subject_of("lint")}}, "\nCommit: " + w.tag_commit + "\n"));
       },
       {}},
      {"a tag of other content",
       [](auto& w) {
         auto const other =
             w.objects.add_commit(w.objects.add_files(w.tagged + Files{{"charts/web/values.yaml", "replicas: 2\n"}}),
                                  {w.base_commit}, 1'790'000'050);
         w.objects.set_ref("refs/tags/web-v1.1.0",
                           w.objects.add_tag("web-v1.1.0", other, acr::git::ObjectType::commit, w.tags["web-v1.1.0"]));
       },
       {"tag-not-on-branch @ tag web-v1.1.0", "tag-content-mismatch @ tag web-v1.1.0"}},
      {"an attestation that the tag lists and nobody has",
       [](auto& w) { w.listed.erase(subject_of("lint")); },
       {"unresolved @ attestation lint (id 1001)"}},
      // The packages.
      {"a package that is missing",
       [](auto& w) { fs::remove(w.place("packages/web-1.1.0.tgz")); },
       {"bad-path @ web-1.1.0.tgz"}},
      {"a package of other bytes",
       [](auto& w) { w.write("web-1.1.0.tgz", w.built.bytes + "x"); },
       {"package-differs @ web-1.1.0.tgz"}},
      {"a package that the tag does not give",
       [](auto& w) {
         w.write("web-1.1.0.tgz", w.built.bytes + "x");
         w.manifest.charts[0].digest = acr::sha256_text(w.built.bytes + "x");
         w.write("checksums.txt", w.manifest.charts[0].digest.substr(7) + "  web-1.1.0.tgz\n");
       },
       {"package-differs @ web-1.1.0.tgz"}},
      {"nobody attested the package", [](auto& w) { w.attest_packages = false; }, {"not-attested @ web-1.1.0.tgz"}},
      {"others attested it",
       [](auto& w) { w.request = [](auto& made) { made.repository = "mallory/helm-charts"; }; },
       {"not-attested @ manifest.json", "not-attested @ web-1.1.0.tgz"}},
      {"nothing but a summary is attested",
       [](auto& w) { w.request = [](auto& made) { made.predicate_type = "https://slsa.dev/verification_summary/v1"; }; },
       {"not-attested @ manifest.json", "not-attested @ web-1.1.0.tgz"}},
      // What lies beside them (B-16b).
      {"a provenance file", [](auto& w) { w.write("web-1.1.0.tgz.prov", "x"); }, {"stray-file @ packages/web-1.1.0.tgz.prov"}},
      {"a package of another name", [](auto& w) { w.write("evil-1.0.0.tgz", "x"); }, {"stray-file @ packages/evil-1.0.0.tgz"}},
      {"another letter case", [](auto& w) { w.write("WEB-1.1.0.TGZ", "x"); }, {"stray-file @ packages/WEB-1.1.0.TGZ"}},
      {"a directory", [](auto& w) { w.write("more/web-1.1.0.tgz", "x"); }, {"stray-file @ packages/more"}},
      {"a directory under a name of ours",
       [](auto& w) {
         fs::remove(w.place("packages/verification-summary.json"));
         w.write("verification-summary.json/evil.tgz", "x");
       },
       {"stray-file @ packages/verification-summary.json"}},
      {"a link",
       [](auto& w) { fs::create_symlink("web-1.1.0.tgz", w.place("packages/a.tgz")); },
       {"stray-file @ packages/a.tgz"}},
      {"a link under a name of ours",
       [](auto& w) {
         fs::rename(w.place("packages/checksums.txt"), w.place("sums"));
         fs::create_symlink("../sums", w.place("packages/checksums.txt"));
       },
       {"stray-file @ packages/checksums.txt", "bad-path @ packages/checksums.txt"}},
      {"a package behind a link",
       [](auto& w) {
         fs::rename(w.place("packages/web-1.1.0.tgz"), w.place("web"));
         fs::create_symlink("../web", w.place("packages/web-1.1.0.tgz"));
       },
       {"stray-file @ packages/web-1.1.0.tgz", "bad-path @ web-1.1.0.tgz"}},
      {"the manifest among them",
       [](auto& w) {
         w.settings.inputs.manifest_path = "packages/m.json";
         w.write("m.json", acr::report::manifest_text(w.manifest));
       },
       {}},
      {"no directory",
       [](auto& w) { w.settings.inputs.output_dir = "gone"; },
       {"bad-path @ input output-dir", "bad-path @ web-1.1.0.tgz"}},
  });
  CAPTURE(row.name);
  PublishWorld world;
  row.spoil(world);
  auto const check = world.publish();
  CHECK(refusals(check) == row.expected);
  CHECK((check.status == ExitStatus::done) == row.expected.empty());
  CHECK((check.status == ExitStatus::done || check.status == ExitStatus::refused));
}

TEST_CASE("a package of other bytes is told from one that the tag does not give (A-75, P-130)", "[release]") {
  PublishWorld world;
  world.write("web-1.1.0.tgz", world.built.bytes + "x");
  bool const recorded = one_of({false, true});
  if (recorded) {
    world.manifest.charts[0].digest = acr::sha256_text(world.built.bytes + "x");
    world.write("checksums.txt", world.manifest.charts[0].digest.substr(7) + "  web-1.1.0.tgz\n");
  }
  auto const check = world.publish();
  REQUIRE(check.packages.size() == 1);
  REQUIRE(check.packages[0].refusals.size() == 1);
  CHECK(check.packages[0].refusals[0].rule_number == (recorded ? "P-130" : "A-75"));
}

TEST_CASE("of many strays the first twenty names are reported", "[release]") {
  PublishWorld world;
  for (int i = 100; i < 150; ++i) world.write(std::to_string(i), "x");
  auto const found = refusals(world.publish());
  REQUIRE(found.size() == 20);
  CHECK(found.front() == "stray-file @ packages/100");
  CHECK(found.back() == "stray-file @ packages/119");
}

TEST_CASE("a stopped run is not a proof", "[release]") {
  PublishWorld world;
  world.clock.cancel(ExitStatus::interrupted);
  CHECK_THROWS_AS(world.publish(), acr::Cancelled);
}

TEST_CASE("what was not proved is not an output", "[release]") {
  PublishWorld world;
  world.attest_packages = false;
  auto const check = world.publish();
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
  world.listed[world.built.digest].push_back({"7", "", 404});
  auto const check = world.publish();
  CHECK(refusals(check) == Refusals{"not-attested @ web-1.1.0.tgz"});
  CHECK(check.packages[0].refusals[0].found_value.starts_with("2 listed; of 1002: "));
}

TEST_CASE("of one file a hundred attestations are looked at", "[release]") {
  PublishWorld world;
  auto& listed = world.listed[world.built.digest];
  listed.resize(100, {"", "{}"});  // with that of the tag; the genuine one comes after them
  auto const check = world.publish();
  CHECK(refusals(check) == Refusals{"not-attested @ web-1.1.0.tgz"});
  CHECK(check.packages[0].refusals[0].found_value.starts_with("100 listed; "));
}

TEST_CASE("one attestation that verifies is enough, whatever else is listed", "[release]") {
  PublishWorld world;
  Attest foreign;
  foreign.repository = "mallory/helm-charts";
  foreign.subject_sha256 = world.built.digest.substr(7);
  world.listed[world.built.digest].push_back({"", signing_world().attest(foreign)});
  CHECK(refusals(world.publish()) == Refusals{});
}

std::vector<acr::sigstore::SignerWorkflow> signers(std::string const& line) {
  return {acr::sigstore::SignerWorkflow::parse(line).value()};
}

TEST_CASE("only the builders that count may have attested manifest and packages (B-16a)", "[release]") {
  struct Row {
    std::string name;
    std::function<void(PublishWorld&)> spoil;
    bool proved;
  };
  std::string const file = "https://github.com/org/atomic-chart-release/.github/workflows/release-charts.yaml@";
  std::string const own = "acme/helm-charts/.github/workflows/build.yaml@";
  auto const signed_by = [](std::string const& san) {
    return [san](auto& w) { w.request = [san](auto& made) { made.san = san; }; };
  };
  auto const listed = [own](std::string const& line, std::string const& ref) {
    return [=](auto& w) {
      w.settings.lists.build_signer_workflows = signers(own + line);
      w.request = [=](auto& made) { made.san = "https://github.com/" + own + ref; };
    };
  };
  std::string const commit(40, 'c');
  auto const row = one_of<Row>({
      {"the shipped workflow at its major version", signed_by(file + "refs/tags/v1"), true},
      {"at a release", signed_by(file + "refs/tags/v1.0.0"), true},
      {"at a newer release", signed_by(file + "refs/tags/v1.7.2"), true},
      {"at another major version", signed_by(file + "refs/tags/v2"), false},
      {"at a release below the oldest trusted", signed_by(file + "refs/tags/v0.9.9"), false},
      {"at a branch", signed_by(file + "refs/heads/v1"), false},
      {"at a pull request", signed_by(file + "refs/pull/1/merge"), false},
      {"at a commit id, which may be a fork's", signed_by(file + commit), false},
      {"another file of this action",
       signed_by("https://github.com/org/atomic-chart-release/.github/workflows/check-charts.yaml@refs/tags/v1"), false},
      {"the same file of a fork",
       signed_by("https://github.com/mallory/atomic-chart-release/.github/workflows/release-charts.yaml@refs/tags/v1"), false},
      {"a direct job of this repository",
       signed_by("https://github.com/acme/helm-charts/.github/workflows/other.yaml@refs/heads/some-branch"), false},
      {"a direct job of the pull request",
       signed_by("https://github.com/acme/helm-charts/.github/workflows/release-charts.yaml@refs/pull/42/merge"), false},
      {"the shipped workflow, called by another repository",
       [](auto& w) { w.request = [](auto& made) { made.repository = "mallory/helm-charts"; }; }, false},
      {"the shipped workflow on a runner that is not GitHub's",
       [](auto& w) { w.request = [](auto& made) { made.runner = "self-hosted"; }; }, false},
      {"such a runner, allowed by name",
       [](auto& w) {
         w.settings.inputs.self_hosted_builders = true, w.request = [](auto& made) { made.runner = "self-hosted"; };
       },
       true},
      {"a listed builder", listed("refs/tags/build-v1", "refs/tags/build-v1"), true},
      {"a listed commit id", listed(commit, commit), true},
      {"another ref of a listed builder", listed("refs/tags/build-v1", "refs/heads/main"), false},
      {"another commit id than the listed one", listed(commit, std::string(40, 'd')), false},
      {"the shipped workflow where another one is listed",
       [own](auto& w) { w.settings.lists.build_signer_workflows = signers(own + "refs/tags/build-v1"); }, false},
      {"a listed builder on a runner that is not GitHub's",
       [own](auto& w) {
         w.settings.lists.build_signer_workflows = signers(own + "refs/tags/build-v1");
         w.request = [own](auto& made) {
           made.san = "https://github.com/" + own + "refs/tags/build-v1", made.runner = "self-hosted";
         };
       },
       false},
      {"a check's signer",
       [](auto& w) {
         w.settings.lists.signer_workflows = signers("acme/helm-charts/.github/workflows/validate.yaml@refs/pull/*/merge");
         w.request = [](auto& made) { made.san.clear(); };
       },
       false},
      {"the shipped workflow beside signers of checks",
       [](auto& w) {
         w.settings.lists.signer_workflows = signers("acme/helm-charts/.github/workflows/validate.yaml@refs/pull/17/merge");
       },
       true},
  });
  CAPTURE(row.name);
  PublishWorld world;
  row.spoil(world);
  auto const check = world.publish();
  CHECK(refusals(check) ==
        (row.proved ? Refusals{} : Refusals{"not-attested @ manifest.json", "not-attested @ web-1.1.0.tgz"}));
  CHECK(check.warnings.empty());
}

TEST_CASE("a builder at a pull request's ref is allowed by name, with a warning (B-16a)", "[release]") {
  PublishWorld world;
  std::string const file = "acme/helm-charts/.github/workflows/release.yaml@refs/pull/";
  world.settings.lists.build_signer_workflows = signers(file + "*/merge");
  world.request = [&](auto& made) { made.san = "https://github.com/" + file + "42/merge"; };
  auto const check = world.publish();
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

// charts/api 1.1.0 changes as well, and the release run has left it out.
void with_api(PublishWorld& world) {
  world.base = world.base + chart_files("api", "1.0.0");
  world.tagged = world.tagged + chart_files("api", "1.1.0");
  world.head = *world.head + chart_files("api", "1.1.0");
  world.tags["api-v1.1.0"] = annotation("api", "1.1.0", {{"lint", "2001", subject_of("lint of api")}});
  world.attest("2001", subject_of("lint of api"));
}

TEST_CASE("the charts are those that the push has changed, neither fewer nor others (B-16)", "[release]") {
  struct Row {
    std::string name;
    std::function<void(PublishWorld&)> first, spoil;
    Refusals expected;
    std::string result;
  };
  auto const row = one_of<Row>({
      {"one of two is left out", with_api, [](auto&) {}, {"manifest-differs @ manifest: chart api"}, "failed"},
      {"one that is excluded is not missed",
       with_api,
       [](auto& w) {
         w.read({{"exclude-charts", "api"}});
       },
       {},
       "success"},
      {"one that is refused is not left out either",
       with_api,
       [](auto& w) { w.listed.erase(subject_of("lint of api")); },
       {"unresolved @ attestation lint (id 2001)"},
       "failed"},
      {"unless verify-policy says so",
       with_api,
       [](auto& w) {
         w.listed.erase(subject_of("lint of api")), w.read({{"verify-policy", "flag"}});
       },
       {},
       "partial"},
      {"verify-policy: flag leaves out nothing that is proved",
       with_api,
       [](auto& w) {
         w.read({{"verify-policy", "flag"}});
       },
       {"manifest-differs @ manifest: chart api"},
       "failed"},
      {"verify-policy: flag publishes nothing that is refused",
       with_api,
       [](auto& w) {
         w.listed.erase(subject_of("lint")), w.read({{"verify-policy", "flag"}});
       },
       {"unresolved @ attestation lint (id 1001)", "manifest-differs @ manifest: chart api"},
       "failed"},
      {"an excluded chart is not published",
       [](auto&) {},
       [](auto& w) {
         w.read({{"exclude-charts", "web"}});
       },
       {"manifest-differs @ manifest: chart web"},
       "failed"},
      {"an old release on a push that changes nothing",
       [](auto&) {},
       [](auto& w) { w.settings.change.base = w.head_commit; },
       {"manifest-differs @ manifest: chart web"},
       "failed"},
      {"a release on a push that makes the branch",
       [](auto&) {},
       [](auto& w) { w.settings.change.base.clear(); },
       {"manifest-differs @ manifest: chart web"},
       "failed"},
      {"an old release on a push of another chart",
       with_api,
       [](auto& w) {
         w.settings.change.base =
             w.objects.add_commit(w.objects.add_files(*w.head + chart_files("api", "1.0.0")), {}, 1'790'000'010);
       },
       {"manifest-differs @ manifest: chart web", "manifest-differs @ manifest: chart api"},
       "failed"},
      {"a commit that cannot be had",
       [](auto&) {},
       [](auto& w) { w.settings.change.base = std::string(40, 'd'); },
       {"object-missing @ run"},
       "failed"},
      {"more charts than max-charts",
       with_api,
       [](auto& w) {
         w.read({{"max-charts", "1"}});
       },
       {"too-many-charts @ pull request"},
       "failed"},
      {"a version that was not raised",
       [](auto& w) {
         w.base = w.base + chart_files("db", "1.0.0"),
         w.head = *w.head + chart_files("db", "1.0.0") + Files{{"charts/db/values.yaml", "replicas: 3\n"}};
       },
       [](auto&) {},
       {"version-not-bumped @ charts/db"},
       "failed"},
  });
  CAPTURE(row.name);
  PublishWorld world(row.first);
  row.spoil(world);
  auto const check = world.publish();
  INFO(world.log_text.str());
  CHECK(refusals(check) == row.expected);
  CHECK((check.status == ExitStatus::done) == row.expected.empty());
  auto const outputs = acr::release::publish_outputs(check, world.settings);
  CHECK(*outputs.find("result") == row.result);
  CHECK(*outputs.find("reason") ==
        (row.expected.empty() ? "" : row.expected.front().substr(0, row.expected.front().find(' '))));
  CHECK(check.left_out == (row.result == "partial" ? std::vector<std::string>{"api"} : std::vector<std::string>{}));
}

TEST_CASE("a push that changes no chart needs no manifest, and publishes nothing (B-16)", "[release]") {
  PublishWorld world;
  world.remove_release();
  bool const created = one_of({false, true});
  world.settings.change.base = created ? "" : world.head_commit;
  SECTION("without any file") {
    auto const check = world.check();
    CHECK(refusals(check) == Refusals{});
    CHECK(check.status == ExitStatus::done);
    auto const outputs = acr::release::publish_outputs(check, world.settings);
    CHECK(*outputs.find("result") == "no-charts");
    CHECK(*outputs.find("chart-count") == "0");
    CHECK(outputs.find("packages-dir") == nullptr);
    CHECK(acr::release::publish_summary(check).find("nothing to publish") != std::string::npos);
    CHECK(world.log_text.str().find("nothing to publish: this push has changed no chart") != std::string::npos);
  }
  SECTION("a package without a manifest would be published") {
    world.write(world.built.file_name, world.built.bytes);
    CHECK(refusals(world.check()) == Refusals{"stray-file @ packages/web-1.1.0.tgz"});
  }
}

TEST_CASE("a push that changes charts needs a manifest", "[release]") {
  PublishWorld world;
  auto const check = world.check();
  CHECK(refusals(check) == Refusals{"bad-path @ manifest.json"});
  CHECK(check.status == ExitStatus::refused);
}

TEST_CASE("when every chart is refused, nothing is published and the step fails, whatever verify-policy says", "[release]") {
  PublishWorld world;
  world.remove_release();
  world.listed.erase(subject_of("lint"));
  world.read({{"verify-policy", "flag"}});
  auto const check = world.check();
  CHECK(check.status == ExitStatus::refused);
  CHECK(*acr::release::publish_outputs(check, world.settings).find("result") == "failed");
}

TEST_CASE("what was pushed must be on the source branch as it is (B-16, A-79)", "[release]") {
  struct Row {
    std::string name;
    std::function<void(PublishWorld&)> spoil;
    Refusals expected;
  };
  auto const row = one_of<Row>({
      {"merged, and the branch went on",
       [](auto& w) {
         w.objects.set_ref("refs/heads/main",
                           w.objects.add_commit(w.objects.add_files({{"README.md", "next"}}), {w.head_commit}, 1'790'000'400));
       },
       {}},
      {"fast-forwarded", [](auto& w) { w.settings.change.head = w.head_commit; }, {}},
      {"squashed",
       [](auto& w) {
         w.settings.change.head = w.objects.add_commit(w.objects.add_files(*w.head), {w.base_commit}, 1'790'000'300);
       },
       {"head-not-on-branch @ commit "}},
      {"merged from another branch",
       [](auto& w) { w.objects.set_ref("refs/heads/main", w.base_commit); },
       {"head-not-on-branch @ commit "}},
      {"without the source branch",
       [](auto& w) {
         w.read({{"source-branch", "trunk"}});
       },
       {"head-not-on-branch @ commit "}},
      {"from a source branch of another name",
       [](auto& w) {
         w.objects.set_ref("refs/heads/trunk", w.head_commit), w.objects.set_ref("refs/heads/main", w.base_commit),
             w.read({{"source-branch", "trunk"}});
       },
       {}},
  });
  CAPTURE(row.name);
  PublishWorld world;
  row.spoil(world);
  auto const check = world.publish();
  auto expected = row.expected;
  if (row.name == "squashed")
    expected.insert(expected.end(),
                    "tag-not-on-branch @ tag web-v1.1.0");  // the squashed commit does not have it as an ancestor either
  for (auto& one : expected)
    if (one.ends_with("commit ")) one += world.settings.change.head;
  CHECK(refusals(check) == expected);
}

TEST_CASE("a tag on the release branch alone is not on the source branch (A-55)", "[release]") {
  PublishWorld world;
  // The pushed merge has the tag's commit as a third parent; main has the same content without it.
  auto const other = world.objects.add_commit(world.objects.add_files(world.tagged), {world.base_commit}, 1'790'000'150);
  world.settings.change.head = world.objects.add_commit(world.objects.add_files(*world.head),
                                                        {world.base_commit, world.head_commit, other}, 1'790'000'300);
  world.objects.set_ref("refs/tags/web-v1.1.0",
                        world.objects.add_tag("web-v1.1.0", other, acr::git::ObjectType::commit, world.tags["web-v1.1.0"]));
  world.package();
  CHECK(refusals(world.publish()) == Refusals{"tag-not-on-branch @ tag web-v1.1.0"});
}

// The gate may have run under weaker inputs: what counts here are this job's own (B-16).
TEST_CASE("tags and attestations are proved again under the publication's own inputs (B-16)", "[release]") {
  struct Row {
    std::string name;
    std::function<void(PublishWorld&)> first;
    Inputs inputs;
    Refusals expected;
  };
  auto const none = [](auto&) {};
  auto const no_data = [](PublishWorld& world) { world.tags["web-v1.1.0"] = annotation("web", "1.1.0", {}); };
  auto const other_id = [](PublishWorld& world) {
    world.tags["web-v1.1.0"] = annotation("web", "1.1.0", {{"lint", "9999", subject_of("lint")}});
  };
  auto const id_alone = [](PublishWorld& world) { world.tags["web-v1.1.0"] = annotation("web", "1.1.0", {{"lint", "1001"}}); };
  std::string const lint = "attestation lint (id 1001)", scan = "attestation scan (id 1002)";
  auto const row = one_of<Row>({
      {"nothing more", none, {}, {}},
      {"signers that did not sign",
       none,
       {{"signer-workflows", "acme/helm-charts/.github/workflows/other.yaml@refs/heads/main"}},
       {"identity @ " + lint + ": signing certificate", "identity @ " + scan + ": signing certificate"}},
      {"signers that did",
       none,
       {{"signer-workflows", "acme/helm-charts/.github/workflows/validate.yaml@refs/pull/*/merge"}},
       {}},
      {"types that were not attested",
       none,
       {{"predicate-types", "https://example.org/test/v1"}},
       {"predicate-type @ " + lint + ": statement", "predicate-type @ " + scan + ": statement"}},
      {"types that were", none, {{"predicate-types", "https://slsa.dev/provenance/v1"}}, {}},
      {"an issuer that did not identify them", none, {{"oidc-issuer", "https://issuer.example.org"}}, {}},
      {"the tag's commit, where checks ran on a pull request",
       none,
       {{"source-digest", "tag-commit"}},
       {"identity @ " + lint + ": signing certificate", "identity @ " + scan + ": signing certificate"}},
      {"a tag without data", no_data, {}, {"missing-lineage @ tag web-v1.1.0"}},
      {"a tag without data, allowed", no_data, {{"missing-lineage", "ignore"}}, {}},
      {"another id", other_id, {}, {"unresolved-id @ attestation lint (id 9999)"}},
      {"another id, allowed", other_id, {{"unresolved-id", "warn"}}, {}},
      {"an id whose subject nobody knows", id_alone, {}, {"unresolved"}},
      {"an id whose subject this job knows", id_alone, {{"lineage-subjects", "lint = text:lint"}}, {}},
      {"charts elsewhere", none, {{"charts-dir", "other"}}, {}},
  });
  CAPTURE(row.name);
  PublishWorld world(row.first);
  if (row.first != nullptr && world.tags["web-v1.1.0"].find("1001 sha256") == std::string::npos)
    world.manifest.upstream = {{"web", {}}};
  world.read(row.inputs);
  auto const check = world.publish();
  INFO(world.log_text.str());
  auto found = refusals(check);
  if (row.name.starts_with("an issuer")) {
    CHECK(check.status == ExitStatus::refused);  // nor manifest and package
    CHECK(found.size() == 4);
    return;
  }
  if (row.name.starts_with("charts elsewhere")) {
    CHECK(check.status == ExitStatus::bad_input);
    CHECK(found == Refusals{"charts-dir-missing @ run"});
    return;
  }
  if (row.name == "an id whose subject nobody knows") {
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with(row.expected[0]));
    return;
  }
  CHECK(found == row.expected);
  CHECK((check.status == ExitStatus::done) == row.expected.empty());
}

TEST_CASE("the report of a self-hosted check counts only as long as this job admits it (B-16)", "[release]") {
  Attest lint;
  lint.runner = "self-hosted";
  std::string const deny = one_of<std::string>({"", "true", "false"});
  PublishWorld world([&](auto& w) { w.listed.clear(), w.attest("1001", subject_of("lint"), lint); });
  world.read({{"deny-self-hosted", deny}});
  CHECK(refusals(world.publish()) ==
        (deny == "true" ? Refusals{"identity @ attestation lint (id 1001): signing certificate"} : Refusals{}));
}

TEST_CASE("a service out of reach is not a refusal of the release (A-20)", "[release]") {
  PublishWorld world;
  std::size_t lists = 0, failing = 0;
  world.intercept = [&](auto const& asked) -> std::optional<acr::net::Reply> {
    if (asked.url.path.find("/attestations/") == std::string::npos || ++lists != failing) return std::nullopt;
    return acr::loopback::reply(503);
  };
  SECTION("while the tags' attestations are listed") {
    failing = 2;  // the manifest's come first
    auto const check = world.publish();
    CHECK(check.status == ExitStatus::unreachable);
    CHECK(*acr::release::publish_outputs(check, world.settings).find("result") == "failed");
    CHECK_FALSE(refusals(check).empty());
  }
  SECTION("while builders are looked up") {
    failing = 1;
    CHECK_THROWS_AS(world.publish(), acr::RunError);
  }
}

}  // namespace
}  // namespace publish_check_test
