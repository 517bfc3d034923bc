// See key.hpp.
#include "tuf/key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <set>

#include "support/encoding.hpp"
#include "support/handle.hpp"
#include "support/text.hpp"
#include "tuf/limits.hpp"

namespace acr::tuf {
namespace {

using KeyHandle = Handle<EVP_PKEY, EVP_PKEY_free>;
using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using Number = Handle<BIGNUM, BN_free>;

enum class Scheme { ecdsa_p256, ed25519, rsa_pss };

struct Kind {
  std::string_view type;
  std::string_view scheme;
  Scheme meaning;
};
// T-18.
constexpr std::array<Kind, 4> kinds = {{
    {"ecdsa", "ecdsa-sha2-nistp256", Scheme::ecdsa_p256},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", Scheme::ecdsa_p256},
    {"ed25519", "ed25519", Scheme::ed25519},
    {"rsa", "rsassa-pss-sha256", Scheme::rsa_pss},
}};

/// SubjectPublicKeyInfo of an uncompressed P-256 point, up to the point.
constexpr std::string_view p256_head(
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00", 26);
constexpr std::size_t p256_point_bytes = 65;

unsigned char const* bytes(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }

/// DER of one PEM block `PUBLIC KEY` with nothing but white space around it.
std::optional<std::string> from_pem(std::string_view text) {
  constexpr std::string_view begin = "-----BEGIN PUBLIC KEY-----";
  constexpr std::string_view end = "-----END PUBLIC KEY-----";
  text = trimmed(text);
  if (!text.starts_with(begin) || !text.ends_with(end) || text.size() < begin.size() + end.size()) return std::nullopt;
  std::string body(text.substr(begin.size(), text.size() - begin.size() - end.size()));
  std::erase_if(body, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  return from_base64(body);
}

KeyHandle from_spki(std::string const& der) {
  auto const* cursor = bytes(der);
  KeyHandle key(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(der.size())));
  if (key && cursor != bytes(der) + der.size()) key.reset();
  return key;
}

KeyHandle ecdsa_key(std::string const& value) {
  if (auto const point = from_hex(value)) {
    // Version 1 to 4 of the public-good root (T-18).
    if (point->size() != p256_point_bytes || point->front() != '\x04') return nullptr;
    return from_spki(std::string(p256_head) + *point);
  }
  auto const der = from_pem(value);
  return der ? from_spki(*der) : nullptr;
}

KeyHandle ed25519_key(std::string const& value) {
  auto const raw = from_hex(value);
  if (!raw || raw->size() != 32) return nullptr;
  return KeyHandle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(*raw), raw->size()));
}

KeyHandle rsa_key(std::string const& value) {
  auto const der = from_pem(value);
  return der ? from_spki(*der) : nullptr;
}

std::string number_of(EVP_PKEY* key, char const* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return {};
  Number const number(raw);
  std::string out(static_cast<std::size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, reinterpret_cast<unsigned char*>(out.data()));
  return hex(out);
}

/// Empty when the key is not what the scheme asks for.
std::string identity_of(EVP_PKEY* key, Scheme scheme) {
  switch (scheme) {
    case Scheme::ecdsa_p256: {
      std::array<char, 64> group{};
      int explicit_curve = 0;
      EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_curve);
      // A curve that is spelled out could be one of the sender's choice.
      if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC || explicit_curve != 0 ||
          EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), nullptr) != 1 ||
          std::string_view(group.data()) != "prime256v1")
        return {};
      return "ecdsa " + number_of(key, OSSL_PKEY_PARAM_EC_PUB_X) + " " + number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y);
    }
    case Scheme::ed25519: {
      std::string raw(32, '\0');
      std::size_t size = raw.size();
      if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(raw.data()), &size) != 1) return {};
      return "ed25519 " + hex(raw);
    }
    case Scheme::rsa_pss:
      if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < static_cast<int>(limits::rsa_bits)) return {};
      return "rsa " + number_of(key, OSSL_PKEY_PARAM_RSA_N) + " " + number_of(key, OSSL_PKEY_PARAM_RSA_E);
  }
  return {};
}

/// What a key is compared by, also when it verifies nothing.
std::string comparable(KeyText const& text) {
  if (auto const key = VerificationKey::parse(text)) return key->identity();
  return "unknown " + hex(text.type) + " " + hex(text.scheme) + " " + hex(text.value);
}

std::set<std::string> signers(Role const& role, KeyTable const& keys) {
  std::set<std::string> found;
  for (auto const& id : role.key_ids)
    if (auto const key = keys.find(id); key != keys.end()) found.insert(comparable(key->second));
  return found;
}

}  // namespace

struct VerificationKey::State {
  KeyHandle key;
  Scheme scheme;
  std::string identity;
};

std::optional<VerificationKey> VerificationKey::parse(KeyText const& text) {
  auto const kind =
      std::find_if(kinds.begin(), kinds.end(), [&](Kind const& k) { return k.type == text.type && k.scheme == text.scheme; });
  if (kind == kinds.end()) return std::nullopt;
  KeyHandle key = kind->meaning == Scheme::ecdsa_p256 ? ecdsa_key(text.value)
                  : kind->meaning == Scheme::ed25519  ? ed25519_key(text.value)
                                                      : rsa_key(text.value);
  std::string identity = key ? identity_of(key.get(), kind->meaning) : std::string();
  ERR_clear_error();
  if (identity.empty()) return std::nullopt;
  return VerificationKey(std::make_shared<State const>(State{std::move(key), kind->meaning, std::move(identity)}));
}

std::string const& VerificationKey::identity() const { return state_->identity; }

bool VerificationKey::verifies(std::string_view message, std::string_view signature) const {
  DigestContext const context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;  // belongs to the context
  EVP_MD const* const hash = state_->scheme == Scheme::ed25519 ? nullptr : EVP_sha256();
  // OpenSSL's ECDSA refuses signatures that are not DER or have bytes behind it (T-19).
  bool const holds =
      context && EVP_DigestVerifyInit(context.get(), &settings, hash, nullptr, state_->key.get()) == 1 &&
      (state_->scheme != Scheme::rsa_pss || (EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
                                             EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1)) &&
      EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(message), message.size()) == 1;
  ERR_clear_error();
  return holds;
}

std::int64_t count_signers(Role const& role, KeyTable const& keys, std::span<Signature const> signatures,
                           std::string_view message) {
  std::set<std::string_view> const allowed(role.key_ids.begin(), role.key_ids.end());
  std::set<std::string> signers;  // by identity: one key under two ids counts once
  for (auto const& signature : signatures) {
    if (static_cast<std::int64_t>(signers.size()) >= role.threshold) break;
    if (!allowed.contains(signature.key_id)) continue;
    auto const text = keys.find(signature.key_id);
    auto const key = text == keys.end() ? std::nullopt : VerificationKey::parse(text->second);
    auto const raw = from_hex(signature.hex);
    // One that does not verify does not count, and does not spoil others (T-19).
    if (key && raw && key->verifies(message, *raw)) signers.insert(key->identity());
  }
  return static_cast<std::int64_t>(signers.size());
}

bool same_signers(Role const& a, KeyTable const& keys_of_a, Role const& b, KeyTable const& keys_of_b) {
  return a.threshold == b.threshold && signers(a, keys_of_a) == signers(b, keys_of_b);
}

}  // namespace acr::tuf
