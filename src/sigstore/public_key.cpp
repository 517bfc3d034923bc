// See public_key.hpp.
#include "sigstore/public_key.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>

#include "sigstore/der.hpp"
#include "sigstore/key_context.hpp"
#include "sigstore/limits.hpp"
#include "support/handle.hpp"
#include "support/text.hpp"

namespace acr::sigstore {
namespace {

using KeyHandle = Handle<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;

Rejection bad_key(std::string why) {
  ERR_clear_error();
  return reject("public-key", "public key", std::move(why))
      .rule("V-47")
      .expected("ECDSA P-256, P-384 or P-521, RSA 2048, 3072 or 4096, or Ed25519");
}

unsigned char const* bytes(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }

EVP_MD const* message_digest(HashAlgorithm hash) {
  switch (hash) {
    case HashAlgorithm::sha256:
      return EVP_sha256();
    case HashAlgorithm::sha384:
      return EVP_sha384();
    case HashAlgorithm::sha512:
      return EVP_sha512();
    case HashAlgorithm::sha1:
      break;
  }
  return nullptr;  // V-36, V-47: SHA-1 verifies nothing
}

std::optional<KeyKind> kind_of(EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC: {
      // Named curves only: explicit parameters could describe a curve of the sender's choice.
      std::array<char, 64> group{};
      if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), nullptr) != 1)
        return std::nullopt;
      std::string_view const name(group.data());
      if (name == "prime256v1") return KeyKind::ecdsa_p256;
      if (name == "secp384r1") return KeyKind::ecdsa_p384;
      if (name == "secp521r1") return KeyKind::ecdsa_p521;
      return std::nullopt;
    }
    case EVP_PKEY_RSA:
      switch (EVP_PKEY_get_bits(key)) {
        case 2048:
          return KeyKind::rsa_2048;
        case 3072:
          return KeyKind::rsa_3072;
        case 4096:
          return KeyKind::rsa_4096;
        default:
          return std::nullopt;
      }
    case EVP_PKEY_ED25519:
      return KeyKind::ed25519;
    default:
      return std::nullopt;
  }
}

std::string kind_found(EVP_PKEY* key) {
  char const* const name = EVP_PKEY_get0_type_name(key);
  return std::string(name ? name : "unknown") + " of " + std::to_string(EVP_PKEY_get_bits(key)) + " bits";
}

/// Bytes of a SubjectPublicKeyInfo whose length the kind fixes: named curve, uncompressed point. 0: RSA, not fixed.
std::size_t spki_size(KeyKind kind) {
  switch (kind) {
    case KeyKind::ecdsa_p256:
      return 91;
    case KeyKind::ecdsa_p384:
      return 120;
    case KeyKind::ecdsa_p521:
      return 158;
    case KeyKind::ed25519:
      return 44;
    default:
      return 0;
  }
}

template <class T, int (*Encode)(T const*, unsigned char**)>
std::string encoded(T const* object) {
  int const length = Encode(object, nullptr);
  if (length <= 0) return {};
  std::string out(static_cast<std::size_t>(length), '\0');
  auto* cursor = reinterpret_cast<unsigned char*>(out.data());
  Encode(object, &cursor);
  return out;
}

Handle<X509_PUBKEY, X509_PUBKEY_free> read_spki(std::string_view der) {
  Handle<X509_PUBKEY, X509_PUBKEY_free> parsed;
  for (auto* const context : reading_contexts()) {
    auto const* cursor = bytes(der);
    parsed.reset(reinterpret_cast<X509_PUBKEY*>(
        ASN1_item_d2i_ex(nullptr, &cursor, static_cast<long>(der.size()), ASN1_ITEM_rptr(X509_PUBKEY), context, nullptr)));
    if (!parsed || X509_PUBKEY_get0(parsed.get())) break;
  }
  return parsed;
}

}  // namespace

struct PublicKey::State {
  KeyHandle key;
  OSSL_LIB_CTX* read_in;
  KeyKind kind;
  std::string spki;
  std::string spki_sha256;
};

std::string_view to_text(KeyKind kind) {
  switch (kind) {
    case KeyKind::ecdsa_p256:
      return "ECDSA P-256";
    case KeyKind::ecdsa_p384:
      return "ECDSA P-384";
    case KeyKind::ecdsa_p521:
      return "ECDSA P-521";
    case KeyKind::rsa_2048:
      return "RSA 2048";
    case KeyKind::rsa_3072:
      return "RSA 3072";
    case KeyKind::rsa_4096:
      return "RSA 4096";
    case KeyKind::ed25519:
      return "Ed25519";
  }
  return "unknown";
}

Verdict<PublicKey> PublicKey::from_parts(evp_pkey_st* key, std::string spki) {
  if (!key) return bad_key("it cannot be parsed");
  auto const kind = kind_of(key);
  if (!kind) return bad_key("its kind is not accepted").found(kind_found(key));
  std::size_t const size = spki_size(*kind);
  if (spki.empty() || (size != 0 && spki.size() != size))
    return bad_key("it is not in the canonical form: named curve, uncompressed point");
  EVP_PKEY_up_ref(key);
  std::string spki_hash = acr::sha256(spki);
  return PublicKey(
      std::make_shared<State const>(State{KeyHandle(key), context_of(key), *kind, std::move(spki), std::move(spki_hash)}));
}

Verdict<PublicKey> PublicKey::from_native(evp_pkey_st* key) {
  if (!key) return bad_key("it cannot be parsed");
  return from_parts(key, encoded<EVP_PKEY, i2d_PUBKEY>(key));
}

Verdict<PublicKey> PublicKey::from_spki(std::string_view der) {
  if (der.size() > limits::max_certificate_bytes) return bad_key("it is too long");
  auto const parsed = read_spki(der);
  if (!parsed) return bad_key("it is not a SubjectPublicKeyInfo");
  // Equal bytes after re-encoding: nothing behind the key, nothing that could be encoded in two ways.
  if (encoded<X509_PUBKEY, i2d_X509_PUBKEY>(parsed.get()) != der) return bad_key("it is not in DER, or bytes follow it");
  return from_parts(X509_PUBKEY_get0(parsed.get()), std::string(der));
}

Verdict<PublicKey> PublicKey::from_pkcs1(std::string_view der) {
  // SubjectPublicKeyInfo { AlgorithmIdentifier { rsaEncryption, NULL }, BIT STRING { RSAPublicKey } }
  using namespace std::string_view_literals;
  std::string const algorithm = der_wrap(der::sequence, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv);
  std::string const bits = der_wrap(0x03, std::string(1, '\0') + std::string(der));
  auto parsed = from_spki(der_wrap(der::sequence, algorithm + bits));
  if (parsed && !is_rsa(parsed->kind())) return bad_key("it is not a PKCS#1 key");
  return parsed;
}

Verdict<PublicKey> PublicKey::from_pem(std::string_view pem) {
  constexpr std::string_view begin = "-----BEGIN PUBLIC KEY-----";
  constexpr std::string_view end = "-----END PUBLIC KEY-----";
  std::string_view const block = trimmed(pem);
  if (!block.starts_with(begin) || !block.ends_with(end) || block.find(begin, 1) != std::string_view::npos)
    return bad_key("it is not one PEM block PUBLIC KEY");
  if (block.size() > limits::max_certificate_bytes) return bad_key("it is too long");
  Handle<BIO, BIO_free> const memory(BIO_new_mem_buf(block.data(), static_cast<int>(block.size())));
  KeyHandle const key(PEM_read_bio_PUBKEY(memory.get(), nullptr, nullptr, nullptr));
  return from_native(key.get());
}

KeyKind PublicKey::kind() const { return state_->kind; }
std::string const& PublicKey::spki() const { return state_->spki; }
std::string const& PublicKey::spki_sha256() const { return state_->spki_sha256; }
evp_pkey_st* PublicKey::native() const { return state_->key.get(); }

std::string PublicKey::raw_ed25519() const {
  if (state_->kind != KeyKind::ed25519) return {};
  std::array<unsigned char, 32> raw{};
  std::size_t length = raw.size();
  if (EVP_PKEY_get_raw_public_key(native(), raw.data(), &length) != 1 || length != raw.size()) return {};
  return {reinterpret_cast<char const*>(raw.data()), length};
}

HashAlgorithm PublicKey::hash() const {
  switch (state_->kind) {
    case KeyKind::ecdsa_p384:
      return HashAlgorithm::sha384;
    case KeyKind::ecdsa_p521:
    case KeyKind::ed25519:
      return HashAlgorithm::sha512;
    default:
      return HashAlgorithm::sha256;
  }
}

bool PublicKey::verifies(HashAlgorithm hash, std::string_view message, std::string_view signature) const {
  if (state_->kind != KeyKind::ed25519) {
    if (!message_digest(hash)) return false;
    return verifies_digest(hash, digest(hash, message), signature);
  }
  DigestContext const context(EVP_MD_CTX_new());
  bool const holds =
      context && EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, state_->read_in, nullptr, native(), nullptr) == 1 &&
      EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(message), message.size()) == 1;
  ERR_clear_error();
  return holds;
}

bool PublicKey::verifies_digest(HashAlgorithm hash, std::string_view digest, std::string_view signature) const {
  EVP_MD const* const md = message_digest(hash);
  if (!md || state_->kind == KeyKind::ed25519 || digest.size() != digest_size(hash)) return false;
  KeyContext const context(EVP_PKEY_CTX_new_from_pkey(state_->read_in, native(), nullptr));
  // OpenSSL's ECDSA refuses signatures that are not DER or carry bytes behind it; the padding of RSA is set here, never
  // taken from a message.
  bool const holds = context && EVP_PKEY_verify_init(context.get()) == 1 &&
                     EVP_PKEY_CTX_set_signature_md(context.get(), md) == 1 &&
                     (!is_rsa(state_->kind) || EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1) &&
                     EVP_PKEY_verify(context.get(), bytes(signature), signature.size(), bytes(digest), digest.size()) == 1;
  ERR_clear_error();
  return holds;
}

}  // namespace acr::sigstore
