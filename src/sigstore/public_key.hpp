#pragma once

// A parsed public key and the signature schemes this project accepts: src/sigstore/public_key.hpp
// V-26, V-47, V-65 and the Sigstore algorithm registry. The algorithm always comes from the key, never from a message.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "support/digest.hpp"
#include "support/verdict.hpp"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY, for .cpp files of this room

namespace acr::sigstore {

/// The only kinds that are accepted; other curves, sizes and RSA-PSS keys are refused when parsed.
enum class KeyKind { ecdsa_p256, ecdsa_p384, ecdsa_p521, rsa_2048, rsa_3072, rsa_4096, ed25519 };

/// "ECDSA P-256", "RSA 2048", "Ed25519": for messages.
std::string_view to_text(KeyKind kind);

[[nodiscard]] constexpr bool is_ecdsa(KeyKind kind) {
  return kind == KeyKind::ecdsa_p256 || kind == KeyKind::ecdsa_p384 || kind == KeyKind::ecdsa_p521;
}
[[nodiscard]] constexpr bool is_rsa(KeyKind kind) {
  return kind == KeyKind::rsa_2048 || kind == KeyKind::rsa_3072 || kind == KeyKind::rsa_4096;
}

/// Immutable, cheap to copy, usable from many threads.
class PublicKey {
 public:
  /// SubjectPublicKeyInfo, DER, read to its last byte. Refused (code "public-key"): trailing bytes, kinds not in KeyKind,
  /// points that are compressed or not on their curve.
  static Verdict<PublicKey> from_spki(std::string_view der);
  /// A bare PKCS#1 RSAPublicKey (V-26 `PKCS1_RSA_PKCS1V5`), wrapped as SPKI.
  static Verdict<PublicKey> from_pkcs1(std::string_view der);
  /// One PEM block `PUBLIC KEY`, white space around it allowed.
  static Verdict<PublicKey> from_pem(std::string_view pem);
  /// Takes a share of an OpenSSL key, e.g. of a certificate. `key` may be null: refused.
  static Verdict<PublicKey> from_native(evp_pkey_st* key);

  [[nodiscard]] KeyKind kind() const;
  /// SubjectPublicKeyInfo, DER.
  [[nodiscard]] std::string const& spki() const;
  /// SHA-256 of spki(), 32 raw bytes: the id of v1 logs and CT logs (V-27).
  [[nodiscard]] std::string const& spki_sha256() const;
  /// 32 raw bytes for Ed25519, empty for other kinds.
  [[nodiscard]] std::string raw_ed25519() const;
  /// V-47: P-256 and RSA SHA-256, P-384 SHA-384, P-521 SHA-512; SHA-512 for Ed25519 (meaning Ed25519ph).
  [[nodiscard]] HashAlgorithm hash() const;

  /// ECDSA (strict DER, no trailing byte) or RSA PKCS#1 v1.5 over `message` hashed with `hash`. For Ed25519 `hash` is
  /// ignored and the message itself is verified (pure Ed25519). False for anything that does not hold.
  [[nodiscard]] bool verifies(HashAlgorithm hash, std::string_view message, std::string_view signature) const;
  /// The same over a digest that was computed already; `digest` must have the length of `hash`. False for Ed25519.
  [[nodiscard]] bool verifies_digest(HashAlgorithm hash, std::string_view digest, std::string_view signature) const;
  /// Ed25519ph (RFC 8032, no context) over a SHA-512 digest; false for other key kinds.
  [[nodiscard]] bool verifies_ed25519ph(std::string_view sha512_digest, std::string_view signature) const;

  /// Borrowed, never null; for chain building.
  [[nodiscard]] evp_pkey_st* native() const;

  /// Equal when the SPKI bytes are.
  friend bool operator==(PublicKey const& a, PublicKey const& b) { return a.spki() == b.spki(); }

 private:
  friend class Certificate;
  struct State;
  explicit PublicKey(std::shared_ptr<State const> state) : state_(std::move(state)) {}
  /// `spki`: the encoding that `key` was read from.
  static Verdict<PublicKey> from_parts(evp_pkey_st* key, std::string spki);
  std::shared_ptr<State const> state_;
};

}  // namespace acr::sigstore
