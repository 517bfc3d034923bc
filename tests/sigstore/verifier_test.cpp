#include "sigstore/verifier.hpp"

#include <algorithm>
#include <set>

#include "samples.hpp"
#include "sigstore/verification_text.hpp"
#include "support/catch2.hpp"
#include "support/charged.hpp"
#include "support/encoding.hpp"

namespace verifier_test {
namespace {

using namespace acr;
using namespace acr::sigstore;

Policy policy_of(samples::Attestation const& sample) {
  Policy policy;
  policy.certificate_identity = sample.identity;
  policy.certificate_oidc_issuer = sample.issuer;
  return policy;
}

Verifier verifier_of(samples::Attestation const& sample) {
  auto root = parse_trusted_root(sample.trusted_root, "sample");
  REQUIRE(root.has_value());
  return Verifier({*root}, {BundleVersion::v0_1});
}

/// The rule of the first failure; empty for a pass.
std::string rule(Verification const& result) {
  CHECK(result.attestation.has_value() != result.rejection.has_value());
  return result.rejection ? result.rejection->rule_number : std::string();
}

std::set<std::string> failed_checks(Verification const& result) {
  std::set<std::string> names;
  for (auto const& check : result.checks)
    if (!check.passed) names.insert(check.name);
  return names;
}

TEST_CASE("genuine attestations of GitHub Actions verify", "[sigstore]") {
  for (auto const& name : samples::attestation_names()) {
    CAPTURE(name);
    auto const sample = samples::attestation(name);
    auto const result = verifier_of(sample).verify(sample.bundle, Artifact::of_bytes(sample.artifact), policy_of(sample));
    CAPTURE(explain_checks(result));
    CHECK(rule(result).empty());
  }
}

TEST_CASE("the built-in roots verify genuine attestations too", "[sigstore]") {
  Verifier const verifier(default_roots(), {BundleVersion::v0_1});
  for (auto const& name : samples::attestation_names()) {
    CAPTURE(name);
    auto const sample = samples::attestation(name);
    CHECK(rule(verifier.verify(sample.bundle, Artifact::of_bytes(sample.artifact), policy_of(sample))).empty());
  }
}

TEST_CASE("a verified attestation holds what was established (V-4)", "[sigstore]") {
  auto const sample = samples::attestation("reusable-workflow");
  auto const result = verifier_of(sample).verify(sample.bundle, Artifact::of_bytes(sample.artifact), policy_of(sample));
  REQUIRE(result.attestation.has_value());
  VerifiedAttestation const& attestation = *result.attestation;
  REQUIRE(attestation.identity());
  CHECK(attestation.identity()->san == sample.identity);
  CHECK(attestation.instance() == Instance::public_good);
  CHECK(attestation.trusted_root() == "sample");
  REQUIRE(attestation.statement());
  CHECK(attestation.statement()->predicate_type == "https://slsa.dev/provenance/v1");
  CHECK(attestation.artifact() == sha256_text(sample.artifact));
  REQUIRE(attestation.times().size() == 1);
  CHECK(attestation.times()[0].kind == VerifiedTime::Kind::log_integrated);
  REQUIRE(attestation.log_entries().size() == 1);
  CHECK(attestation.log_entries()[0].log == "https://rekor.sigstore.dev");
  CHECK(attestation.workflow_controlled_payload().find("buildDefinition") != std::string::npos);
}

TEST_CASE("GitHub's own instance gives its time by timestamp and logs nothing (V-85)", "[sigstore]") {
  auto const sample = samples::attestation("private-instance-demo");
  auto const result = verifier_of(sample).verify(sample.bundle, Artifact::of_bytes(sample.artifact), policy_of(sample));
  REQUIRE(result.attestation.has_value());
  CHECK(result.attestation->instance() == Instance::github);
  CHECK(result.attestation->log_entries().empty());
  REQUIRE(result.attestation->times().size() == 1);
  CHECK(result.attestation->times()[0].kind == VerifiedTime::Kind::signed_timestamp);
}

TEST_CASE("each genuine attestation fails for another artifact, identity, issuer or root", "[sigstore]") {
  for (auto const& name : samples::attestation_names()) {
    CAPTURE(name);
    auto const sample = samples::attestation(name);
    Verifier const verifier = verifier_of(sample);
    Artifact const artifact = Artifact::of_bytes(sample.artifact);
    CHECK(rule(verifier.verify(sample.bundle, Artifact::of_bytes("another file"), policy_of(sample))) == "V-50.3");
    for (std::string const& other :
         {sample.identity + "x", sample.identity.substr(0, sample.identity.size() - 1), std::string("https://github.com/")}) {
      Policy policy = policy_of(sample);
      policy.certificate_identity = other;
      CHECK(rule(verifier.verify(sample.bundle, artifact, policy)) == "V-93");
    }
    for (std::string const& other : {sample.issuer + "/x", std::string("https://token.actions.example.com")}) {
      Policy policy = policy_of(sample);
      policy.certificate_oidc_issuer = other;
      CHECK(rule(verifier.verify(sample.bundle, artifact, policy)) == "V-90");
    }
    for (char const* other : {"trusted_root_staging.json", "trusted_root_public_good.json", "trusted_root_github.json"}) {
      if (samples::text(other) == sample.trusted_root) continue;
      auto const root = parse_trusted_root(samples::text(other), other);
      REQUIRE(root.has_value());
      CHECK_FALSE(rule(Verifier({*root}, {BundleVersion::v0_1}).verify(sample.bundle, artifact, policy_of(sample))).empty());
    }
  }
}

TEST_CASE("a subject with sha512 alone needs the file or its sha512 (V-50.4)", "[sigstore]") {
  auto const sample = samples::attestation("npm-provenance-sha512");
  Verifier const verifier = verifier_of(sample);
  auto const by = [&](HashAlgorithm algorithm) {
    return rule(
        verifier.verify(sample.bundle, Artifact::of_digest(algorithm, digest(algorithm, sample.artifact)), policy_of(sample)));
  };
  CHECK(by(HashAlgorithm::sha512).empty());
  CHECK(by(HashAlgorithm::sha256) == "V-50.4");
}

TEST_CASE("all checks that fail are listed, not only the first", "[sigstore]") {
  auto const sample = samples::attestation("reusable-workflow");
  Policy policy;
  policy.repository = "somebody/else";
  policy.predicate_types = {"https://x.example"};
  auto const result = verifier_of(sample).verify(sample.bundle, Artifact::of_bytes("another file"), policy);
  CHECK(failed_checks(result) ==
        std::set<std::string>{"artifact", "predicate type", "signer workflow", "source repository", "source repository owner"});
  // …and those that hold are shown as such.
  CHECK(std::count_if(result.checks.begin(), result.checks.end(), [](auto const& c) { return c.passed; }) > 8);
}

TEST_CASE("a signer of another repository is named with the way to allow it", "[sigstore]") {
  auto const sample = samples::attestation("reusable-workflow");
  Verifier const verifier = verifier_of(sample);
  auto const artifact = Artifact::of_bytes(sample.artifact);
  auto const accepted = verifier.verify(sample.bundle, artifact, policy_of(sample));
  REQUIRE(accepted.attestation.has_value());
  std::string const source = accepted.attestation->identity()
                                 ->find(FulcioExtension::source_repository_uri)
                                 ->substr(std::string("https://github.com/").size());
  Policy policy;
  policy.repository = source;
  auto const refused = verifier.verify(sample.bundle, artifact, policy);
  REQUIRE(refused.rejection.has_value());
  CHECK_THAT(
      refused.rejection->fix_text,
      Catch::Matchers::StartsWith(
          "it was signed by a reusable workflow of github/artifact-attestations-workflows; if you trust this workflow, allow it with signer-workflows: "));
  // The hint can be pasted.
  policy.signer_workflows = {
      SignerWorkflow::parse(refused.rejection->fix_text.substr(refused.rejection->fix_text.rfind(' ') + 1)).value()};
  CHECK(rule(verifier.verify(sample.bundle, artifact, policy)).empty());
}

TEST_CASE("a certificate bundle is refused with a key, a key bundle without one (V-88)", "[sigstore]") {
  std::string const text = samples::text("conformance/managed-key-happy-path/bundle.sigstore.json");
  std::string const file = samples::text("conformance/a.txt");
  Verifier const verifier;
  auto const key = PublicKey::from_pem(samples::text("conformance/managed-key-happy-path/key.pub"));
  REQUIRE(key.has_value());
  Policy with_key;
  with_key.key = KeyPolicy{*key, {}};
  CHECK(rule(verifier.verify(text, Artifact::of_bytes(file), with_key)).empty());

  auto const sample = samples::attestation("reusable-workflow");
  CHECK(rule(verifier.verify(text, Artifact::of_bytes(file), policy_of(sample))) == "V-88");
  CHECK(rule(verifier.verify(sample.bundle, Artifact::of_bytes(sample.artifact), with_key)) == "V-88");

  SECTION("a key with a validity must cover the times") {
    with_key.key->valid_for = {parse_rfc3339("2020-01-01T00:00:00Z"), parse_rfc3339("2030-01-01T00:00:00Z")};
    CHECK(rule(verifier.verify(text, Artifact::of_bytes(file), with_key)).empty());
    with_key.key->valid_for.to = parse_rfc3339("2020-01-02T00:00:00Z");
    CHECK(rule(verifier.verify(text, Artifact::of_bytes(file), with_key)) == "V-88");
  }
  SECTION("another key") {
    with_key.key->key = default_roots().front().tlogs.front().key;
    CHECK_FALSE(rule(verifier.verify(text, Artifact::of_bytes(file), with_key)).empty());
  }
}

TEST_CASE("a certificate of an unknown authority is refused with what is known (V-30)", "[sigstore]") {
  auto const sample = samples::attestation("private-instance-demo");
  auto const root = parse_trusted_root(samples::text("trusted_root_public_good.json"), "public good only");
  REQUIRE(root.has_value());
  auto const result = Verifier({*root}).verify(sample.bundle, Artifact::of_bytes(sample.artifact), policy_of(sample));
  REQUIRE(result.rejection.has_value());
  CHECK(result.rejection->code == "trusted-root-unknown");
  CHECK(result.rejection->found_value == "GitHub, Inc.");
}

TEST_CASE("of several roots one must verify alone (V-31)", "[sigstore]") {
  auto const sample = samples::attestation("reusable-workflow");
  auto const staging = parse_trusted_root(samples::text("trusted_root_staging.json"), "staging");
  auto const good = parse_trusted_root(samples::text("trusted_root_public_good.json"), "good");
  REQUIRE((staging.has_value() && good.has_value()));
  auto const result = Verifier({*staging, *good}).verify(sample.bundle, Artifact::of_bytes(sample.artifact), policy_of(sample));
  REQUIRE(result.attestation.has_value());
  CHECK(result.attestation->trusted_root() == "good");

  // The logs of one and the authorities of the other do not make a root.
  TrustedRoot logs = *good, authorities = *good;
  logs.certificate_authorities = staging->certificate_authorities;
  authorities.tlogs.clear();
  CHECK_FALSE(Verifier({logs, authorities})
                  .verify(sample.bundle, Artifact::of_bytes(sample.artifact), policy_of(sample))
                  .attestation.has_value());
}

TEST_CASE("a batch is answered in the order of its jobs, on any number of threads", "[sigstore]") {
  Verifier const verifier(default_roots(), {BundleVersion::v0_1});
  std::vector<samples::Attestation> all;
  for (auto const& name : samples::attestation_names()) all.push_back(samples::attestation(name));
  std::vector<Artifact> artifacts;
  std::vector<Policy> policies;
  for (auto const& sample : all) {
    artifacts.push_back(Artifact::of_bytes(sample.artifact));
    policies.push_back(policy_of(sample));
  }
  std::vector<Verifier::Job> jobs;
  for (std::size_t i = 0; i < 40; ++i)
    jobs.push_back({all[i % 5].bundle, &artifacts[i % 5], &policies[i % 7 == 0 ? (i + 1) % 5 : i % 5]});
  auto const one = verifier.verify_all(jobs, 1);
  auto const four = verifier.verify_all(jobs, 4);
  REQUIRE(one.size() == 40);
  REQUIRE(four.size() == 40);
  for (std::size_t i = 0; i < 40; ++i) {
    CAPTURE(i);
    CHECK(one[i].attestation.has_value() == (i % 7 != 0));
    CHECK(one[i].checks == four[i].checks);
  }
  CHECK(verifier.verify_all({}, 4).empty());
}

TEST_CASE("a bundle that is none fails with its place, and says nothing else", "[sigstore]") {
  Verifier const verifier;
  auto const result = verifier.verify("{", Artifact::of_bytes("x"), policy_of(samples::attestation("reusable-workflow")));
  REQUIRE(result.rejection.has_value());
  CHECK(result.rejection->code == "bundle-json");
  CHECK(result.checks.size() == 1);
}

TEST_CASE("a policy that names nobody verifies nothing", "[sigstore]") {
  auto const sample = samples::attestation("reusable-workflow");
  CHECK(Verifier().verify(sample.bundle, Artifact::of_bytes(sample.artifact), Policy{}).rejection->code == "policy");
}

TEST_CASE("a verification is told as text and as JSON", "[sigstore]") {
  auto const sample = samples::attestation("reusable-workflow");
  Verifier const verifier;
  auto const bundle = parse_bundle(sample.bundle);
  REQUIRE(bundle.has_value());
  auto const good = verifier.verify(*bundle, Artifact::of_bytes(sample.artifact), policy_of(sample));
  std::string const text = explain(&*bundle, good);
  CHECK_THAT(text, Catch::Matchers::StartsWith("VERIFIED against built in (public good, 2026-08-21)\n"));
  CHECK(text.find(sample.identity) != std::string::npos);
  CHECK(text.find("by log https://rekor.sigstore.dev") != std::string::npos);
  CHECK(text.find("ok    V-57   ") != std::string::npos);
  std::string const json = explain_json(&*bundle, good);
  CHECK(json.find("\"verified\": true") != std::string::npos);
  CHECK(json.find("\"attestation\": {") != std::string::npos);

  auto const bad = verifier.verify(*bundle, Artifact::of_bytes("x"), policy_of(sample));
  CHECK_THAT(explain(&*bundle, bad), Catch::Matchers::StartsWith("NOT VERIFIED: "));
  CHECK(explain(&*bundle, bad).find("FAIL  V-50.3 artifact: ") != std::string::npos);
  CHECK(explain_json(&*bundle, bad).find("\"unverifiedClaims\": {") != std::string::npos);
  CHECK(explain_json(&*bundle, bad).find("\"attestation\"") == std::string::npos);
  CHECK_THAT(explain(nullptr, verifier.verify("{", Artifact::of_bytes("x"), policy_of(sample))),
             Catch::Matchers::StartsWith("NOT VERIFIED: bundle at byte"));
}

TEST_CASE("a run whose time is over gets no verdict (B-25)", "[sigstore]") {
  auto const sample = samples::attestation(samples::attestation_names().front());
  auto const verifier = verifier_of(sample);
  CHECK(acr::test::is_charged([&] {
    return verifier.verify(sample.bundle, Artifact::of_bytes(sample.artifact), policy_of(sample)).attestation.has_value();
  }));
}

}  // namespace
}  // namespace verifier_test
