#include "support/digest.hpp"

#include <openssl/evp.h>

#include <stdexcept>

#include "support/encoding.hpp"
#include "support/handle.hpp"
#include "support/work_budget.hpp"

namespace acr {
namespace {

EVP_MD const* method(HashAlgorithm algorithm) {
  // Fetched once: an implicit fetch for every digest costs more than hashing a short text.
  static EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static EVP_MD* const sha384 = EVP_MD_fetch(nullptr, "SHA384", nullptr);
  static EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return sha1;
    case HashAlgorithm::sha256:
      return sha256;
    case HashAlgorithm::sha384:
      return sha384;
    case HashAlgorithm::sha512:
      return sha512;
  }
  throw std::logic_error("unknown hash algorithm");
}

void require(int ok) {
  if (ok != 1) throw std::runtime_error("OpenSSL could not compute a digest");
}

}  // namespace

struct Hasher::State {
  Handle<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
};

Hasher::Hasher(HashAlgorithm algorithm) : state_(std::make_unique<State>()) {
  require(EVP_DigestInit_ex2(state_->context.get(), method(algorithm), nullptr));
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::string_view bytes) {
  charge_work(bytes.size());
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::string Hasher::finish() {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  require(EVP_DigestFinal_ex(state_->context.get(), bytes, &size));
  return {reinterpret_cast<char const*>(bytes), size};
}

std::size_t digest_size(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return 20;
    case HashAlgorithm::sha256:
      return 32;
    case HashAlgorithm::sha384:
      return 48;
    case HashAlgorithm::sha512:
      return 64;
  }
  throw std::logic_error("unknown hash algorithm");
}

std::string digest(HashAlgorithm algorithm, std::string_view bytes) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return hasher.finish();
}

std::string sha256_text(std::string_view bytes) { return "sha256:" + hex(sha256(bytes)); }

bool is_sha256_text(std::string_view text) { return text.starts_with("sha256:") && is_lower_hex(text.substr(7), 64); }

}  // namespace acr
