#include "sigstore/log_entry.hpp"

#include "samples.hpp"
#include "sigstore/certificate.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "world_verdict.hpp"

namespace log_entry_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using signing::Attest;
using signing::BundleParts;
using signing::LogKind;
using signing::World;
using world_verdict::file;
using world_verdict::file_digest;

/// "rule: why" of the entry's body as `change` leaves it; nothing else of the bundle is looked at.
std::string judged(World& world, Attest request, std::function<void(BundleParts&)> const& change) {
  auto const key = request.bare_key;
  request.timestamped = true;
  request.bundle = change;
  auto const bundle = parse_bundle(world.attest(request), {BundleVersion::v0_1});
  if (!bundle) return bundle.error().rule_number + ": " + bundle.error().why;
  auto const signer = key ? PublicKey::from_spki(key->spki()) : Certificate::parse(*bundle->leaf())->public_key();
  auto const outcome = check_log_entry_body(bundle->log_entries.at(0), *bundle, signer.value());
  return outcome ? "" : outcome.error().rule_number + ": " + outcome.error().why;
}

Attest logged(LogKind log) {
  if (log == LogKind::hashedrekord) return {.message = file, .log = log};
  return {.subject_sha256 = file_digest, .log = log};
}

/// Replaces one value of the body; throws when it is not there.
void set_body(BundleParts& bundle, std::string_view pointer, boost::json::value value) {
  auto body = boost::json::parse(bundle.entries[0].body);
  body.at_pointer(pointer) = std::move(value);
  bundle.entries[0].body = boost::json::serialize(body);
}

auto body_with(std::string pointer, boost::json::value value) {
  return [=](BundleParts& bundle) { set_body(bundle, pointer, value); };
}

std::string const other_hash(64, 'a');

TEST_CASE("the body of each kind of entry is about its bundle", "[sigstore]") {
  World world;
  for (auto const log : {LogKind::hashedrekord, LogKind::dsse, LogKind::intoto, LogKind::rekor2}) {
    CHECK(judged(world, logged(log), {}).empty());
    auto with_key = logged(log);
    with_key.bare_key = signing::Key::generate(signing::KeyType::p256);
    CHECK(judged(world, with_key, {}).empty());
  }
  CHECK(judged(world, {.message = file, .log = LogKind::rekor2}, {}).empty());
}

TEST_CASE("a body of another kind than declared is refused (V-54)", "[sigstore]") {
  World world;
  std::string const why = "V-54: its body is of another kind than declared";
  for (auto const log : {LogKind::hashedrekord, LogKind::dsse, LogKind::intoto, LogKind::rekor2}) {
    CHECK(judged(world, logged(log), body_with("/kind", "rekord")) == why);
    CHECK(judged(world, logged(log), body_with("/apiVersion", "0.0.9")) == why);
    CHECK_THAT(judged(world, logged(log), [](BundleParts& b) { b.entries[0].body = "no JSON"; }),
               Catch::Matchers::StartsWith("V-54: its body is not JSON"));
    CHECK_THAT(judged(world, logged(log), [](BundleParts& b) { b.entries[0].body.insert(1, "\"kind\":\"dsse\","); }),
               Catch::Matchers::StartsWith("V-54: its body is not JSON"));
  }
}

TEST_CASE("the entry of another signature is refused (V-66)", "[sigstore]") {
  World world;
  std::string const other = base64("another signature");
  std::string const why = "V-66: the log's entry was made for another signature";
  CHECK(judged(world, logged(LogKind::hashedrekord), body_with("/spec/signature/content", other.c_str())) == why);
  CHECK(judged(world, logged(LogKind::dsse), body_with("/spec/signatures/0/signature", other.c_str())) == why);
  CHECK(judged(world, logged(LogKind::intoto), body_with("/spec/content/envelope/signatures/0/sig", base64(other).c_str())) ==
        why);
  CHECK(judged(world, logged(LogKind::rekor2), body_with("/spec/hashedRekordV002/signature/content", other.c_str())) == why);
  CHECK(judged(world, logged(LogKind::dsse), body_with("/spec/signatures/0/signature", 1)) ==
        "V-66: the log's entry holds no signature");
  // intoto's signature is encoded twice, not once (V-69).
  CHECK_FALSE(judged(world, logged(LogKind::intoto), [](BundleParts& b) {
                set_body(b, "/spec/content/envelope/signatures/0/sig", base64(b.signature).c_str());
              }).empty());
}

TEST_CASE("the entry of another certificate is refused, even of the same key's (V-66)", "[sigstore]") {
  World world;
  auto const pem = base64(signing::pem_block("CERTIFICATE", world.leaf({}).der));
  std::string const why = "V-66: the log's entry was made for another certificate";
  CHECK(judged(world, logged(LogKind::hashedrekord), body_with("/spec/signature/publicKey/content", pem.c_str())) == why);
  CHECK(judged(world, logged(LogKind::dsse), body_with("/spec/signatures/0/verifier", pem.c_str())) == why);
  CHECK(judged(world, logged(LogKind::intoto), body_with("/spec/content/envelope/signatures/0/publicKey", pem.c_str())) == why);
  CHECK(judged(world, logged(LogKind::rekor2),
               body_with("/spec/hashedRekordV002/signature/verifier/x509Certificate/rawBytes",
                         base64(world.leaf({}).der).c_str())) == why);
}

TEST_CASE("certificate and bare key are never mixed (V-66)", "[sigstore]") {
  World world;
  auto const key = signing::Key::generate(signing::KeyType::p256);
  std::string const key_pem = base64(key.pem());
  std::string const certificate_pem = base64(signing::pem_block("CERTIFICATE", world.leaf({}).der));
  for (auto const& [log, place] : {std::pair{LogKind::hashedrekord, "/spec/signature/publicKey/content"},
                                   {LogKind::dsse, "/spec/signatures/0/verifier"},
                                   {LogKind::intoto, "/spec/content/envelope/signatures/0/publicKey"}}) {
    CHECK(judged(world, logged(log), body_with(place, key_pem.c_str())) ==
          "V-66: the log's entry was made for a key, the bundle has a certificate");
    auto with_key = logged(log);
    with_key.bare_key = key;
    CHECK(judged(world, with_key, body_with(place, certificate_pem.c_str())) ==
          "V-66: the log's entry was made for a certificate, the bundle is signed by a bare key");
    auto const other = base64(signing::Key::generate(signing::KeyType::p256).pem());
    CHECK(judged(world, with_key, body_with(place, other.c_str())) == "V-66: the log's entry was made for another key");
    // Two blocks, or a word before the block: not the signer's certificate alone.
    auto const doubled = [place = place](BundleParts& b) {
      std::string const pem = signing::pem_block("CERTIFICATE", b.certificates[0]);
      set_body(b, place, base64(pem + pem).c_str());
    };
    CHECK(judged(world, logged(log), doubled) == "V-66: the log's entry was made for a key, the bundle has a certificate");
    CHECK(judged(world, logged(log), body_with(place, nullptr)) == "V-66: the log's entry names no signer");
  }
}

TEST_CASE("a hashedrekord entry of another artifact is refused (V-67)", "[sigstore]") {
  World world;
  CHECK(judged(world, logged(LogKind::hashedrekord), body_with("/spec/data/hash/value", other_hash.c_str())) ==
        "V-67: the log's entry was made for another artifact");
  CHECK(judged(world, logged(LogKind::hashedrekord), body_with("/spec/data/hash/algorithm", "sha512")) ==
        "V-67: the log's entry has the digest by another algorithm");
  CHECK(judged(world, logged(LogKind::hashedrekord), body_with("/spec/data/hash", 1)) ==
        "V-67: the log's entry holds no digest");
  // The bundle's own digest has to be the logged one.
  CHECK(judged(world, logged(LogKind::hashedrekord), [](BundleParts& b) { b.digest[0] ^= 1; }) ==
        "V-67: the log's entry was made for another artifact");
}

TEST_CASE("a dsse or intoto entry of another payload is refused (V-68, V-69)", "[sigstore]") {
  World world;
  for (auto const& [log, place, rule] : {std::tuple{LogKind::dsse, std::string("/spec/payloadHash"), std::string("V-68: ")},
                                         {LogKind::intoto, std::string("/spec/content/payloadHash"), std::string("V-69: ")}}) {
    CHECK(judged(world, logged(log), body_with(place + "/value", other_hash.c_str())) ==
          rule + "the log's entry was made for another payload");
    CHECK(judged(world, logged(log), body_with(place + "/algorithm", "sha512")) ==
          rule + "the log's entry has the payload's digest by another algorithm");
    CHECK(judged(world, logged(log), body_with(place, nullptr)) == rule + "the log's entry holds no digest of the payload");
    CHECK(judged(world, logged(log), [](BundleParts& b) { b.payload += " "; }) ==
          rule + "the log's entry was made for another payload");
  }
}

TEST_CASE("an entry has exactly one signature (V-68, V-69)", "[sigstore]") {
  World world;
  auto const doubled = [](std::string place) {
    return [=](BundleParts& b) {
      auto body = boost::json::parse(b.entries[0].body);
      auto& list = body.at_pointer(place).as_array();
      auto const copy = list.front();
      list.push_back(copy);
      b.entries[0].body = boost::json::serialize(body);
    };
  };
  CHECK(judged(world, logged(LogKind::dsse), doubled("/spec/signatures")) ==
        "V-68: the log's entry does not hold exactly one signature");
  CHECK(judged(world, logged(LogKind::intoto), doubled("/spec/content/envelope/signatures")) ==
        "V-69: the log's entry does not hold exactly one signature");
  CHECK(judged(world, logged(LogKind::dsse), body_with("/spec/signatures", boost::json::array())) ==
        "V-68: the log's entry does not hold exactly one signature");
}

TEST_CASE("envelope hashes are not checked: the original JSON is unknown (V-68, V-69)", "[sigstore]") {
  World world;
  CHECK(judged(world, logged(LogKind::dsse), body_with("/spec/envelopeHash/value", other_hash.c_str())).empty());
  CHECK(judged(world, logged(LogKind::intoto), body_with("/spec/content/hash/value", other_hash.c_str())).empty());
}

TEST_CASE("the kind of entry must fit the kind of content (V-70)", "[sigstore]") {
  World world;
  auto const entry_of = [&](LogKind log) { return world.parts(logged(log)).entries; };
  auto const with = [](auto entries) { return [=](BundleParts& b) { b.entries = entries; }; };
  CHECK(judged(world, logged(LogKind::dsse), with(entry_of(LogKind::hashedrekord))) ==
        "V-70: a signed envelope cannot be logged as hashedrekord 0.0.1");
  CHECK(judged(world, logged(LogKind::hashedrekord), with(entry_of(LogKind::dsse))) ==
        "V-70: a message signature cannot be logged as dsse");
  CHECK(judged(world, logged(LogKind::hashedrekord), with(entry_of(LogKind::intoto))) ==
        "V-70: a message signature cannot be logged as intoto");
}

TEST_CASE("a Rekor v2 leaf is rebuilt byte by byte (V-72, V-73)", "[sigstore]") {
  World world;
  std::string const record = "/spec/hashedRekordV002";
  auto const request = logged(LogKind::rekor2);
  CHECK(judged(world, request, body_with(record + "/data/digest", base64(sha256("x")).c_str())) ==
        "V-73: the log's entry was made for another digest");
  // The digest of a v2 entry is that of the pre-authentication encoding, not of the payload.
  CHECK(judged(world, request, [&](BundleParts& b) {
          set_body(b, record + "/data/digest", base64(sha256(b.payload)).c_str());
        }) == "V-73: the log's entry was made for another digest");
  CHECK(judged(world, request, body_with(record + "/data/algorithm", "SHA2_512")) ==
        "V-72: the log's entry was made for another digest algorithm");
  CHECK(judged(world, request, body_with(record + "/signature/verifier/keyDetails", "PKIX_ECDSA_P384_SHA_384")) ==
        "V-72: the log's entry names another kind of key");
  std::string const bytes = "V-72: the log's entry is not, byte by byte, what a Rekor v2 log holds for this bundle";
  CHECK(judged(world, request, [](BundleParts& b) { b.entries[0].body += "\n"; }) == bytes);
  CHECK(judged(world, request, [](BundleParts& b) { b.entries[0].body.insert(1, " "); }) == bytes);
  CHECK(judged(world, request, [](BundleParts& b) { b.entries[0].body.insert(b.entries[0].body.size() - 1, ",\"x\":1"); }) ==
        bytes);
}

TEST_CASE("genuine Rekor v2 leaves are rebuilt exactly", "[sigstore]") {
  for (char const* name :
       {"rekor2-happy-path", "rekor2-dsse-happy-path", "rekor2-checkpoint-cosigned", "rekor2-timestamp-with-embedded-cert"}) {
    CAPTURE(name);
    auto const bundle = parse_bundle(samples::text(std::string("conformance/") + name + "/bundle.sigstore.json")).value();
    auto const key = Certificate::parse(*bundle.leaf())->public_key().value();
    CHECK(rekor_v2_leaf(bundle, key).value() == bundle.log_entries.at(0).canonicalized_body);
  }
}

TEST_CASE("a Rekor v2 leaf names each key kind with its hash, Ed25519 only prehashed (V-47, V-74)", "[sigstore]") {
  struct Row {
    signing::KeyType key;
    HashAlgorithm hash;
    char const* algorithm;
    char const* details;
  };
  auto const row = one_of<Row>({
      {signing::KeyType::p256, HashAlgorithm::sha256, "SHA2_256", "PKIX_ECDSA_P256_SHA_256"},
      {signing::KeyType::p384, HashAlgorithm::sha384, "SHA2_384", "PKIX_ECDSA_P384_SHA_384"},
      {signing::KeyType::p521, HashAlgorithm::sha512, "SHA2_512", "PKIX_ECDSA_P521_SHA_512"},
      {signing::KeyType::rsa2048, HashAlgorithm::sha256, "SHA2_256", "PKIX_RSA_PKCS1V15_2048_SHA256"},
      {signing::KeyType::ed25519, HashAlgorithm::sha512, "SHA2_512", "PKIX_ED25519_PH"},
  });
  auto const key = PublicKey::from_spki(signing::Key::generate(row.key).spki()).value();
  Bundle bundle;
  bundle.key_material = PublicKeyMaterial{};
  bundle.content = MessageSignature{row.hash, digest(row.hash, file), "signature"};
  auto const leaf = boost::json::parse(rekor_v2_leaf(bundle, key).value());
  CHECK(leaf.at_pointer("/spec/hashedRekordV002/data/algorithm").as_string() == row.algorithm);
  CHECK(leaf.at_pointer("/spec/hashedRekordV002/data/digest").as_string() == base64(digest(row.hash, file)));
  CHECK(leaf.at_pointer("/spec/hashedRekordV002/signature/verifier/keyDetails").as_string() == row.details);
  CHECK(leaf.at_pointer("/spec/hashedRekordV002/signature/verifier/publicKey/rawBytes").as_string() == base64(key.spki()));

  bundle.content =
      MessageSignature{row.hash == HashAlgorithm::sha256 ? HashAlgorithm::sha512 : HashAlgorithm::sha256, "x", "signature"};
  CHECK(rekor_v2_leaf(bundle, key).error().rule_number == "V-72");
  bundle.content = DsseEnvelope{"payload", "type", "signature"};
  auto const envelope = rekor_v2_leaf(bundle, key);
  CHECK((row.key == signing::KeyType::ed25519 ? envelope.error().rule_number : std::string("V-74")) == "V-74");
  CHECK(envelope.has_value() == (row.key != signing::KeyType::ed25519));
}

}  // namespace
}  // namespace log_entry_test
