#pragma once

// A Sigstore bundle as a plain value: src/sigstore/bundle.hpp
// Sigstore protobuf-specs "bundle" v0.1 to v0.3 in strict proto3 JSON; rules V-2, V-3 and V-5 to V-20 of docs/verification.md.
// A parsed bundle is well-formed, nothing more: not one byte of it is verified.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sigstore/certificate.hpp"
#include "support/digest.hpp"
#include "support/verdict.hpp"

namespace acr::sigstore {

enum class BundleVersion { v0_1, v0_2, v0_3 };

/// "0.1", "0.2", "0.3".
std::string_view to_text(BundleVersion version);

struct InclusionProof {
  std::int64_t log_index = 0;       ///< ≥ 0 and < tree_size; position inside the shard
  std::int64_t tree_size = 0;       ///< > 0
  std::string root_hash;            ///< raw bytes as given, length not yet checked
  std::vector<std::string> hashes;  ///< raw bytes as given, leaf side first; at most limits::max_proof_hashes
  std::string checkpoint;           ///< signed note text, not empty
};

struct LogEntry {
  std::int64_t log_index = 0;        ///< ≥ 0; global index (v1) or index of the shard (v2)
  std::string log_id;                ///< raw bytes, not empty
  std::string kind;                  ///< "hashedrekord", "dsse" or "intoto" (V-54 holds: kind and version are a known pair)
  std::string api_version;           ///< "0.0.1" or "0.0.2"
  std::int64_t integrated_time = 0;  ///< seconds since 1970, ≥ 0; 0 = none (V-18)
  std::optional<std::string> inclusion_promise;  ///< the SET: raw signature bytes, never empty
  std::optional<InclusionProof> inclusion_proof;
  std::string canonicalized_body;  ///< raw bytes of the body (JSON text by the log's account), not empty, not parsed yet (V-20)

  /// Rekor v2 (V-54): `hashedrekord` 0.0.2.
  [[nodiscard]] bool is_v2() const { return kind == "hashedrekord" && api_version == "0.0.2"; }
};

/// The signer's certificate travels in the bundle.
struct CertificateMaterial {
  std::string leaf;                 ///< DER, parses to its last byte
  std::vector<std::string> others;  ///< DER, parsed but never used (V-10)
};

/// The signer's key is known to the verifier out of band.
struct PublicKeyMaterial {
  std::string hint;  ///< not authenticated, ignored
};

struct MessageSignature {
  HashAlgorithm digest_algorithm = HashAlgorithm::sha256;  ///< never sha1
  std::string digest;                                      ///< raw bytes; a hint that must equal the artifact's digest (V-11)
  std::string signature;                                   ///< raw bytes, not empty
};

struct DsseEnvelope {
  std::string payload;       ///< decoded bytes, as they are
  std::string payload_type;  ///< e.g. "application/vnd.in-toto+json"
  std::string signature;     ///< raw bytes of the only signature, not empty (V-12)
};

struct Bundle {
  BundleVersion version = BundleVersion::v0_3;
  std::string media_type;
  std::variant<CertificateMaterial, PublicKeyMaterial> key_material;
  std::vector<LogEntry> log_entries;    ///< ≤ 32 (V-3)
  std::vector<std::string> timestamps;  ///< DER of RFC 3161 TimeStampResp, ≤ 32 (V-3)
  std::variant<MessageSignature, DsseEnvelope> content;

  /// The leaf's DER, or null for a public-key bundle.
  [[nodiscard]] std::string const* leaf() const {
    auto const* material = std::get_if<CertificateMaterial>(&key_material);
    return material ? &material->leaf : nullptr;
  }
  /// What timestamps are made over (V-76): the raw signature bytes.
  [[nodiscard]] std::string const& signature() const {
    auto const* envelope = std::get_if<DsseEnvelope>(&content);
    return envelope ? envelope->signature : std::get<MessageSignature>(content).signature;
  }
};

struct BundleOptions {
  BundleVersion minimum_version = BundleVersion::v0_2;  ///< V-6
};

/// Reads one bundle. Refused, with a rejection whose `where` is the JSON path
/// ("bundle.verificationMaterial.tlogEntries[0].logIndex"): whatever V-5 … V-20 and the shape part of V-54 refuse.
Verdict<Bundle> parse_bundle(std::string_view text, BundleOptions options = {});

/// A bundle together with what CertificateMaterial::leaf parses to; nothing for public-key bundles. Parsing a certificate costs
/// more than reading all of the JSON, so the verifier keeps it.
struct BundleWithLeaf {
  Bundle bundle;
  std::optional<Certificate> leaf;
};
Verdict<BundleWithLeaf> parse_bundle_with_leaf(std::string_view text, BundleOptions options = {});

}  // namespace acr::sigstore
