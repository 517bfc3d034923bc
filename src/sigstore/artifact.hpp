#pragma once

// What an attestation is about, as the verifier needs it: its digests: src/sigstore/artifact.hpp (V-11, V-48, V-50.3, V-50.4)

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "support/digest.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// Either the bytes of a file or one digest of it. Cheap to copy; each digest is computed once, when first asked for;
/// usable from many threads.
class Artifact {
 public:
  /// `bytes` must outlive the artifact and its copies.
  static Artifact of_bytes(std::string_view bytes);
  /// `raw`: digest bytes of the algorithm's length. sha256, sha384 or sha512, else std::logic_error.
  static Artifact of_digest(HashAlgorithm algorithm, std::string raw);
  /// "sha256:<hex>", "sha384:<hex>" or "sha512:<hex>", hex in either case; refused with code "artifact-digest".
  static Verdict<Artifact> of_digest_text(std::string_view text);

  /// Raw digest; nothing when only another algorithm's digest is known. Never given for sha1.
  [[nodiscard]] std::optional<std::string> digest(HashAlgorithm algorithm) const;
  /// "sha256:9f86d0…", for messages.
  [[nodiscard]] std::string text() const;

 private:
  struct State;
  explicit Artifact(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

/// "sha256", "sha384", "sha512", "sha1".
std::string_view to_text(HashAlgorithm algorithm);

}  // namespace acr::sigstore
