// Rules that only a bundle made for the purpose can break: one test per rule, in the virtual signing world.
#include "samples.hpp"
#include "sigstore/verifier.hpp"
#include "support/catch2.hpp"
#include "world_verdict.hpp"

namespace rules_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using namespace world_verdict;
using signing::Attest;
using signing::KeyType;
using signing::LogKind;
using signing::Profile;
using signing::World;

std::string rule(World& world, Attest request) {
  std::string const said = refusal(world, std::move(request));
  return said.substr(0, said.find(':'));
}

std::string rule(signing::TrustedRootParts const& root, std::string const& bundle, Policy const& demanded = policy()) {
  std::string const said = refusal(root, bundle, demanded);
  return said.substr(0, said.find(':'));
}

Attest attested() {
  Attest request;
  request.subject_sha256 = file_digest;
  return request;
}

TEST_CASE("a public-good certificate without certificate timestamp is refused (V-44)", "[sigstore]") {
  World world;
  auto request = attested();
  request.scts = [](auto& scts) { scts.clear(); };
  request.sct_extensions = [](auto& extensions) { extensions.clear(); };
  CHECK(rule(world, request) == "V-44");
}

TEST_CASE("a certificate timestamp is refused for each defect (V-40 to V-43)", "[sigstore]") {
  World world;
  auto const with = [&](std::function<void(signing::SctParts&)> change) {
    auto request = attested();
    request.scts = [change](auto& scts) { change(scts.at(0)); };
    return rule(world, request);
  };
  CHECK(with([](auto&) {}).empty());
  CHECK(with([](auto& sct) { sct.extensions = "leaf index"; }).empty());  // V-42: signed data, not to be dropped
  CHECK(with([](auto& sct) { sct.version = 1; }) == "V-40");
  CHECK(with([](auto& sct) { sct.log_id[0] = static_cast<char>(sct.log_id[0] ^ 1); }) == "V-44");
  CHECK(with([](auto& sct) { sct.issuer_key_hash[0] = static_cast<char>(sct.issuer_key_hash[0] ^ 1); }) == "V-43");  // V-41
  CHECK(with([](auto& sct) { sct.tbs.back() = static_cast<char>(sct.tbs.back() ^ 1); }) == "V-43");
  CHECK(with([](auto& sct) { sct.hash_algorithm = 5; }) == "V-43");
  CHECK(with([](auto& sct) { sct.signature_algorithm = 1; }) == "V-43");
  CHECK(with([](auto& sct) { sct.signature = "forged"; }) == "V-43");
  CHECK(with([](auto& sct) { sct.timestamp_ms = 1000; }) == "V-43");  // before the log's key was valid
}

TEST_CASE("a certificate timestamp made over the anchor is that of another certificate (V-41)", "[sigstore]") {
  World world;
  auto request = attested();
  std::string const root_key = Certificate::parse(world.root().der)->public_key()->spki_sha256();
  request.scts = [&](auto& scts) { scts.at(0).issuer_key_hash = root_key; };
  CHECK(rule(world, request) == "V-43");
}

TEST_CASE("two lists of certificate timestamps are refused (V-45, V-92)", "[sigstore]") {
  World world;
  auto request = attested();
  request.sct_extensions = [](auto& extensions) { extensions.push_back(extensions.at(0)); };
  CHECK_FALSE(rule(world, request).empty());
}

TEST_CASE("GitHub's instance needs a signed timestamp, and nothing else (V-8, V-85)", "[sigstore]") {
  World world({.profile = Profile::github});
  CHECK(rule(world, attested()).empty());
  auto without = attested();
  without.timestamped = false;
  CHECK(rule(world, without) == "V-85");
}

TEST_CASE("a private root asks for what it offers (V-85)", "[sigstore]") {
  World world({.profile = Profile::other});
  std::string const bundle = world.attest(attested());
  auto root = world.trusted_root();
  CHECK(rule(root, bundle).empty());

  auto no_log = attested();
  no_log.log = LogKind::none;
  no_log.timestamped = true;
  std::string const unlogged = world.attest(no_log);
  CHECK(rule(root, unlogged) == "V-85");
  root.tlogs.clear();
  CHECK(rule(root, unlogged).empty());

  auto no_sct = no_log;
  no_sct.scts = [](auto& scts) { scts.clear(); };
  no_sct.sct_extensions = [](auto& extensions) { extensions.clear(); };
  std::string const unlisted = world.attest(no_sct);
  CHECK(rule(root, unlisted) == "V-44");
  root.ctlogs.clear();
  CHECK(rule(root, unlisted).empty());

  auto no_time = no_sct;
  no_time.timestamped = false;
  CHECK(rule(root, world.attest(no_time)) == "V-85");
}

TEST_CASE("a public-good root without logs does not excuse a missing entry or certificate timestamp (V-85)", "[sigstore]") {
  World world;
  auto request = attested();
  request.log = LogKind::none;
  request.timestamped = true;
  auto root = world.trusted_root();
  root.tlogs.clear();
  CHECK(rule(root, world.attest(request)) == "V-85");
  root = world.trusted_root();
  root.ctlogs.clear();
  CHECK_FALSE(rule(root, world.attest(attested())).empty());
}

TEST_CASE("an issuer without organisation has no rules to be judged by (V-30)", "[sigstore]") {
  World world({.profile = Profile::other, .intermediate = [](auto& spec) { spec.organization.clear(); }});
  CHECK(rule(world, attested()) == "V-30");
}

TEST_CASE("a leaf outside its authority's or its own time is refused (V-33)", "[sigstore]") {
  World world;
  std::string const bundle = world.attest(attested());
  auto root = world.trusted_root();
  std::int64_t const logged = verification(root, bundle).attestation.value().times().at(0).time.seconds;
  root.certificate_authorities.at(0).end = signing::rfc3339(logged - 1);
  CHECK(rule(root, bundle) == "V-33");
  root.certificate_authorities.at(0).end = signing::rfc3339(logged);
  CHECK(rule(root, bundle).empty());

  auto expired = attested();
  expired.leaf = [](auto& spec) { spec.not_after = signing::world_time - 1; };
  CHECK_FALSE(rule(world, expired).empty());
}

TEST_CASE("a leaf that may not sign code is refused (V-34)", "[sigstore]") {
  World world;
  auto request = attested();
  request.leaf = [](auto& spec) { spec.extended_key_usage = "serverAuth"; };
  CHECK(rule(world, request) == "V-34");
}

TEST_CASE("another root of the same organisation does not vouch (V-30, V-37)", "[sigstore]") {
  World world, other;
  CHECK_FALSE(rule(other.trusted_root(), world.attest(attested())).empty());
  auto mixed = other.trusted_root();
  mixed.tlogs = world.trusted_root().tlogs;
  mixed.ctlogs = world.trusted_root().ctlogs;
  CHECK(rule(mixed, world.attest(attested())) == "V-36");
}

TEST_CASE("a changed payload, type or signature is refused (V-1, V-49)", "[sigstore]") {
  World world({.profile = Profile::github});  // no log entry that would notice first
  auto const changed = [&](std::function<void(signing::BundleParts&)> change) {
    auto request = attested();
    request.bundle = std::move(change);
    return rule(world, request);
  };
  CHECK(changed([](auto& parts) { parts.payload += " "; }) == "V-47");
  CHECK(changed([](auto& parts) { parts.payload = "no statement at all"; }) ==
        "V-47");  // V-1: nobody has looked at it, else V-50
  CHECK(changed([](auto& parts) { parts.payload_type = "text/plain"; }) == "V-47");
  // The timestamp is over the signature, and notices first.
  CHECK(
      changed([](auto& parts) { parts.signature.back() = static_cast<char>(parts.signature.back() ^ 1); }).starts_with("V-7"));
}

TEST_CASE("a payload that is signed but no in-toto statement is refused (V-50.1)", "[sigstore]") {
  World world;
  auto const key = signing::Key::generate(KeyType::p256);
  Policy with_key;
  with_key.key = KeyPolicy{PublicKey::from_pem(key.pem()).value(), {}};
  auto const signed_as = [&](std::string const& type) {
    auto request = attested();
    request.bare_key = key;
    request.log = LogKind::dsse;
    request.statement = R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"f","digest":{"sha256":")" +
                        file_digest + R"("}}],"predicateType":"p"})";
    request.signature = [&, statement = *request.statement](std::string& signature) {
      signature = key.sign(signing::pae(type, statement));
    };
    request.bundle = [&](auto& parts) { parts.payload_type = type; };
    return rule(world.trusted_root(), world.attest(request), with_key);
  };
  CHECK(signed_as("application/vnd.in-toto+json").empty());
  CHECK(signed_as("application/vnd.in-toto+json;v=1") == "V-50.1");
  CHECK(signed_as("text/plain") == "V-50.1");
}

TEST_CASE("old P-384 and P-521 signatures over SHA-256 hold, other mixtures do not (V-47)", "[sigstore]") {
  World world;
  auto const signed_with = [&](KeyType type, HashAlgorithm hash) {
    auto const key = signing::Key::generate(type);
    Policy with_key;
    with_key.key = KeyPolicy{PublicKey::from_pem(key.pem()).value(), {}};
    auto request = attested();
    request.bare_key = key;
    request.statement = R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"f","digest":{"sha256":")" +
                        file_digest + R"("}}],"predicateType":"p"})";
    request.signature = [&, statement = *request.statement](std::string& signature) {
      signature = key.sign(hash, signing::pae("application/vnd.in-toto+json", statement));
    };
    return rule(world.trusted_root(), world.attest(request), with_key);
  };
  CHECK(signed_with(KeyType::p384, HashAlgorithm::sha384).empty());
  CHECK(signed_with(KeyType::p384, HashAlgorithm::sha256).empty());
  CHECK(signed_with(KeyType::p521, HashAlgorithm::sha256).empty());
  CHECK(signed_with(KeyType::p384, HashAlgorithm::sha512) == "V-47");
  CHECK(signed_with(KeyType::p256, HashAlgorithm::sha384) == "V-47");
  CHECK(signed_with(KeyType::rsa2048, HashAlgorithm::sha512) == "V-47");
}

TEST_CASE("a bare signature is verified over the digest that its key signs (V-48)", "[sigstore]") {
  World world;
  auto const root = parse_trusted_root(world.trusted_root().json(), "world");
  REQUIRE(root.has_value());
  auto const by = [&](KeyType type, HashAlgorithm hash) {
    Attest request;
    request.message = file;
    request.key = type;
    auto const result =
        Verifier({*root}).verify(world.attest(request), Artifact::of_digest(hash, digest(hash, file)), policy());
    return result.rejection ? result.rejection->rule_number : std::string();
  };
  CHECK(by(KeyType::p256, HashAlgorithm::sha256).empty());
  CHECK(by(KeyType::rsa2048, HashAlgorithm::sha256).empty());
  CHECK(by(KeyType::p384, HashAlgorithm::sha384).empty());
  CHECK_FALSE(by(KeyType::p256, HashAlgorithm::sha512).empty());
  CHECK_FALSE(by(KeyType::p384, HashAlgorithm::sha512).empty());
}

TEST_CASE("a bare signature has no statement that a policy could ask for (V-93)", "[sigstore]") {
  World world;
  auto demanded = policy();
  demanded.predicate_types = {"https://slsa.dev/provenance/v1"};
  CHECK(rule(world.trusted_root(), world.attest({.message = file}), demanded) == "V-93");
}

TEST_CASE("a statement about another file is refused (V-50.3)", "[sigstore]") {
  World world;
  auto request = attested();
  request.subject_sha256 = hex(sha256("another file"));
  CHECK(rule(world, request) == "V-50.3");
}

TEST_CASE("a digest hint of another file is refused (V-11)", "[sigstore]") {
  World world({.profile = Profile::github});
  Attest request;
  request.message = file;
  request.bundle = [](auto& parts) { parts.digest = sha256("another file"); };
  CHECK(rule(world, request) == "V-11");
}

TEST_CASE("the identity in the certificate must be the demanded one, in every part (V-93, V-96)", "[sigstore]") {
  World world;
  auto const with = [&](std::function<void(Attest&)> change) {
    auto request = attested();
    change(request);
    return rule(world, request);
  };
  CHECK(with([](auto&) {}).empty());
  CHECK(with([](auto& r) { r.repository = "acme/helm-charts-evil"; }) == "V-93");
  CHECK(with([](auto& r) { r.repository = "acme2/helm-charts"; }) == "V-93");
  CHECK(with([](auto& r) { r.issuer = "https://token.actions.githubusercontent.com/acme"; }) == "V-90");
  CHECK(with([](auto& r) { r.repository_id = "500000002"; }) == "V-96");
  CHECK(with([](auto& r) { r.owner_id = "9002"; }) == "V-96");
  CHECK(with([](auto& r) { r.fulcio[12] = "https://github.com/acme/other"; }) == "V-96");
  CHECK(with([](auto& r) { r.fulcio[12] = std::nullopt; }) == "V-96");
  CHECK(with([](auto& r) { r.fulcio[16] = std::nullopt; }) == "V-93");
  CHECK(with([](auto& r) { r.fulcio[1] = "https://other.example"; }) == "V-90");
}

TEST_CASE("a release attestation of GitHub passes its own policy only (V-38, V-38a)", "[sigstore]") {
  World world({.profile = Profile::github});
  Attest request;
  request.san = "https://dotcom.releases.github.com";
  for (int number = 1; number <= 24; ++number) request.fulcio[number] = std::nullopt;
  request.statement = R"({"_type":"https://in-toto.io/Statement/v1","subject":[
      {"uri":"pkg:github/acme/helm-charts@web-v1","digest":{"sha1":"fde89a9d05668add4348c3f63e66be735e488242"}},
      {"name":"web.tgz","digest":{"sha256":")" +
                      file_digest + R"("}}],
      "predicateType":"https://in-toto.io/attestation/release/v0.2",
      "predicate":{"repository":"acme/helm-charts","repositoryId":"500000001","ownerId":"9001","tag":"web-v1"}})";
  std::string const bundle = world.attest(request);
  CHECK_FALSE(rule(world.trusted_root(), bundle).empty());
  Policy release;
  release.release =
      ReleasePolicy{"acme/helm-charts", "500000001", "9001", "web-v1", "fde89a9d05668add4348c3f63e66be735e488242"};
  CHECK(rule(world.trusted_root(), bundle, release).empty());
  release.release->tag = "web-v2";
  CHECK(rule(world.trusted_root(), bundle, release) == "V-38a");

  World elsewhere({.profile = Profile::other});
  release.release->tag = "web-v1";
  CHECK(rule(elsewhere.trusted_root(), elsewhere.attest(request), release) == "V-38a");
  CHECK_FALSE(rule(world.trusted_root(), world.attest(attested()), release).empty());
}

TEST_CASE("a key bundle needs the log entry even beside a root without logs (V-88)", "[sigstore]") {
  World world;
  World github({.profile = Profile::github});
  auto const key = signing::Key::generate(KeyType::p256);
  Policy with_key;
  with_key.key = KeyPolicy{PublicKey::from_pem(key.pem()).value(), {}};
  auto request = attested();
  request.bare_key = key;
  request.log = LogKind::none;
  std::string const unlogged = world.attest(request);
  auto const good = parse_trusted_root(world.trusted_root().json(), "good");
  auto const bare = parse_trusted_root(github.trusted_root().json(), "bare");
  REQUIRE((good.has_value() && bare.has_value()));
  CHECK(Verifier({*good, *bare}).verify(unlogged, Artifact::of_bytes(file), with_key).rejection.has_value());
  CHECK(Verifier({*bare}).verify(unlogged, Artifact::of_bytes(file), with_key).attestation.has_value());
}

}  // namespace
}  // namespace rules_test
