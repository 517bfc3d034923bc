// See signature.hpp.
#include "sigstore/signature.hpp"

#include "support/encoding.hpp"

namespace acr::sigstore {
namespace {

Rejection bad_signature(std::string why) { return reject("signature", "bundle", std::move(why)).rule("V-47"); }

/// V-47: bundles up to v0.3 of old clients hold P-384 and P-521 signatures over SHA-256.
bool has_sha256_fallback(PublicKey const& key) {
  return key.kind() == KeyKind::ecdsa_p384 || key.kind() == KeyKind::ecdsa_p521;
}

}  // namespace

std::string dsse_pae(std::string_view payload_type, std::string_view payload) {
  std::string pae = "DSSEv1 " + std::to_string(payload_type.size()) + " ";
  pae.reserve(pae.size() + payload_type.size() + payload.size() + 24);
  pae += payload_type;
  pae += " " + std::to_string(payload.size()) + " ";
  pae += payload;
  return pae;
}

Verdict<void> check_envelope_signature(DsseEnvelope const& envelope, PublicKey const& key) {
  std::string const pae = dsse_pae(envelope.payload_type, envelope.payload);
  if (key.verifies(key.hash(), pae, envelope.signature)) return {};
  if (has_sha256_fallback(key) && key.verifies(HashAlgorithm::sha256, pae, envelope.signature)) return {};
  return bad_signature("the envelope's signature is not one of the signer's key over this payload")
      .found(std::string(to_text(key.kind())) + " key");
}

Verdict<void> check_message_digest(MessageSignature const& content, Artifact const& artifact) {
  auto const digest = artifact.digest(content.digest_algorithm);
  std::string const algorithm(to_text(content.digest_algorithm));
  std::string const expected = algorithm + ":" + hex(content.digest);
  if (!digest)
    return reject("artifact-mismatch", "bundle.messageSignature",
                  "the bundle is about a digest that was not given, so that it cannot be compared")
        .rule("V-11")
        .expected(expected)
        .found(artifact.text())
        .fix("give the file, or its " + algorithm + " digest");
  if (*digest != content.digest)
    return reject("artifact-mismatch", "bundle.messageSignature", "the bundle was made for another artifact")
        .rule("V-11")
        .expected(expected)
        .found(algorithm + ":" + hex(*digest));
  return {};
}

Verdict<void> check_message_signature(MessageSignature const& content, Artifact const& artifact, PublicKey const& key) {
  std::string const kind = std::string(to_text(key.kind())) + " key";
  auto const over = [&](HashAlgorithm hash) {
    auto const digest = artifact.digest(hash);
    if (!digest) return false;
    return key.kind() == KeyKind::ed25519 ? key.verifies_ed25519ph(*digest, content.signature)
                                          : key.verifies_digest(hash, *digest, content.signature);
  };
  if (over(key.hash())) return {};
  if (has_sha256_fallback(key) && over(HashAlgorithm::sha256)) return {};
  if (!artifact.digest(key.hash()) && !(has_sha256_fallback(key) && artifact.digest(HashAlgorithm::sha256)))
    return reject("signature", "bundle.messageSignature", "the signer's key signs another digest than the one that was given")
        .rule("V-48")
        .expected(std::string(to_text(key.hash())) + " digest for an " + kind)
        .found(artifact.text())
        .fix("give the file");
  return bad_signature("the signature is not one of the signer's key over this artifact").found(kind);
}

}  // namespace acr::sigstore
