// OCI digests through the built program (O-10 … O-21): reported at the gate, attested, computed again before the push, and on a
// terminal.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>

#include "scenario/release_files.hpp"
#include "scenario/sequence.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"

namespace oci_test {
namespace {

using namespace acr::test;
namespace fs = std::filesystem;

std::int64_t modified(fs::path const& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK(info.st_mtim.tv_nsec == 0);
  return info.st_mtim.tv_sec;
}

std::string const repository = "ghcr.io/acme/charts";

std::string subjects_of(ReleaseWorld const& world) { return text_of(world.file(".cr-release-packages/oci-subjects.txt")); }

boost::json::value const& at(boost::json::value const& value, std::string_view name) { return *acr::find(value, name); }

TEST_CASE("the gate tells where charts will be in the registry, and their digests there (O-15, O-16)", "[scenario]") {
  Sequence sequence;
  auto const result = sequence.world->run({{"oci-repository", "oci://GHCR.io/Acme/charts"}});
  INFO(result.out);
  REQUIRE(result.status == 0);
  auto const outputs = sequence.world->outputs();
  CHECK(result.out.find("oci-lowercase") != std::string::npos);
  CHECK(outputs.at("oci-repository") == repository);
  CHECK(outputs.at("oci-subjects-path") == ".cr-release-packages/oci-subjects.txt");
  CHECK_FALSE(outputs.contains("oci-digest"));  // two charts
  auto const ref = repository + "/gateway:1.1.0";
  CHECK(outputs.at("gateway_oci-ref") == ref);
  auto const digest = outputs.at("gateway_oci-digest");
  auto const charts = json_of(outputs.at("charts"));
  auto const& gateway = charts.as_array().front();
  CHECK(gateway.as_object().rbegin()->key() == "oci");
  CHECK(acr::string_in(at(gateway, "oci"), "ref") == ref);
  CHECK(acr::string_in(at(gateway, "oci"), "digest") == digest);
  auto const created = acr::string_in(at(gateway, "oci"), "created").value();
  CHECK(created.ends_with("Z"));
  auto const matrix = json_of(outputs.at("matrix"));
  auto const& job = at(matrix, "include").as_array().front();
  CHECK(acr::string_in(job, "oci-name") == repository + "/gateway");
  CHECK(acr::string_in(job, "oci-digest") == digest);
  CHECK(acr::find(job, "oci") == nullptr);
  CHECK(subjects_of(*sequence.world) == digest.substr(7) + "  " + repository + "/gateway\n" +
                                            outputs.at("ledger_oci-digest").substr(7) + "  " + repository + "/ledger\n");
  auto const manifest = json_of(sequence.manifest());
  CHECK(acr::string_in(at(at(manifest, "charts").as_array().front(), "oci"), "digest") == digest);
  CHECK(text_of(sequence.world->file(".cr-release-packages/tag-verification.json")).find(digest) != std::string::npos);
  CHECK(sequence.world->summary().find(digest) != std::string::npos);
  CHECK(result.out.find(digest) != std::string::npos);

  SECTION("a second run, another zone and another number of workers change nothing") {
    auto const first = release_of(*sequence.world);
    for (auto const& more :
         std::vector<std::map<std::string, std::string>>{{}, {{"TZ", "Asia/Kolkata"}}, {{"max-parallel", "1"}}}) {
      auto inputs = more;
      inputs.insert({"oci-repository", repository});
      REQUIRE(sequence.world->run(inputs).status == 0);
      auto second = release_of(*sequence.world);
      // The warning of the first run is in its report, and that report's digest in the manifest.
      for (auto const* name : {"tag-verification.json", "verification-summary.json", "manifest"}) second.erase(name);
      for (auto const& [name, bytes] : second) {
        CAPTURE(name);
        CHECK(first.at(name) == bytes);
      }
      CHECK(second.contains("oci-subjects.txt"));
    }
  }
  SECTION("a terminal that looks at the package computes the same") {
    auto const file = ".cr-release-packages/gateway-1.1.0.tgz";
    auto const told = run_program(acr::test::built_program(), {{"TZ", "Asia/Kolkata"}},
                                  {"oci-digest", file, "--oci-repository", repository}, sequence.world->workspace());
    CHECK(told.status == 0);
    CHECK(told.out == digest + "  " + ref + "\n");
    auto const bare = run_program(acr::test::built_program(), {}, {"oci-digest", file}, sequence.world->workspace());
    CHECK(bare.out == digest + "  " + file + "\n");
    auto const later =
        run_program(acr::test::built_program(), {}, {"oci-digest", file, "--created", "0"}, sequence.world->workspace());
    CHECK(later.out != bare.out);
  }
  SECTION("without the input, nothing of it exists, and the next run clears what this one left") {
    REQUIRE(sequence.world->run().status == 0);
    for (auto const& [name, value] : sequence.world->outputs()) {
      CAPTURE(name);
      CHECK(name.find("oci") == std::string::npos);
      CHECK(value.find("oci") == std::string::npos);
    }
    for (auto const& [name, bytes] : release_of(*sequence.world)) {
      CAPTURE(name);
      CHECK(name != "oci-subjects.txt");
      CHECK(bytes.find("\"oci\"") == std::string::npos);
    }
  }
}

TEST_CASE("packages have the time of their tag's commit, with and without oci-repository (O-14)", "[scenario]") {
  Sequence sequence;
  REQUIRE(sequence.world->run().status == 0);
  auto const package = sequence.world->file(".cr-release-packages/gateway-1.1.0.tgz");
  auto const time = modified(package);
  CHECK(time < 1'800'000'000);
  REQUIRE(sequence.world->run({{"oci-repository", repository}, {"SOURCE_DATE_EPOCH", "1700000000"}}).status == 0);
  CHECK(modified(package) == 1'700'000'000);
  auto const charts = json_of(sequence.world->outputs().at("charts"));
  CHECK(acr::string_in(at(charts.as_array().front(), "oci"), "created") == "2023-11-14T22:13:20Z");
}

TEST_CASE("a shallow checkout gives the same OCI digests (A-66, O-13)", "[scenario]") {
  Sequence sequence;
  REQUIRE(sequence.world->run({{"oci-repository", repository}}).status == 0);
  ReleaseWorld shallow(sequence.folder, Checkout::shallow);
  REQUIRE(shallow.run({{"oci-repository", repository}}).status == 0);
  CHECK(subjects_of(shallow) == subjects_of(*sequence.world));
  CHECK(subjects_of(shallow).size() > 150);
}

TEST_CASE("a malformed oci-repository is a mistake in the inputs (O-10)", "[scenario]") {
  Sequence sequence;
  auto const given =
      one_of<std::string>({"acme/charts", "https://ghcr.io/acme", "ghcr.io/acme/", "ghcr.io/acme:1.2.3", "ghcr.io:0/acme"});
  CAPTURE(given);
  auto const result = sequence.world->run({{"oci-repository", given}});
  CHECK(result.status == 2);
  CHECK(sequence.world->outputs().at("reason") == "oci-repository");
  CHECK(result.out.find("ghcr.io/acme") != std::string::npos);  // what would have passed
}

TEST_CASE("a time that the manifest cannot have is refused (O-13)", "[scenario]") {
  Sequence sequence;
  auto const result = sequence.world->run({{"oci-repository", repository}, {"SOURCE_DATE_EPOCH", "253402300800"}});
  CHECK(result.status == 1);
  CHECK(sequence.world->outputs().at("reason") == "oci-time");
  CHECK(sequence.world->packages() == std::vector<std::string>{"tag-verification.json", "verification-summary.json"});
}

TEST_CASE("a time that the file system does not keep is refused for charts that will be pushed, and for no others (O-14)",
          "[scenario]") {
  constexpr std::int64_t late = 20'000'000'000;  // in 2603; ext4 ends in 2446
  Sequence sequence;
  auto const probe = sequence.directory.path() / "probe";
  bool const kept = acr::write_file(probe, "", late);
  auto const result = sequence.world->run({{"oci-repository", repository}, {"SOURCE_DATE_EPOCH", std::to_string(late)}});
  INFO(result.out);
  CHECK(result.status == (kept ? 0 : 1));
  CHECK(sequence.world->outputs().at("reason") == (kept ? "" : "oci-time"));
  CHECK(std::ranges::any_of(sequence.world->packages(), [](auto const& name) { return name.ends_with(".tgz"); }) == kept);
  CHECK(sequence.world->run({{"SOURCE_DATE_EPOCH", std::to_string(late)}}).status == 0);
}

// A release with OCI digests after `run` and the attest steps.
struct Attested : Sequence {
  std::map<std::string, std::string> inputs;
  std::string oci;
  explicit Attested(acr::signing::Attest const& request = shipped()) {
    if (world->run({{"oci-repository", repository}}).status != 0) throw std::runtime_error("the run before finalize failed");
    inputs = ids_and_bundles(attest_packages(shipped()), attest_report(shipped()));
    oci = attest_oci(request);
    inputs["oci-attestation-id"] = "88003";
    inputs["bundle-paths"] += "\n" + oci;
  }
  [[nodiscard]] std::string bundle(std::string const& name) const {
    return text_of(fs::path(world->environment.at("RUNNER_TEMP")) / name / "attestation.json");
  }
};

TEST_CASE("finalize records the attestation of the OCI digests for every chart (O-19)", "[scenario]") {
  Attested sequence;
  auto const result = sequence.finalize(sequence.inputs);
  INFO(result.out);
  REQUIRE(result.status == 0);
  CHECK(
      sequence.world->outputs().at("attestation-map") ==
      R"({"tag-verification":"88002","build-gateway":"88001","build-ledger":"88001","oci-gateway":"88003","oci-ledger":"88003"})");
  auto const manifest = json_of(sequence.manifest());
  CHECK(acr::string_in(at(manifest, "attestations"), "oci-ledger") == "88003");
  CHECK(sequence.body().find(repository + "/ledger:1.1.0") != std::string::npos);
  // A second call changes nothing.
  auto const before = sequence.manifest();
  CHECK(sequence.finalize(sequence.inputs).status == 0);
  CHECK(sequence.manifest() == before);
}

TEST_CASE("OCI attestations are about every chart, under its own name and digest (O-20)", "[scenario]") {
  struct Row {
    std::string what;
    std::function<void(std::vector<Subject>&)> change;
    std::string reason;
  };
  auto const row = one_of<Row>({
      {"as it is", [](auto&) {}, ""},
      {"a chart less", [](auto& subjects) { subjects.pop_back(); }, "bundle-coverage"},
      {"another name", [](auto& subjects) { subjects[0].name += "s"; }, "bundle-subject"},
      {"the reference with its tag", [](auto& subjects) { subjects[0].name += ":1.1.0"; }, "bundle-subject"},
      {"another digest", [](auto& subjects) { subjects[0].hex = std::string(64, '1'); }, "bundle-subject"},
      {"the digest of another chart", [](auto& subjects) { subjects[0].hex = subjects[1].hex; }, "bundle-subject"},
  });
  CAPTURE(row.what);
  Attested sequence;
  auto subjects = subjects_of_checksums(subjects_of(*sequence.world));
  row.change(subjects);
  sequence.attest("oci", subjects, Sequence::shipped());
  CHECK(sequence.finalize(sequence.inputs).status == (row.reason.empty() ? 0 : 1));
  CHECK(sequence.world->outputs().at("reason") == row.reason);
}

TEST_CASE("an id of OCI digests that no bundle proves is not recorded (O-19)", "[scenario]") {
  Attested sequence;
  sequence.inputs["bundle-paths"] = sequence.inputs["bundle-paths"].substr(0, sequence.inputs["bundle-paths"].rfind('\n'));
  CHECK(sequence.finalize(sequence.inputs).status == 1);
  CHECK(sequence.world->outputs().at("reason") == "bundle-missing");
}

// Everything attested and recorded, in the hands of the stage that publishes.
struct Published {
  Attested sequence;
  std::unique_ptr<Publishing> publishing;
  explicit Published(std::vector<std::string> const& of_oci, std::function<void(Attested&)> const& adjust = {}) {
    if (sequence.finalize(sequence.inputs).status != 0) throw std::runtime_error("finalize failed");
    if (adjust) adjust(sequence);
    sequence.attest_manifest(Sequence::shipped());
    auto const oci = of_oci.empty() ? std::vector<std::string>{} : std::vector{sequence.bundle("oci")};
    publishing = std::make_unique<Publishing>(sequence, std::vector{sequence.bundle("packages")},
                                              std::vector{sequence.bundle("overall")}, Checkout::full, oci);
  }
};

TEST_CASE("verify-package tells how to push, once the digests are proved again (O-21)", "[scenario]") {
  Published release({"oci"});
  auto& publishing = *release.publishing;
  auto const package = publishing.world->file("packages/gateway-1.1.0.tgz");
  auto const time = modified(release.sequence.world->file(".cr-release-packages/gateway-1.1.0.tgz"));
  acr::set_times(package, time + 1000);  // a download has lost it
  auto const result = publishing.step({{"oci-repository", repository}});
  INFO(result.out);
  REQUIRE(result.status == 0);
  CHECK(publishing.world->outputs().at("gateway_oci-push") ==
        "TZ=UTC helm push packages/gateway-1.1.0.tgz oci://" + repository);
  CHECK(result.out.find("TZ=UTC helm push packages/ledger-1.1.0.tgz") != std::string::npos);
  CHECK(modified(package) == time);
}

TEST_CASE("what the gate told of the registry must be what is computed before the push (O-21)", "[scenario]") {
  struct Row {
    std::string what;
    std::map<std::string, std::string> inputs;
    std::function<void(fs::path const&)> change;
    std::string reason;
  };
  Published release({"oci"});
  auto& publishing = *release.publishing;
  auto const file = publishing.world->file("packages/oci-subjects.txt");
  auto const text = text_of(file);
  for (auto const& row : std::vector<Row>{
           {"no input here", {{"oci-repository", ""}}, [](auto const&) {}, "oci-record-differs"},
           {"another repository", {{"oci-repository", "ghcr.io/acme"}}, [](auto const&) {}, "oci-record-differs"},
           {"another file",
            {},
            [&](auto const& path) { acr::write_file(path, text.substr(0, text.find('\n') + 1)); },
            "oci-record-differs"},
           {"no file", {}, [](auto const& path) { fs::remove(path); }, "oci-record-differs"},
           {"a provenance file",
            {},
            [](auto const& path) { acr::write_file(path.parent_path() / "gateway-1.1.0.tgz.prov", "x"); },
            "stray-file"},
       }) {
    CAPTURE(row.what);
    row.change(file);
    auto inputs = row.inputs;
    inputs.insert({"oci-repository", repository});
    auto const result = publishing.step(inputs);
    INFO(result.out);
    CHECK(result.status == 1);
    CHECK(publishing.world->outputs().at("reason") == row.reason);
    CHECK_FALSE(publishing.world->outputs().contains("gateway_oci-push"));
    acr::write_file(file, text);
  }
}

TEST_CASE("a manifest that tells another OCI digest is refused, attested or not (O-21)", "[scenario]") {
  auto const alter = [](Attested& sequence) {
    auto manifest = sequence.manifest();
    auto const digest = subjects_of(*sequence.world).substr(0, 64);
    auto const place = manifest.find("sha256:" + digest);
    REQUIRE(place != std::string::npos);
    acr::write_file(sequence.world->file("release-attestation-manifest.json"),
                    manifest.replace(place + 7, 64, std::string(64, '1')));
  };
  Published release({"oci"}, alter);
  auto const result = release.publishing->step({{"oci-repository", repository}});
  CHECK(result.status == 1);
  CHECK(release.publishing->world->outputs().at("reason") == "oci-record-differs");
}

TEST_CASE("without an attestation of the OCI digest nothing is pushed (O-21)", "[scenario]") {
  Published release({});
  auto const result = release.publishing->step({{"oci-repository", repository}});
  CHECK(result.status == 1);
  CHECK(release.publishing->world->outputs().at("reason") == "oci-unattested");
  CHECK_FALSE(release.publishing->world->outputs().contains("gateway_oci-push"));
}

// --- terminal --------------------------------------------------------------------------------------------------------

struct Terminal {
  TemporaryDirectory directory;
  Terminal() { chart("web", "1.2.0+b1"); }
  void chart(std::string const& name, std::string const& version) const {
    acr::write_file(directory.path() / name / "Chart.yaml",
                    "apiVersion: v2\nname: " + name + "\nversion: " + version + "\nicon: https://example.org/i.png\n");
  }
  [[nodiscard]] ProgramResult run(std::vector<std::string> const& words,
                                  std::map<std::string, std::string> const& environment = {}) const {
    return run_program(acr::test::built_program(), environment, words, directory.path());
  }
};

TEST_CASE("package tells the OCI digest and how to push (O-17)", "[scenario]") {
  Terminal terminal;
  auto const text =
      terminal.run({"package", "web", "-d", "out", "--oci-repository", repository, "--source-date-epoch", "1700000000"});
  INFO(text.err);
  REQUIRE(text.status == 0);
  CHECK(modified(terminal.directory.path() / "out/web-1.2.0+b1.tgz") == 1'700'000'000);
  auto const json = terminal.run({"package", "web", "-d", "out", "--oci-repository", repository, "--json"},
                                 {{"SOURCE_DATE_EPOCH", "1700000000"}});
  REQUIRE(json.status == 0);
  CHECK(std::count(json.out.begin(), json.out.end(), '\n') == 1);
  auto const told = json_of(json.out);
  auto const& package = told.as_array().front();
  std::vector<std::string> keys;
  for (auto const& member : package.as_object()) keys.emplace_back(member.key());
  CHECK(keys == std::vector<std::string>{"name", "version", "package", "digest", "content-digest", "size", "oci"});
  CHECK(acr::string_in(package, "package") == "out/web-1.2.0+b1.tgz");
  auto const digest = acr::string_in(at(package, "oci"), "digest").value();
  CHECK(text.out.ends_with("\n  " + digest + "  (its OCI manifest, " + repository +
                           "/web:1.2.0_b1, created 2023-11-14T22:13:20Z)\n" + "  TZ=UTC helm push out/web-1.2.0+b1.tgz oci://" +
                           repository + "\n"));
  // The finished file tells the same.
  auto const file = terminal.run({"oci-digest", "out/web-1.2.0+b1.tgz", "--json"}, {{"TZ", "America/New_York"}});
  auto const of_file = json_of(file.out);
  CHECK(acr::string_in(at(of_file.as_array().front(), "oci"), "digest") == digest);
  CHECK(acr::string_in(at(of_file.as_array().front(), "oci"), "ref") == "");
  CHECK(acr::string_in(of_file.as_array().front(), "digest") == acr::string_in(package, "digest"));
}

TEST_CASE("package needs one time for OCI digests (O-17)", "[scenario]") {
  Terminal terminal;
  auto const result = terminal.run({"package", "web", "--oci-repository", repository});
  CHECK(result.status == 2);
  CHECK(result.err.find("oci-time") != std::string::npos);
  CHECK(terminal.run({"package", "web", "--oci-repository", "acme/charts", "--source-date-epoch", "1"}).status == 2);
  CHECK_FALSE(fs::exists(terminal.directory.path() / "web-1.2.0+b1.tgz"));
}

TEST_CASE("charts that a registry would not take are missing in package's JSON (O-17)", "[scenario]") {
  Terminal terminal;
  terminal.chart("Web", "1.0.0");
  terminal.chart("api", "1.0.0");
  auto const result = terminal.run({"package", "api", "Web", "web", "--keep-going", "--json", "--oci-repository", repository,
                                    "--source-date-epoch", "1700000000"});
  CHECK(result.status == 1);
  auto const told = json_of(result.out);
  REQUIRE(told.as_array().size() == 2);
  CHECK(acr::string_in(told.as_array()[0], "name") == "api");
  CHECK(acr::string_in(told.as_array()[1], "name") == "web");
  CHECK(result.err.find("refused: Web: Chart.yaml: registries do not allow this name") != std::string::npos);
}

TEST_CASE("package has JSON without a repository, too (O-17)", "[scenario]") {
  Terminal terminal;
  auto const result = terminal.run({"package", "web", "--json"});
  REQUIRE(result.status == 0);
  CHECK(json_of(result.out).as_array().front().as_object().size() == 6);
}

TEST_CASE("oci-digest counts a provenance file, cuts fractions, and tells every file that it can (O-5, O-7, O-18)",
          "[scenario]") {
  Terminal terminal;
  REQUIRE(terminal.run({"package", "web", "--source-date-epoch", "1700000000"}).status == 0);
  auto const file = terminal.directory.path() / "web-1.2.0+b1.tgz";
  auto const plain = terminal.run({"oci-digest", file.filename()}).out;
  timespec const times[2] = {{1'700'000'000, 999'999'999}, {1'700'000'000, 999'999'999}};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
  CHECK(terminal.run({"oci-digest", file.filename()}).out == plain);
  std::set<std::string> seen{plain};
  for (auto const* signature : {"one", "two"}) {
    acr::write_file(file.string() + ".prov", signature);
    CHECK(seen.insert(terminal.run({"oci-digest", file.filename()}).out).second);
  }
  fs::remove(file.string() + ".prov");
  acr::write_file(terminal.directory.path() / "no.tgz", "x");
  auto const both = terminal.run({"oci-digest", "no.tgz", "missing.tgz", file.filename(), "--json"});
  CHECK(both.status == 1);
  CHECK(json_of(both.out).as_array().size() == 1);
  CHECK(both.err.find("refused: archive-gzip: no.tgz") != std::string::npos);
  CHECK(both.err.find("missing.tgz") != std::string::npos);
  auto const time = terminal.run({"oci-digest", file.filename(), "--created", "253402300800"});
  CHECK(time.status == 2);
  CHECK(time.err.find("oci-time") != std::string::npos);
}

}  // namespace
}  // namespace oci_test
