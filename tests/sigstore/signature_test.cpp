#include "sigstore/signature.hpp"

#include "samples.hpp"
#include "sigstore/trusted_root.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"

namespace signature_test {
namespace {

using namespace acr;
using namespace acr::sigstore;

TEST_CASE("the pre-authentication encoding is DSSE's own example (V-49)", "[sigstore]") {
  CHECK(dsse_pae("http://example.com/HelloWorld", "hello world") == "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  CHECK(dsse_pae("", "") == "DSSEv1 0  0 ");
  CHECK(dsse_pae("é", "\xc3\xa9!") == "DSSEv1 2 é 3 é!");  // bytes, not characters
}

TEST_CASE("Ed25519ph is that of RFC 8032 7.3", "[sigstore]") {
  std::string const raw = *acr::from_hex("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf");
  std::string const signature = *acr::from_hex(
      "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
      "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406");
  auto const key = PublicKey::from_spki(*acr::from_hex("302a300506032b6570032100") + raw);
  REQUIRE(key.has_value());
  CHECK(key->kind() == KeyKind::ed25519);
  CHECK(key->raw_ed25519() == raw);
  std::string const digest = acr::digest(HashAlgorithm::sha512, "abc");
  CHECK(key->verifies_ed25519ph(digest, signature));
  CHECK_FALSE(key->verifies_ed25519ph(acr::digest(HashAlgorithm::sha512, "abd"), signature));
  CHECK_FALSE(key->verifies(HashAlgorithm::sha512, "abc", signature));  // pure is another scheme
  for (std::size_t const byte : {0U, 31U, 32U, 63U}) {
    std::string flipped = signature;
    flipped[byte] = static_cast<char>(flipped[byte] ^ 1);
    CHECK_FALSE(key->verifies_ed25519ph(digest, flipped));
  }
  // S + L says the same number, and is refused (RFC 8032 5.1.7).
  std::string malleable = signature;
  std::string const order = *acr::from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned char>(malleable[32 + i]) + static_cast<unsigned char>(order[i]);
    malleable[32 + i] = static_cast<char>(carry & 0xff);
    carry >>= 8;
  }
  CHECK_FALSE(key->verifies_ed25519ph(digest, malleable));
}

TEST_CASE("pure Ed25519 is that of RFC 8032 7.1", "[sigstore]") {
  auto const key = PublicKey::from_spki(
      *acr::from_hex("302a300506032b65700321003d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
  REQUIRE(key.has_value());
  std::string const signature = *acr::from_hex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  CHECK(key->verifies(HashAlgorithm::sha512, "\x72", signature));
  CHECK_FALSE(key->verifies(HashAlgorithm::sha512, "\x73", signature));
}

TEST_CASE("a public key is one canonical SubjectPublicKeyInfo of an accepted kind (V-47)", "[sigstore]") {
  std::string const p256 = default_roots().front().tlogs.front().key.spki();
  CHECK(PublicKey::from_spki(p256).has_value());
  CHECK(PublicKey::from_spki(p256 + '\0').has_error());
  CHECK(PublicKey::from_spki(p256.substr(0, p256.size() - 1)).has_error());
  CHECK(PublicKey::from_spki("").has_error());
  std::string off_curve = p256;
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  CHECK(PublicKey::from_spki(off_curve).has_error());
}

}  // namespace
}  // namespace signature_test
