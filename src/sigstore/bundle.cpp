// See bundle.hpp. Shapes: the table of V-7; the media type decides which version's column holds.
#include "sigstore/bundle.hpp"

#include <array>

#include "sigstore/limits.hpp"
#include "sigstore/proto_json.hpp"
#include "support/encoding.hpp"

namespace acr::sigstore {
namespace {

constexpr std::string_view root_path = "bundle";

struct MediaType {
  std::string_view text;
  BundleVersion version;
};
// V-5: exactly these spellings. The dotted form with v0.1 or v0.2 was never produced.
constexpr std::array<MediaType, 4> media_types = {{
    {"application/vnd.dev.sigstore.bundle+json;version=0.1", BundleVersion::v0_1},
    {"application/vnd.dev.sigstore.bundle+json;version=0.2", BundleVersion::v0_2},
    {"application/vnd.dev.sigstore.bundle+json;version=0.3", BundleVersion::v0_3},
    {"application/vnd.dev.sigstore.bundle.v0.3+json", BundleVersion::v0_3},
}};

std::string element_path(ProtoMessage const& parent, std::string_view name, std::size_t index) {
  return parent.path(name) + "[" + std::to_string(index) + "]";
}

class BundleReader {
 public:
  explicit BundleReader(BundleVersion version) : version_(version) {}

  Verdict<BundleWithLeaf> read(boost::json::value const& document);

 private:
  void read_material(boost::json::value const* value);
  void read_key_material(ProtoMessage& material);
  std::string read_certificate(boost::json::value const* value, std::string const& path);
  void read_chain(boost::json::value const* value, std::string const& path);
  LogEntry read_entry(boost::json::value const& value, std::string const& path);
  InclusionProof read_proof(boost::json::value const* value, std::string const& path);
  void check_entry_shape(LogEntry const& entry, std::string const& path);
  void read_timestamps(boost::json::value const* value, std::string const& path);
  void read_message_signature(boost::json::value const* value);
  void read_envelope(boost::json::value const* value);

  BundleVersion version_;
  ProtoReading reading_{"bundle-shape", "V-7"};
  Bundle bundle_;
  std::optional<Certificate> leaf_;  ///< of the first certificate
};

Verdict<BundleWithLeaf> BundleReader::read(boost::json::value const& document) {
  ProtoMessage top(reading_, &document, std::string(root_path));
  bundle_.version = version_;
  bundle_.media_type = top.string("mediaType");
  bool const has_message = top.has("messageSignature");
  bool const has_envelope = top.has("dsseEnvelope");
  if (has_message == has_envelope)
    reading_.refuse(top.path(), has_message ? "it has both kinds of content" : "it has no content", "V-7",
                    "exactly one of messageSignature and dsseEnvelope");
  if (!top.has("verificationMaterial")) reading_.refuse(top.path("verificationMaterial"), "this is missing", "V-7");
  read_material(top.message("verificationMaterial"));
  if (has_message) read_message_signature(top.message("messageSignature"));
  if (has_envelope) read_envelope(top.message("dsseEnvelope"));
  top.done();
  if (reading_.refused()) return reading_.rejection();
  return BundleWithLeaf{std::move(bundle_), std::move(leaf_)};
}

void BundleReader::read_material(boost::json::value const* value) {
  ProtoMessage material(reading_, value, std::string(root_path) + ".verificationMaterial");
  read_key_material(material);
  if (auto const* entries = material.array("tlogEntries", limits::max_log_entries))
    for (std::size_t i = 0; i < entries->size() && !reading_.refused(); ++i)
      bundle_.log_entries.push_back(read_entry((*entries)[i], element_path(material, "tlogEntries", i)));
  read_timestamps(material.message("timestampVerificationData"), material.path("timestampVerificationData"));
  material.done();
}

void BundleReader::read_key_material(ProtoMessage& material) {
  bool const chain = material.has("x509CertificateChain");
  bool const single = material.has("certificate");
  bool const key = material.has("publicKey");
  if (int{chain} + int{single} + int{key} != 1) {
    reading_.refuse(material.path(),
                    chain || single || key ? "it has more than one kind of key material" : "it has no key material", "V-7",
                    "exactly one of certificate, x509CertificateChain and publicKey");
    return;
  }
  if (chain) {
    if (version_ == BundleVersion::v0_3)
      reading_.refuse(material.path("x509CertificateChain"), "a bundle of version 0.3 carries a single certificate", "V-7",
                      "certificate", "x509CertificateChain");
    read_chain(material.message("x509CertificateChain"), material.path("x509CertificateChain"));
  } else if (single) {
    if (version_ != BundleVersion::v0_3)
      reading_.refuse(material.path("certificate"), "only bundles of version 0.3 know this field", "V-7",
                      "x509CertificateChain", "certificate");
    bundle_.key_material =
        CertificateMaterial{read_certificate(material.message("certificate"), material.path("certificate")), {}};
  } else {
    ProtoMessage hint(reading_, material.message("publicKey"), material.path("publicKey"));
    bundle_.key_material = PublicKeyMaterial{hint.string("hint")};
    hint.done();
  }
}

std::string BundleReader::read_certificate(boost::json::value const* value, std::string const& path) {
  ProtoMessage message(reading_, value, path);
  std::string der = message.bytes("rawBytes");
  message.done();
  if (reading_.refused()) return der;
  auto const parsed = Certificate::parse(der);
  if (!parsed) {
    reading_.refuse(message.path("rawBytes"), "this is not a certificate: " + parsed.error().why, "V-9");
  } else if (!leaf_) {
    leaf_ = *parsed;  // V-10: only the first one is the signer
  }
  return der;
}

void BundleReader::read_chain(boost::json::value const* value, std::string const& path) {
  ProtoMessage message(reading_, value, path);
  auto const* certificates = message.array("certificates", limits::max_certificates);
  if (!certificates || certificates->empty()) {
    reading_.refuse(message.path("certificates"), "the chain is empty", "V-9", "at least the signer's certificate");
  } else {
    CertificateMaterial material;
    for (std::size_t i = 0; i < certificates->size() && !reading_.refused(); ++i) {
      std::string der = read_certificate(&(*certificates)[i], element_path(message, "certificates", i));
      if (i == 0) {
        material.leaf = std::move(der);
      } else {
        material.others.push_back(std::move(der));
      }
    }
    bundle_.key_material = std::move(material);
  }
  message.done();
}

LogEntry BundleReader::read_entry(boost::json::value const& value, std::string const& path) {
  ProtoMessage message(reading_, &value, path);
  LogEntry entry;
  entry.log_index = message.int64("logIndex");
  ProtoMessage log_id(reading_, message.message("logId"), message.path("logId"));
  entry.log_id = log_id.bytes("keyId");
  log_id.done();
  ProtoMessage kind(reading_, message.message("kindVersion"), message.path("kindVersion"));
  entry.kind = kind.string("kind");
  entry.api_version = kind.string("version");
  kind.done();
  entry.integrated_time = message.int64("integratedTime");
  if (message.has("inclusionPromise")) {
    ProtoMessage promise(reading_, message.message("inclusionPromise"), message.path("inclusionPromise"));
    entry.inclusion_promise = promise.bytes("signedEntryTimestamp");
    promise.done();
  }
  if (message.has("inclusionProof"))
    entry.inclusion_proof = read_proof(message.message("inclusionProof"), message.path("inclusionProof"));
  entry.canonicalized_body = message.bytes("canonicalizedBody");
  message.done();
  if (!reading_.refused()) check_entry_shape(entry, path);
  return entry;
}

InclusionProof BundleReader::read_proof(boost::json::value const* value, std::string const& path) {
  ProtoMessage message(reading_, value, path);
  InclusionProof proof;
  proof.log_index = message.int64("logIndex");
  proof.tree_size = message.int64("treeSize");
  proof.root_hash = message.bytes("rootHash");
  if (auto const* hashes = message.array("hashes", limits::max_proof_hashes, "V-57"))
    for (auto const& hash : *hashes) {
      auto const* text = hash.if_string();
      auto decoded = text ? from_base64({text->data(), text->size()}) : std::nullopt;
      if (!decoded) reading_.refuse(message.path("hashes"), "a hash is not valid base64", "V-16");
      proof.hashes.push_back(decoded ? std::move(*decoded) : std::string());
    }
  ProtoMessage checkpoint(reading_, message.message("checkpoint"), message.path("checkpoint"));
  proof.checkpoint = checkpoint.string("envelope");
  checkpoint.done();
  message.done();
  if (proof.checkpoint.empty())
    reading_.refuse(checkpoint.path("envelope"), "a proof without a signed checkpoint proves nothing", "V-58");
  if (proof.checkpoint.size() > limits::max_checkpoint_bytes)
    reading_.refuse(checkpoint.path("envelope"), "the checkpoint is larger than the limit", "V-2");
  if (proof.tree_size <= 0)
    reading_.refuse(message.path("treeSize"), "a tree has at least one leaf", "V-17", "> 0", std::to_string(proof.tree_size));
  if (proof.log_index < 0 || proof.log_index >= proof.tree_size)
    reading_.refuse(message.path("logIndex"), "the index lies outside the tree", "V-17",
                    "0 … " + std::to_string(proof.tree_size - 1), std::to_string(proof.log_index));
  return proof;
}

void BundleReader::check_entry_shape(LogEntry const& entry, std::string const& path) {
  if (entry.log_index < 0)
    reading_.refuse(path + ".logIndex", "a log index is never negative", "V-17", "≥ 0", std::to_string(entry.log_index));
  if (entry.integrated_time < 0)
    reading_.refuse(path + ".integratedTime", "an integrated time is never negative", "V-17", "≥ 0",
                    std::to_string(entry.integrated_time));
  if (entry.log_id.empty()) reading_.refuse(path + ".logId", "this is missing", "V-51");
  if (entry.kind.empty() || entry.api_version.empty()) reading_.refuse(path + ".kindVersion", "this is missing", "V-51");
  if (entry.canonicalized_body.empty()) reading_.refuse(path + ".canonicalizedBody", "this is missing", "V-51");
  std::string const kind = entry.kind + " " + entry.api_version;
  if (kind != "hashedrekord 0.0.1" && kind != "dsse 0.0.1" && kind != "intoto 0.0.2" && kind != "hashedrekord 0.0.2")
    reading_.refuse(path + ".kindVersion", "this kind of log entry is not accepted", "V-54",
                    "hashedrekord 0.0.1, hashedrekord 0.0.2, dsse 0.0.1 or intoto 0.0.2", kind.substr(0, 100));
  // `{}` and an empty SET promise nothing, and a v2 log makes no promises (V-71).
  if (entry.inclusion_promise && entry.inclusion_promise->empty())
    reading_.refuse(path + ".inclusionPromise", "the inclusion promise is empty", "V-71");
  if (entry.inclusion_promise && entry.is_v2())
    reading_.refuse(path + ".inclusionPromise", "a Rekor v2 log makes no inclusion promises", "V-71");
  if (version_ == BundleVersion::v0_1 && !entry.inclusion_promise)
    reading_.refuse(path + ".inclusionPromise", "a bundle of version 0.1 needs an inclusion promise in each log entry", "V-7");
  if (version_ != BundleVersion::v0_1 && !entry.inclusion_proof)
    reading_.refuse(path + ".inclusionProof",
                    "a bundle of version " + std::string(to_text(version_)) + " needs an inclusion proof in each log entry",
                    "V-7");
  if (entry.is_v2() && !entry.inclusion_proof)
    reading_.refuse(path + ".inclusionProof", "a Rekor v2 entry needs an inclusion proof", "V-71");
}

void BundleReader::read_timestamps(boost::json::value const* value, std::string const& path) {
  ProtoMessage message(reading_, value, path);
  if (auto const* timestamps = message.array("rfc3161Timestamps", limits::max_timestamps))
    for (std::size_t i = 0; i < timestamps->size() && !reading_.refused(); ++i) {
      ProtoMessage element(reading_, &(*timestamps)[i], element_path(message, "rfc3161Timestamps", i));
      std::string der = element.bytes("signedTimestamp");
      element.done();
      if (der.empty() || der.size() > limits::max_timestamp_bytes)
        reading_.refuse(element.path("signedTimestamp"),
                        der.empty() ? "the timestamp is empty" : "the timestamp is larger than the limit", "V-75");
      bundle_.timestamps.push_back(std::move(der));
    }
  message.done();
}

void BundleReader::read_message_signature(boost::json::value const* value) {
  ProtoMessage message(reading_, value, std::string(root_path) + ".messageSignature");
  if (!message.has("messageDigest")) reading_.refuse(message.path("messageDigest"), "this is missing", "V-11");
  ProtoMessage hint(reading_, message.message("messageDigest"), message.path("messageDigest"));
  MessageSignature content;
  std::string const algorithm = hint.string("algorithm");
  content.digest = hint.bytes("digest");
  hint.done();
  content.signature = message.bytes("signature");
  message.done();
  if (algorithm == "SHA2_256") {
    content.digest_algorithm = HashAlgorithm::sha256;
  } else if (algorithm == "SHA2_384") {
    content.digest_algorithm = HashAlgorithm::sha384;
  } else if (algorithm == "SHA2_512") {
    content.digest_algorithm = HashAlgorithm::sha512;
  } else {
    reading_.refuse(hint.path("algorithm"), "this hash algorithm is not accepted", "V-11", "SHA2_256, SHA2_384 or SHA2_512",
                    algorithm.substr(0, 100));
  }
  if (content.digest.size() != digest_size(content.digest_algorithm))
    reading_.refuse(hint.path("digest"), "the digest has the wrong length", "V-11",
                    std::to_string(digest_size(content.digest_algorithm)) + " bytes",
                    std::to_string(content.digest.size()) + " bytes");
  if (content.signature.empty() || content.signature.size() > limits::max_signature_bytes)
    reading_.refuse(message.path("signature"),
                    content.signature.empty() ? "the signature is missing" : "the signature is larger than the limit", "V-48");
  bundle_.content = std::move(content);
}

void BundleReader::read_envelope(boost::json::value const* value) {
  ProtoMessage message(reading_, value, std::string(root_path) + ".dsseEnvelope");
  DsseEnvelope envelope;
  envelope.payload = message.bytes("payload");
  envelope.payload_type = message.string("payloadType");
  auto const* signatures = message.array("signatures", limits::max_log_entries, "V-12");
  if (!signatures || signatures->size() != 1) {
    reading_.refuse(message.path("signatures"), "an envelope has exactly one signature", "V-12", "1",
                    std::to_string(signatures ? signatures->size() : 0));
  } else {
    ProtoMessage signature(reading_, &(*signatures)[0], element_path(message, "signatures", 0));
    envelope.signature = signature.bytes("sig");
    signature.string("keyid");  // not authenticated: ignored (V-12)
    signature.done();
    if (envelope.signature.empty() || envelope.signature.size() > limits::max_signature_bytes)
      reading_.refuse(signature.path("sig"),
                      envelope.signature.empty() ? "the signature is missing" : "the signature is larger than the limit",
                      "V-12");
  }
  message.done();
  bundle_.content = std::move(envelope);
}

}  // namespace

std::string_view to_text(BundleVersion version) {
  switch (version) {
    case BundleVersion::v0_1:
      return "0.1";
    case BundleVersion::v0_2:
      return "0.2";
    case BundleVersion::v0_3:
      return "0.3";
  }
  return "unknown";
}

Verdict<Bundle> parse_bundle(std::string_view text, BundleOptions options) {
  auto parsed = parse_bundle_with_leaf(text, options);
  if (!parsed) return parsed.error();
  return std::move(parsed->bundle);
}

Verdict<BundleWithLeaf> parse_bundle_with_leaf(std::string_view text, BundleOptions options) {
  auto const document = parse_json(
      text, root_path,
      {.max_bytes = limits::max_bundle_bytes, .max_depth = limits::max_json_depth, .duplicate_names_allowed = false});
  if (!document) {
    Rejection rejection = document.error();
    rejection.code = "bundle-json";
    rejection.rule_number = "V-13";
    return rejection;
  }
  // The version first: it decides how everything else is read.
  std::string const media_type = string_in(*document, "mediaType").value_or("");
  for (auto const& [spelling, version] : media_types) {
    if (media_type != spelling) continue;
    if (version < options.minimum_version)
      return reject("bundle-version", "bundle.mediaType", "bundles of this version are not accepted here")
          .rule("V-6")
          .expected("version " + std::string(to_text(options.minimum_version)) + " or later")
          .found(std::string(to_text(version)));
    return BundleReader(version).read(*document);
  }
  return reject("bundle-version", "bundle.mediaType", "the media type is not a known bundle version")
      .rule("V-5")
      .expected(std::string(media_types.back().text))
      .found(media_type.substr(0, 100));
}

}  // namespace acr::sigstore
