// See artifact.hpp.
#include "sigstore/artifact.hpp"

#include <array>
#include <mutex>
#include <stdexcept>

#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::sigstore {
namespace {

constexpr std::array<HashAlgorithm, 3> accepted = {HashAlgorithm::sha256, HashAlgorithm::sha384, HashAlgorithm::sha512};

std::optional<std::size_t> slot(HashAlgorithm algorithm) {
  for (std::size_t i = 0; i < accepted.size(); ++i)
    if (accepted[i] == algorithm) return i;
  return std::nullopt;
}

// How the text should be written, for forms that others use; empty: no idea.
std::string written_as(std::string_view text) {
  constexpr std::string_view sha256 = "sha256:";
  auto const hex_of = [&](std::string_view digits) {
    return digits.size() == 64 && from_hex(digits) ? std::string(sha256) + to_lower_ascii(digits) : std::string();
  };
  if (auto const at = text.rfind('@'); at != std::string_view::npos && text.substr(at + 1).starts_with(sha256))
    return "write what follows the @: " + std::string(text.substr(at + 1, 200));
  if (auto const written = hex_of(text); !written.empty()) return "write " + written;
  if (equal_ignoring_ascii_case(text.substr(0, sha256.size()), sha256) ||
      equal_ignoring_ascii_case(text.substr(0, sha256.size()), "sha256=")) {
    auto const digits = text.substr(sha256.size());
    if (auto const written = hex_of(digits); !written.empty()) return "write " + written;
    return "a SHA-256 has 64 hex digits, this has " + std::to_string(digits.size()) + " characters";
  }
  // As in integrity attributes and lock files of npm.
  auto const packed = text.starts_with("sha256-") ? text.substr(sha256.size()) : text;
  if (auto const raw = packed.size() == 44 ? from_base64(packed) : std::nullopt;
      raw && raw->size() == digest_size(HashAlgorithm::sha256))
    return "this is Base64: write " + std::string(sha256) + hex(*raw);
  auto const name = to_lower_ascii(text.substr(0, text.find_first_of(":=-")));
  if (name == "md5" || name == "sha1" || name == "sha224") return name + " is not accepted: take the SHA-256";
  return {};
}

}  // namespace

struct Artifact::State {
  std::optional<std::string_view> bytes;
  std::array<std::once_flag, accepted.size()> computed;
  std::array<std::optional<std::string>, accepted.size()> digests;
};

Artifact Artifact::of_bytes(std::string_view bytes) {
  auto state = std::make_shared<State>();
  state->bytes = bytes;
  return Artifact(std::move(state));
}

Artifact Artifact::of_digest(HashAlgorithm algorithm, std::string raw) {
  auto const at = slot(algorithm);
  if (!at || raw.size() != digest_size(algorithm)) throw std::logic_error("Artifact::of_digest: not an accepted digest");
  auto state = std::make_shared<State>();
  state->digests[*at] = std::move(raw);
  return Artifact(std::move(state));
}

Verdict<Artifact> Artifact::of_digest_text(std::string_view text) {
  for (HashAlgorithm const algorithm : accepted) {
    std::string const prefix = std::string(to_text(algorithm)) + ":";
    if (!text.starts_with(prefix)) continue;
    auto raw = from_hex(text.substr(prefix.size()));
    if (raw && raw->size() == digest_size(algorithm)) return of_digest(algorithm, std::move(*raw));
  }
  return reject("artifact-digest", "artifact", "this is not a digest")
      .rule("V-50.4")
      .expected("sha256:, sha384: or sha512: and the digest in hex")
      .found(std::string(text.substr(0, 200)))
      .fix(written_as(text));
}

std::optional<std::string> Artifact::digest(HashAlgorithm algorithm) const {
  auto const at = slot(algorithm);
  if (!at) return std::nullopt;
  if (state_->bytes)
    std::call_once(state_->computed[*at], [&] { state_->digests[*at] = acr::digest(algorithm, *state_->bytes); });
  return state_->digests[*at];
}

std::string Artifact::text() const {
  for (HashAlgorithm const algorithm : accepted)
    if (auto const raw = digest(algorithm)) return std::string(to_text(algorithm)) + ":" + hex(*raw);
  return {};
}

std::string_view to_text(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha1:
      return "sha1";
    case HashAlgorithm::sha256:
      return "sha256";
    case HashAlgorithm::sha384:
      return "sha384";
    case HashAlgorithm::sha512:
      return "sha512";
  }
  return "unknown";
}

}  // namespace acr::sigstore
