#pragma once

// The signature of a bundle over its artifact or its statement: src/sigstore/signature.hpp
// DSSE v1 and the Sigstore algorithm registry; rules V-47 to V-50.1.

#include <string>
#include <string_view>

#include "sigstore/artifact.hpp"
#include "sigstore/bundle.hpp"
#include "sigstore/public_key.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

/// DSSE's pre-authentication encoding (V-49): what an envelope's signature is made over.
std::string dsse_pae(std::string_view payload_type, std::string_view payload);

/// True when `signature` is one of `key` over `envelope` (V-47, V-49). The payload type is checked apart (V-50.1).
Verdict<void> check_envelope_signature(DsseEnvelope const& envelope, PublicKey const& key);

/// V-11 and V-48: the digest hint equals the artifact's digest, and the signature is one of `key` over the artifact.
Verdict<void> check_message_digest(MessageSignature const& content, Artifact const& artifact);
Verdict<void> check_message_signature(MessageSignature const& content, Artifact const& artifact, PublicKey const& key);

}  // namespace acr::sigstore
