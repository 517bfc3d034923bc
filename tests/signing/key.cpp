#include "signing/key.hpp"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <stdexcept>

#include "support/encoding.hpp"
#include "support/handle.hpp"

namespace acr::signing {
namespace {

EVP_PKEY* made(KeyType type) {
  switch (type) {
    case KeyType::p256:
      return EVP_EC_gen("P-256");
    case KeyType::p384:
      return EVP_EC_gen("P-384");
    case KeyType::p521:
      return EVP_EC_gen("P-521");
    case KeyType::secp256k1:
      return EVP_EC_gen("secp256k1");
    case KeyType::p224:
      return EVP_EC_gen("P-224");
    case KeyType::rsa1024:
      return EVP_RSA_gen(1024);
    case KeyType::rsa2048:
      return EVP_RSA_gen(2048);
    case KeyType::rsa3072:
      return EVP_RSA_gen(3072);
    case KeyType::rsa4096:
      return EVP_RSA_gen(4096);
    case KeyType::ed25519:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  return nullptr;
}

EVP_MD const* method(HashAlgorithm hash) {
  switch (hash) {
    case HashAlgorithm::sha1:
      return EVP_sha1();
    case HashAlgorithm::sha256:
      return EVP_sha256();
    case HashAlgorithm::sha384:
      return EVP_sha384();
    case HashAlgorithm::sha512:
      return EVP_sha512();
  }
  return nullptr;
}

}  // namespace

Key::Key(KeyType type, evp_pkey_st* key) : type_(type), key_(key, EVP_PKEY_free) {
  if (!key) throw std::runtime_error("OpenSSL could not make a key");
}

Key Key::generate(KeyType type) { return {type, made(type)}; }

std::string Key::spki() const {
  unsigned char* bytes = nullptr;
  int const length = i2d_PUBKEY(native(), &bytes);
  if (length <= 0) throw std::runtime_error("OpenSSL could not encode a key");
  std::string der(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(length));
  OPENSSL_free(bytes);
  return der;
}

std::string Key::pem() const { return pem_block("PUBLIC KEY", spki()); }

std::string Key::raw_public() const {
  std::array<unsigned char, 32> raw{};
  std::size_t length = raw.size();
  if (EVP_PKEY_get_raw_public_key(native(), raw.data(), &length) != 1) throw std::runtime_error("this key has no raw form");
  return {reinterpret_cast<char const*>(raw.data()), length};
}

HashAlgorithm Key::hash() const {
  switch (type_) {
    case KeyType::p384:
      return HashAlgorithm::sha384;
    case KeyType::p521:
    case KeyType::ed25519:
      return HashAlgorithm::sha512;
    default:
      return HashAlgorithm::sha256;
  }
}

std::string Key::details() const {
  switch (type_) {
    case KeyType::p256:
      return "PKIX_ECDSA_P256_SHA_256";
    case KeyType::p384:
      return "PKIX_ECDSA_P384_SHA_384";
    case KeyType::p521:
      return "PKIX_ECDSA_P521_SHA_512";
    case KeyType::rsa2048:
      return "PKIX_RSA_PKCS1V15_2048_SHA256";
    case KeyType::rsa3072:
      return "PKIX_RSA_PKCS1V15_3072_SHA256";
    case KeyType::rsa4096:
      return "PKIX_RSA_PKCS1V15_4096_SHA256";
    case KeyType::ed25519:
      return "PKIX_ED25519";
    default:
      return "PKIX_UNLISTED";
  }
}

std::string Key::sign(HashAlgorithm hash, std::string_view message) const {
  Handle<EVP_MD_CTX, EVP_MD_CTX_free> const context(EVP_MD_CTX_new());
  auto const* bytes = reinterpret_cast<unsigned char const*>(message.data());
  EVP_MD const* const md = type_ == KeyType::ed25519 ? nullptr : method(hash);
  std::size_t length = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, md, nullptr, native()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &length, bytes, message.size()) != 1)
    throw std::runtime_error("OpenSSL could not sign");
  std::string signature(length, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, bytes, message.size()) != 1)
    throw std::runtime_error("OpenSSL could not sign");
  signature.resize(length);
  return signature;
}

std::string pem_block(std::string_view label, std::string_view der) {
  std::string const text = base64(der);
  std::string out = "-----BEGIN " + std::string(label) + "-----\n";
  for (std::size_t at = 0; at < text.size(); at += 64) out += text.substr(at, 64) + "\n";
  return out + "-----END " + std::string(label) + "-----\n";
}

}  // namespace acr::signing
