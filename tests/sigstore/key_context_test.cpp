#include "sigstore/key_context.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "signing/key.hpp"
#include "sigstore/public_key.hpp"
#include "support/catch2.hpp"
#include "support/handle.hpp"

namespace key_context_test {
namespace {

using namespace acr;
using namespace acr::sigstore;
using signing::Key;
using signing::KeyType;

using Spki = Handle<X509_PUBKEY, X509_PUBKEY_free>;

Spki spki_in(OSSL_LIB_CTX* context, std::string const& der) {
  auto const* cursor = reinterpret_cast<unsigned char const*>(der.data());
  auto* const object =
      ASN1_item_d2i_ex(nullptr, &cursor, static_cast<long>(der.size()), ASN1_ITEM_rptr(X509_PUBKEY), context, nullptr);
  ERR_clear_error();
  return Spki(reinterpret_cast<X509_PUBKEY*>(object));
}

/// Both contexts read the same key, or neither of them one.
bool read_alike(std::string const& der) {
  auto const few = spki_in(key_context(), der), all = spki_in(nullptr, der);
  auto* const one = few ? X509_PUBKEY_get0(few.get()) : nullptr;
  auto* const other = all ? X509_PUBKEY_get0(all.get()) : nullptr;
  bool const alike = one != nullptr && other != nullptr ? EVP_PKEY_eq(one, other) == 1 : one == other;
  ERR_clear_error();
  return alike;
}

constexpr KeyType accepted[] = {KeyType::p256, KeyType::p384, KeyType::p521, KeyType::rsa2048, KeyType::ed25519};

TEST_CASE("keys of accepted kinds are read and used in a context of few decoders", "[sigstore]") {
  REQUIRE(key_context() != nullptr);
  for (auto const type : accepted) {
    auto const pair = Key::generate(type);
    CAPTURE(pair.details());
    auto const key = PublicKey::from_spki(pair.spki());
    REQUIRE(key.has_value());
    CHECK(context_of(key->native()) == key_context());
    std::string const signature = pair.sign("message");
    CHECK(key->verifies(pair.hash(), "message", signature));
    CHECK_FALSE(key->verifies(pair.hash(), "Message", signature));
  }
}

TEST_CASE("a key that was read in OpenSSL's default context is used there", "[sigstore]") {
  for (auto const type : accepted) {
    auto const pair = Key::generate(type);
    CAPTURE(pair.details());
    auto const key = PublicKey::from_pem(pair.pem());
    REQUIRE(key.has_value());
    CHECK(context_of(key->native()) == nullptr);
    CHECK(key->verifies(pair.hash(), "message", pair.sign("message")));
  }
}

TEST_CASE("the context of few decoders reads what OpenSSL's default context reads, whatever is damaged (V-47)", "[sigstore]") {
  for (auto const type : accepted) {
    auto const der = Key::generate(type).spki();
    std::vector<std::string> differences;
    for (std::size_t at = 0; at < der.size(); ++at)
      for (unsigned const change : {0x01U, 0x80U, 0xffU}) {
        auto damaged = der;
        damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ change);
        if (!read_alike(damaged))
          differences.push_back("byte " + std::to_string(at) + ", changed by " + std::to_string(change));
      }
    CAPTURE(der.size());
    CHECK(differences == std::vector<std::string>{});
  }
}

TEST_CASE("a refusal names the kind of a key that the few decoders do not know (V-47)", "[sigstore]") {
  CHECK(PublicKey::from_spki(Key::generate(KeyType::p224).spki()).error().found_value == "EC of 224 bits");
  CHECK(PublicKey::from_spki(Key::generate(KeyType::rsa1024).spki()).error().found_value == "RSA of 1024 bits");
  Handle<EVP_PKEY, EVP_PKEY_free> const ed448(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
  unsigned char* encoded = nullptr;
  int const length = i2d_PUBKEY(ed448.get(), &encoded);
  REQUIRE(length > 0);
  std::string const der(reinterpret_cast<char const*>(encoded), static_cast<std::size_t>(length));
  OPENSSL_free(encoded);
  CHECK(PublicKey::from_spki(der).error().found_value == "ED448 of 456 bits");
}

}  // namespace
}  // namespace key_context_test
