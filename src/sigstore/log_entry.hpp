#pragma once

// Does the log's entry say what the bundle says: src/sigstore/log_entry.hpp
// Rekor types hashedrekord 0.0.1, dsse 0.0.1, intoto 0.0.2 and Rekor v2 hashedrekord 0.0.2; rules V-54 and V-66 to V-74.

#include <string>
#include <string_view>

#include "sigstore/bundle.hpp"
#include "sigstore/public_key.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// True when the body of `entry` is about this bundle: same kind and version as declared, same signature, same certificate (or
/// key), same digest or payload. `key`: the leaf's key, or the one known out of band. Refused with code "log-body".
///
/// A message signature's digest is compared with the bundle's `messageDigest`; that this is the artifact's digest is V-11's
/// matter.
Verdict<void> check_log_entry_body(LogEntry const& entry, Bundle const& bundle, PublicKey const& key);

/// The leaf that a Rekor v2 log must hold for this bundle (V-72, V-73): canonical JSON. Refused (code "log-body"): a pure
/// Ed25519 signature (V-74), a message digest that is not of the key's algorithm.
Verdict<std::string> rekor_v2_leaf(Bundle const& bundle, PublicKey const& key);

}  // namespace acr::sigstore
