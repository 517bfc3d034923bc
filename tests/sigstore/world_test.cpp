// The virtual signing world against the whole verifier: what it makes right must pass.
#include "signing/world.hpp"

#include "sigstore/verifier.hpp"
#include "support/catch2.hpp"
#include "world_verdict.hpp"

namespace world_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using namespace world_verdict;
using signing::Attest;
using signing::KeyType;
using signing::LogKind;
using signing::Profile;
using signing::World;

TEST_CASE("attestations of the virtual world verify, for each instance", "[sigstore]") {
  auto const profile = one_of({Profile::public_good, Profile::github, Profile::other});
  World world({.profile = profile});
  CHECK(refusal(world, {.subject_sha256 = file_digest}).empty());
  CHECK(refusal(world, {.subject_sha256 = file_digest, .timestamped = true, .embed_tsa_certificate = true}).empty());
}

TEST_CASE("every kind of log entry and bundle version of the virtual world verifies", "[sigstore]") {
  World world;
  for (auto const log : {LogKind::dsse, LogKind::intoto, LogKind::rekor2})
    CHECK(refusal(world, {.subject_sha256 = file_digest, .log = log}).empty());
  for (auto const log : {LogKind::hashedrekord, LogKind::rekor2}) CHECK(refusal(world, {.message = file, .log = log}).empty());
  for (char const* version : {"0.1", "0.2", "0.3"})
    CHECK(refusal(world, {.subject_sha256 = file_digest, .version = version}).empty());
}

TEST_CASE("every key kind of signer, authority and service verifies (V-47)", "[sigstore]") {
  World world;
  for (auto const key : {KeyType::p256, KeyType::p384, KeyType::p521, KeyType::rsa2048, KeyType::rsa3072, KeyType::ed25519}) {
    CAPTURE(static_cast<int>(key));
    CHECK(refusal(world, {.subject_sha256 = file_digest, .key = key}).empty());
    if (key != KeyType::ed25519) {  // pure Ed25519 has no digest that could be signed or logged (V-74)
      CHECK(refusal(world, {.subject_sha256 = file_digest, .key = key, .log = LogKind::rekor2}).empty());
      CHECK(refusal(world, {.message = file, .key = key}).empty());
    }
    if (key == KeyType::rsa3072) continue;
    bool const ct = key != KeyType::ed25519 && key != KeyType::p384 && key != KeyType::p521;
    World other({.root_key = key,
                 .intermediate_key = key,
                 .rekor_key = key,
                 .rekor2_key = key,
                 .ct_key = ct ? key : KeyType::p256,
                 .tsa_key = key});
    CHECK(refusal(other, {.subject_sha256 = file_digest, .timestamped = true}).empty());
    CHECK(refusal(other, {.subject_sha256 = file_digest, .log = LogKind::rekor2}).empty());
  }
}

TEST_CASE("a bundle signed by a bare key verifies with that key alone (V-88)", "[sigstore]") {
  World world;
  auto const key = signing::Key::generate(KeyType::p256);
  Policy with_key;
  with_key.key = KeyPolicy{PublicKey::from_pem(key.pem()).value(), {}};
  for (auto const log : {LogKind::dsse, LogKind::intoto, LogKind::rekor2})
    CHECK(refusal(world.trusted_root(), world.attest({.subject_sha256 = file_digest, .bare_key = key, .log = log}), with_key)
              .empty());
  CHECK_FALSE(refusal(world.trusted_root(),
                      world.attest({.subject_sha256 = file_digest, .bare_key = signing::Key::generate(KeyType::p256)}),
                      with_key)
                  .empty());
}

}  // namespace
}  // namespace world_test
