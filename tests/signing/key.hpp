#pragma once

// Key pairs of the virtual signing world.

#include <memory>
#include <string>
#include <string_view>

#include "support/digest.hpp"

struct evp_pkey_st;

namespace acr::signing {

/// The last three are there to be refused.
enum class KeyType { p256, p384, p521, rsa2048, rsa3072, rsa4096, ed25519, rsa1024, secp256k1, p224 };

/// Cheap to copy.
class Key {
 public:
  static Key generate(KeyType type);

  [[nodiscard]] KeyType type() const { return type_; }
  /// SubjectPublicKeyInfo, DER.
  [[nodiscard]] std::string spki() const;
  /// "-----BEGIN PUBLIC KEY-----…".
  [[nodiscard]] std::string pem() const;
  /// 32 bytes, Ed25519 only.
  [[nodiscard]] std::string raw_public() const;
  /// The hash that the Sigstore algorithm registry pairs with this key; SHA-512 for Ed25519.
  [[nodiscard]] HashAlgorithm hash() const;
  /// "PKIX_ECDSA_P256_SHA_256" …; what trusted roots and Rekor v2 call it.
  [[nodiscard]] std::string details() const;
  /// ECDSA (DER) or RSA PKCS#1 v1.5 over the hashed message; Ed25519 signs the message itself.
  [[nodiscard]] std::string sign(HashAlgorithm hash, std::string_view message) const;
  [[nodiscard]] std::string sign(std::string_view message) const { return sign(hash(), message); }
  [[nodiscard]] evp_pkey_st* native() const { return key_.get(); }

 private:
  Key(KeyType type, evp_pkey_st* key);
  KeyType type_;
  std::shared_ptr<evp_pkey_st> key_;
};

/// "-----BEGIN <label>-----", base64 in lines of 64, "-----END <label>-----", LF.
std::string pem_block(std::string_view label, std::string_view der);

}  // namespace acr::signing
