// See artifact.hpp.
#include "sigstore/artifact.hpp"

#include <array>
#include <mutex>
#include <stdexcept>

#include "support/encoding.hpp"

namespace acr::sigstore {
namespace {

constexpr std::array<HashAlgorithm, 3> accepted = {HashAlgorithm::sha256, HashAlgorithm::sha384, HashAlgorithm::sha512};

std::optional<std::size_t> slot(HashAlgorithm algorithm) {
  for (std::size_t i = 0; i < accepted.size(); ++i)
    if (accepted[i] == algorithm) return i;
  return std::nullopt;
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
      .found(std::string(text.substr(0, 200)));
}

std::optional<std::string> Artifact::digest(HashAlgorithm algorithm) const {
  auto const at = slot(algorithm);
  if (!at) return std::nullopt;
  if (state_->bytes)
    std::call_once(state_->computed[*at], [&] { state_->digests[*at] = acr::digest(algorithm, *state_->bytes); });
  return state_->digests[*at];
}

bool Artifact::has_bytes() const { return state_->bytes.has_value(); }

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
