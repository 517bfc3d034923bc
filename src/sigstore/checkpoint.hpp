#pragma once

// A log's signed tree head: src/sigstore/checkpoint.hpp
// C2SP signed-note and tlog-checkpoint, Rekor v1 and v2; rules V-59 to V-65 of docs/verification.md.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sigstore/public_key.hpp"
#include "sigstore/trusted_root.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// Which rules a log's checkpoints follow: `hashedrekord` 0.0.2 comes from Rekor v2, all other kinds from v1 (V-54).
enum class RekorVersion { v1, v2 };

struct NoteSignature {
  std::string name;       ///< the signer's name, no white space, no "+"
  std::string key_hint;   ///< 4 raw bytes
  std::string signature;  ///< raw, without the hint, not empty
};

/// A parsed checkpoint; nothing of it is verified.
struct Checkpoint {
  std::string text;    ///< what is signed: all lines before the signatures, with the last one's LF
  std::string origin;  ///< first line, not empty
  std::uint64_t tree_size = 0;
  std::string root_hash;                  ///< 32 raw bytes
  std::vector<std::string> extensions;    ///< further lines of the text, not empty each
  std::vector<NoteSignature> signatures;  ///< at least one, at most limits::max_checkpoint_signatures
};

/// Reads a signed note that is a checkpoint (V-59, V-60). Refused (code "log-checkpoint"): CR or other control characters,
/// bytes that are not UTF-8, fewer than three lines, a size with leading zeros, a root that is not 32 bytes of base64, no
/// signature line or an ill-formed one, a missing last LF.
Verdict<Checkpoint> parse_checkpoint(std::string_view note);

/// Host (with port, if any) of a log's base URL, scheme and path stripped: a v2 log's name (V-63). Empty for an empty URL.
std::string log_host(std::string_view base_url);

/// The four raw bytes by which a signature line says whose it is (V-62). `name`: the log's, v2 only.
std::string checkpoint_key_hint(RekorVersion version, std::string_view name, PublicKey const& key);

/// True when `log` has signed `checkpoint` (V-61 to V-65): at least one line is the log's, and all lines that are, verify.
/// Other lines, witness cosignatures among them, are ignored and never count. Refused (code "log-checkpoint") otherwise, also
/// when the origin has the form of the other Rekor version (V-54) or, for v2, is not the log's name.
Verdict<void> check_checkpoint(Checkpoint const& checkpoint, LogInstance const& log, RekorVersion version);

}  // namespace acr::sigstore
