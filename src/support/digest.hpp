#pragma once

// SHA-2 digests: src/support/digest.hpp (FIPS 180-4, by OpenSSL)

#include <memory>
#include <string>
#include <string_view>

namespace acr {

enum class HashAlgorithm { sha1, sha256, sha384, sha512 };

/// Digest length in bytes.
std::size_t digest_size(HashAlgorithm algorithm);

/// Raw digest bytes of the concatenated parts. SHA-1 is for git object ids only.
std::string digest(HashAlgorithm algorithm, std::string_view bytes);

/// 32 raw bytes.
inline std::string sha256(std::string_view bytes) { return digest(HashAlgorithm::sha256, bytes); }

/// "sha256:" and 64 lower-case hex digits: how digests appear in outputs, reports and the manifest.
std::string sha256_text(std::string_view bytes);
/// Is it of that form?
bool is_sha256_text(std::string_view text);

/// Incremental hashing.
class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void update(std::string_view bytes);
  /// Raw digest; the hasher is spent.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace acr
