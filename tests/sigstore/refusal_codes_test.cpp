// The reason code of each of the verifier's refusals, at the place where a reader of docs/refusals.md expects it. What exactly
// is refused, and what beside it passes, the other files of this folder say.
#include "sigstore/certificate.hpp"
#include "sigstore/limits.hpp"
#include "sigstore/verifier.hpp"
#include "support/catch2.hpp"
#include "world_verdict.hpp"

namespace refusal_codes_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using namespace world_verdict;
using signing::Attest;
using signing::KeyType;
using signing::LogKind;
using signing::Profile;
using signing::World;

/// The code of the first failure, empty for a pass.
std::string code(signing::TrustedRootParts const& root, std::string const& bundle, Policy const& demanded = policy()) {
  auto const result = verification(root, bundle, demanded);
  REQUIRE(result.attestation.has_value() != result.rejection.has_value());
  return result.rejection ? std::string(result.rejection->code.text()) : "";
}

std::string code(World& world, Attest request, Policy const& demanded = policy()) {
  if (request.subject_sha256.empty()) request.subject_sha256 = file_digest;
  return code(world.trusted_root(), world.attest(request), demanded);
}

Policy with_key(signing::Key const& key, Validity valid_for = {}) {
  Policy policy;
  policy.key = KeyPolicy{PublicKey::from_pem(key.pem()).value(), valid_for};
  return policy;
}

TEST_CASE("what is wrong with a bundle's content has a code of its own", "[sigstore]") {
  World world;
  CHECK(code(world, {}).empty());
  CHECK(code(world, {.bundle = [](auto& parts) { parts.signature.clear(); }}) == "bundle-shape");
  CHECK(code(world, {.subject_sha256 = std::string(64, 'a')}) == "artifact-mismatch");
  CHECK(code(world, {.statement = R"({"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"p"})"}) ==
        "statement");
  auto other_predicate = policy();
  other_predicate.predicate_types = {"https://slsa.dev/provenance/v0.2"};
  CHECK(code(world, {}, other_predicate) == "predicate-type");
  other_predicate.predicate_types.push_back("https://slsa.dev/provenance/v1");
  CHECK(code(world, {}, other_predicate).empty());

  auto const key = signing::Key::generate(KeyType::p256);
  std::string const statement = R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"f","digest":{"sha256":")" +
                                file_digest + R"("}}],"predicateType":"p"})";
  auto const of_type = [&](std::string const& type) {
    return code(world,
                {.statement = statement,
                 .bare_key = key,
                 .log = LogKind::dsse,
                 .signature = [&](std::string& signature) { signature = key.sign(signing::pae(type, statement)); },
                 .bundle = [&](auto& parts) { parts.payload_type = type; }},
                with_key(key));
  };
  CHECK(of_type("text/plain") == "payload-type");
  CHECK(of_type("application/vnd.in-toto+json").empty());
}

TEST_CASE("what is wrong with a signer has a code of its own", "[sigstore]") {
  World world;
  CHECK(code(world, {.leaf = [](auto& spec) { spec.extensions.clear(); }}) == "certificate-identity");
  World nameless({.profile = Profile::other, .intermediate = [](auto& spec) { spec.organization.clear(); }});
  CHECK(code(nameless, {}) == "certificate-issuer");
  CHECK(code(world, {.leaf = [](auto& spec) { spec.extended_key_usage = "serverAuth"; }}) == "certificate-chain");
  CHECK(code(world, {.scts = [](auto& scts) { scts.at(0).signature = "forged"; }}) == "sct");
  auto root = world.trusted_root();
  std::string const bundle = world.attest({.subject_sha256 = file_digest});
  CHECK(code(root, bundle).empty());
  root.certificate_authorities.at(0).end = signing::rfc3339(signing::world_time - 86400);
  CHECK(code(root, bundle) == "certificate-time");

  Policy release;
  release.release =
      ReleasePolicy{"acme/helm-charts", "500000001", "9001", "web-v1", "fde89a9d05668add4348c3f63e66be735e488242"};
  CHECK(code(world, {}, release) == "release-attestation");

  auto const key = signing::Key::generate(KeyType::p256);
  Attest const bare{.subject_sha256 = file_digest, .bare_key = key, .log = LogKind::dsse};
  CHECK(code(world, bare, with_key(key)).empty());
  CHECK(code(world, bare) == "key-material");
  CHECK(code(world, {}, with_key(key)) == "key-material");
  CHECK(code(world, bare, with_key(key, {Time{signing::world_time - 86400, 0}, Time{signing::world_time + 86400, 0}})).empty());
  CHECK(code(world, bare, with_key(key, {std::nullopt, Time{signing::world_time - 86400, 0}})) == "key-time");
  REQUIRE(PublicKey::from_pem("no key").has_error());
  CHECK(PublicKey::from_pem("no key").error().code == "public-key");
}

TEST_CASE("what is wrong with the evidence of logs and clocks has a code of its own", "[sigstore]") {
  World world;
  CHECK(code(world, {.bundle = [](auto& parts) { parts.entries.at(0).promise = "forged"; }}) == "log-promise");
  Attest ill_formed;
  ill_formed.log_hooks.checkpoint_text = [](auto& text) { text = "no checkpoint\n"; };
  CHECK(code(world, ill_formed) == "log-checkpoint");
  CHECK(code(world, {.bundle = [](auto& parts) { parts.entries.push_back(parts.entries.at(0)); }}) == "log-duplicate");
  CHECK(code(world, {.log = LogKind::none, .timestamped = true}) == "log-threshold");
  auto root = world.trusted_root();
  std::string const bundle = world.attest({.subject_sha256 = file_digest});
  for (auto& log : root.tlogs) log.end = signing::rfc3339(signing::world_time - 86400);
  CHECK(code(root, bundle) == "log-time");

  World github({.profile = Profile::github});
  CHECK(code(github, {}).empty());
  CHECK(code(github, {.timestamped = false}) == "timestamp-threshold");

  World own({.profile = Profile::other});
  root = own.trusted_root();
  root.tlogs.clear();
  CHECK(code(root, own.attest({.subject_sha256 = file_digest, .log = LogKind::none, .timestamped = true})).empty());
  CHECK(code(root, own.attest({.subject_sha256 = file_digest, .log = LogKind::none, .timestamped = false})) == "time-missing");
}

TEST_CASE("a text that is not a digest is refused (V-50.4)", "[sigstore]") {
  std::string const digits(64, 'a');
  CHECK(Artifact::of_digest_text("sha256:" + digits).has_value());
  for (std::string const& text :
       {digits, "sha256:" + digits.substr(1), "sha256:" + digits + "aa", "sha1:" + std::string(40, 'a'), "sha512:" + digits,
        "sha256:" + std::string(64, 'g'), std::string()}) {
    CAPTURE(text);
    auto const artifact = Artifact::of_digest_text(text);
    REQUIRE(artifact.has_error());
    CHECK(artifact.error().code == "artifact-digest");
  }
}

TEST_CASE("a digest in another form is refused with the form that is taken (V-50.4)", "[sigstore]") {
  std::string const digits(64, 'a'), upper(64, 'A');
  std::string const packed = base64(std::string(32, '\xaa'));
  struct Row {
    std::string text, fix;
  };
  auto const row = one_of<Row>({
      {digits, "write sha256:" + digits},
      {upper, "write sha256:" + digits},
      {"SHA256:" + upper, "write sha256:" + digits},
      {"sha256=" + digits, "write sha256:" + digits},
      {"ghcr.io/acme/web@sha256:" + digits, "write what follows the @: sha256:" + digits},
      {packed, "this is Base64: write sha256:" + digits},
      {"sha256-" + packed, "this is Base64: write sha256:" + digits},
      {"sha256:aa", "a SHA-256 has 64 hex digits, this has 2 characters"},
      {"md5:" + digits.substr(32), "md5 is not accepted: take the SHA-256"},
      {"sha1:" + digits.substr(24), "sha1 is not accepted: take the SHA-256"},
      {"", ""},
      {"web-1.0.0.tgz", ""},
      {std::string(44, '!'), ""},
  });
  CAPTURE(row.text);
  auto const artifact = Artifact::of_digest_text(row.text);
  REQUIRE(artifact.has_error());
  CHECK(artifact.error().code == "artifact-digest");
  CHECK(artifact.error().fix_text == row.fix);
}

TEST_CASE("a certificate's outer form is refused for what it is (V-9, V-34)", "[sigstore]") {
  auto const why = [](std::string const& der) {
    auto const certificate = Certificate::parse(der);
    return certificate ? std::string() : std::string(certificate.error().code.text()) + ": " + certificate.error().why;
  };
  World world;
  CHECK(why(world.root().der).empty());
  CHECK(why("") == "certificate: it is empty");
  CHECK(why(std::string(limits::max_certificate_bytes + 1, 'x')) == "certificate: it is larger than the limit");
  CHECK(refusal(world, {.leaf = [](auto& spec) { spec.basic_constraints = "critical,CA:TRUE"; }}) ==
        "V-34: the signing certificate is a CA certificate");
  CHECK_THROWS_AS(Artifact::of_digest(HashAlgorithm::sha256, "short"), std::logic_error);
}

}  // namespace
}  // namespace refusal_codes_test
