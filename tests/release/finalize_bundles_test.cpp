// `command: finalize` with bundles (A-74): the whole sequence, and everything that must not be recorded. The bundles are made
// by the signing world of the tests, the verifier is the real one.
#include <memory>

#include "release/finalize_world.hpp"
#include "signing/world.hpp"
#include "sigstore/trusted_root.hpp"
#include "support/catch2.hpp"

namespace {

using acr::ExitStatus;
using acr::signing::Attest;
using acr::test::FinalizeWorld;

struct Named {
  std::string name;
  std::string hex;
};

struct SignedWorld : FinalizeWorld {
  acr::signing::World signing;
  std::unique_ptr<acr::sigstore::Verifier> verifier;
  Named const api{"api-2.0.0.tgz", std::string(64, 'a')};
  Named const web{"web-1.2.0.tgz", std::string(64, 'b')};
  Named const report{"w7-tag-verify", std::string(64, 'f')};

  SignedWorld() {
    std::vector<acr::sigstore::TrustedRoot> roots;
    roots.push_back(acr::sigstore::parse_trusted_root(signing.trusted_root().json(), "the test's").value());
    verifier = std::make_unique<acr::sigstore::Verifier>(std::move(roots));
    settings.commit = Attest{}.commit;
    settings.build_attestation_id = "9001";
    settings.verification_attestation_id = "9000";
  }

  std::string bundle(std::vector<Named> const& subjects, Attest request = {}) {
    std::string list;
    for (auto const& subject : subjects)
      list += std::string(list.empty() ? "" : ",") + R"({"name":")" + subject.name + R"(","digest":{"sha256":")" + subject.hex + R"("}})";
    request.statement = R"({"_type":"https://in-toto.io/Statement/v1","subject":[)" + list +
                        R"(],"predicateType":"https://slsa.dev/provenance/v1","predicate":{}})";
    return signing.attest(request) + "\n";
  }

  acr::release::FinalizeResult finalize() { return FinalizeWorld::run(*verifier); }
};

std::string code(acr::release::FinalizeResult const& result) { return result.refusal ? result.refusal->code : ""; }

TEST_CASE("run, attest, finalize, attest, finalize: all ids are backed and the manifest stays (A-73)", "[release]") {
  SignedWorld world;
  world.write("build.jsonl", world.bundle({world.api, world.web}));
  world.write("tags.jsonl", world.bundle({world.report}));
  world.settings.bundle_paths = {"build.jsonl", "tags.jsonl"};
  auto const first = world.finalize();
  REQUIRE_FALSE(first.refusal);
  CHECK(first.notices.empty());
  CHECK(first.warnings.empty());
  REQUIRE(first.bundles.size() == 2);
  CHECK(first.bundles[0].subjects == std::vector<std::string>{"api-2.0.0.tgz", "web-1.2.0.tgz"});
  CHECK(first.bundles[0].signer == "https://github.com/acme/helm-charts/.github/workflows/validate.yaml@refs/pull/17/merge");
  auto const manifest = world.manifest_bytes();

  FinalizeWorld::clear_ids(world.settings);
  world.settings.bundle_paths.clear();
  world.settings.overall_attestation_id = "9002";
  auto const second = world.finalize();
  REQUIRE_FALSE(second.refusal);
  CHECK(world.manifest_bytes() == manifest);
  CHECK(acr::report::compact_map(*second.map) ==
        R"({"lint":"14400001","tag-verification":"9000","build-api":"9001","build-web":"9001","overall":"9002"})");
  auto const body = world.pulls.pull.body;
  CHECK_FALSE(world.finalize().pr_written);
  CHECK(world.pulls.pull.body == body);
}

TEST_CASE("one file may hold many bundles, one per line (A-70)", "[release]") {
  SignedWorld world;
  world.write("all.jsonl", world.bundle({world.api}) + "\n" + world.bundle({world.web}) + world.bundle({world.report}));
  world.settings.bundle_paths = {"all.jsonl"};
  auto const result = world.finalize();
  REQUIRE_FALSE(result.refusal);
  CHECK(result.bundles.size() == 3);
  CHECK(result.notices.empty());
}

TEST_CASE("bundles in RUNNER_TEMP are found, also under their host path (A-5, A-74)", "[release]") {
  SignedWorld world;
  acr::write_file(world.temp() / "x" / "attestation.json", world.bundle({world.api, world.web}));
  SECTION("as the container sees it") { world.settings.bundle_paths = {(world.temp() / "x" / "attestation.json").string()}; }
  SECTION("as the host sees it") { world.settings.bundle_paths = {"/home/runner/work/_temp/old/_temp/x/attestation.json"}; }
  auto const result = world.finalize();
  REQUIRE_FALSE(result.refusal);
  CHECK(result.bundles.size() == 1);
}

TEST_CASE("a host path cannot lead out of RUNNER_TEMP (A-6)", "[release]") {
  SignedWorld world;
  acr::write_file(world.directory.path() / "secret.json", world.bundle({world.api, world.web}));
  world.settings.bundle_paths = {"/home/runner/work/_temp/../secret.json"};
  auto const result = world.finalize();
  CHECK(code(result) == "bad-input");
  CHECK(result.status == ExitStatus::bad_input);
}

TEST_CASE("an id without a bundle is recorded with a notice (A-74)", "[release]") {
  SignedWorld world;
  world.write("build.jsonl", world.bundle({world.api, world.web}));
  world.settings.bundle_paths = {"build.jsonl"};
  auto const result = world.finalize();
  REQUIRE_FALSE(result.refusal);
  REQUIRE(result.notices.size() == 1);
  CHECK(result.notices[0].code == "id-without-bundle");
  CHECK(result.notices[0].where == "tag-verification");
}

TEST_CASE("bundles that prove something else are refused, and nothing is recorded (A-74)", "[release]") {
  struct Row {
    std::string name;
    std::function<std::string(SignedWorld&)> bundles;
    std::string code;  ///< empty: the verifier's own
  };
  auto const row = GENERATE(values<Row>({
      {"another digest", [](auto& w) { return w.bundle({{"api-2.0.0.tgz", std::string(64, 'c')}, w.web}); }, "bundle-subject"},
      {"another name", [](auto& w) { return w.bundle({{"api-9.9.9.tgz", w.api.hex}, w.web}); }, "bundle-subject"},
      {"another report", [](auto& w) { return w.bundle({{"w7-tag-verify", std::string(64, 'c')}}); }, "bundle-subject"},
      {"the report under a package's name", [](auto& w) { return w.bundle({{"api-2.0.0.tgz", w.report.hex}}); }, "bundle-subject"},
      {"one subject too many", [](auto& w) { return w.bundle({w.api, w.web, {"x", std::string(64, 'c')}}); }, "bundle-subject"},
      {"one package only", [](auto& w) { return w.bundle({w.web}); }, "bundle-coverage"},
      {"no JSON", [](auto&) { return std::string("{\n"); }, ""},
      {"another repository", [](auto& w) { Attest r; r.repository = "evil/helm-charts"; return w.bundle({w.api, w.web}, r); }, ""},
      {"a repository of the same name", [](auto& w) { Attest r; r.repository_id = "1"; return w.bundle({w.api, w.web}, r); }, ""},
      {"another commit", [](auto& w) { Attest r; r.commit = std::string(40, '9'); return w.bundle({w.api, w.web}, r); }, ""},
      {"another issuer", [](auto& w) { Attest r; r.issuer = "https://token.example.org"; return w.bundle({w.api, w.web}, r); }, ""},
      {"another signing world", [](auto& w) { SignedWorld other; return other.bundle({w.api, w.web}); }, ""},
      {"a changed payload", [](auto& w) { Attest r; r.bundle = [](auto& parts) { parts.payload += " "; }; return w.bundle({w.api, w.web}, r); }, ""},
      {"a good one, then a bad one", [](auto& w) { return w.bundle({w.api, w.web}) + w.bundle({{"x", std::string(64, 'c')}}); }, "bundle-subject"},
  }));
  CAPTURE(row.name);
  SignedWorld world;
  world.write("b.jsonl", row.bundles(world));
  world.settings.bundle_paths = {"b.jsonl"};
  auto const bytes = world.manifest_bytes();
  auto const result = world.finalize();
  CHECK(result.status == ExitStatus::refused);
  REQUIRE(result.refusal);
  if (!row.code.empty()) CHECK(result.refusal->code == row.code);
  CHECK(result.refusal->sentence().find("bundle") != std::string::npos);
  CHECK(world.manifest_bytes() == bytes);
  CHECK(world.pulls.writes.empty());
  CHECK(*result.outputs.find("result") == "failed");
}

TEST_CASE("without GITHUB_SHA no bundle is believed (A-74)", "[release]") {
  SignedWorld world;
  world.write("b.jsonl", world.bundle({world.api, world.web}));
  world.settings.bundle_paths = {"b.jsonl"};
  world.settings.commit.clear();
  CHECK(code(world.finalize()) == "bad-input");
  CHECK(world.pulls.writes.empty());
}

TEST_CASE("self-hosted runners are refused on demand", "[release]") {
  SignedWorld world;
  Attest request;
  request.runner = "self-hosted";
  world.write("b.jsonl", world.bundle({world.api, world.web}, request));
  world.settings.bundle_paths = {"b.jsonl"};
  CHECK(world.finalize().status == ExitStatus::done);
  world.settings.deny_self_hosted = true;
  CHECK(world.finalize().status == ExitStatus::refused);
}

}  // namespace
