// Every bit of a genuine bundle matters, or is listed here.
// The default run flips one bit per byte, a different one from byte to byte, and in long parts of every 13th byte only;
// "[exhaustive]" flips all bits.
#include <algorithm>
#include <set>
#include <thread>

#include "samples.hpp"
#include "sigstore/verifier.hpp"
#include "support/catch2.hpp"
#include "support/encoding.hpp"
#include "support/parallel.hpp"

namespace bit_flips_test {
namespace {

using namespace acr;
using namespace acr::sigstore;

/// A part of a bundle, decoded, and how to put it back.
struct Part {
  std::string name;
  std::string bytes;
  void (*put)(Bundle&, std::string);
  std::set<std::size_t> ignored;  ///< bytes that may flip unnoticed
};

void put_leaf(Bundle& b, std::string v) { std::get<CertificateMaterial>(b.key_material).leaf = std::move(v); }
void put_payload(Bundle& b, std::string v) { std::get<DsseEnvelope>(b.content).payload = std::move(v); }
void put_type(Bundle& b, std::string v) { std::get<DsseEnvelope>(b.content).payload_type = std::move(v); }
void put_signature(Bundle& b, std::string v) { std::get<DsseEnvelope>(b.content).signature = std::move(v); }
void put_body(Bundle& b, std::string v) { b.log_entries[0].canonicalized_body = std::move(v); }
void put_log_id(Bundle& b, std::string v) { b.log_entries[0].log_id = std::move(v); }
void put_promise(Bundle& b, std::string v) { b.log_entries[0].inclusion_promise = std::move(v); }
void put_root_hash(Bundle& b, std::string v) { b.log_entries[0].inclusion_proof->root_hash = std::move(v); }
void put_checkpoint(Bundle& b, std::string v) { b.log_entries[0].inclusion_proof->checkpoint = std::move(v); }
void put_first_hash(Bundle& b, std::string v) { b.log_entries[0].inclusion_proof->hashes.front() = std::move(v); }
void put_last_hash(Bundle& b, std::string v) { b.log_entries[0].inclusion_proof->hashes.back() = std::move(v); }
void put_timestamp(Bundle& b, std::string v) { b.timestamps[0] = std::move(v); }

std::string eight_bytes(std::int64_t value) {
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff);
  return out;
}
std::int64_t number(std::string const& bytes) {
  std::uint64_t value = 0;
  for (char const c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}
void put_log_index(Bundle& b, std::string v) { b.log_entries[0].log_index = number(v); }
void put_time(Bundle& b, std::string v) { b.log_entries[0].integrated_time = number(v); }
void put_proof_index(Bundle& b, std::string v) { b.log_entries[0].inclusion_proof->log_index = number(v); }
void put_tree_size(Bundle& b, std::string v) { b.log_entries[0].inclusion_proof->tree_size = number(v); }

/// V-63: a v1 log's signature line is known by its key hint; the name before it is not signed and differs in private
/// deployments.
std::set<std::size_t> signer_name(std::string const& checkpoint) {
  std::set<std::size_t> positions;
  for (std::size_t i = checkpoint.find("\u2014 ") + 4; checkpoint[i] != ' '; ++i) positions.insert(i);
  return positions;
}

std::vector<Part> parts_of(Bundle const& bundle) {
  auto const& envelope = std::get<DsseEnvelope>(bundle.content);
  std::vector<Part> parts{{"leaf", *bundle.leaf(), put_leaf, {}},
                          {"payload", envelope.payload, put_payload, {}},
                          {"payload type", envelope.payload_type, put_type, {}},
                          {"signature", envelope.signature, put_signature, {}}};
  for (LogEntry const& entry : bundle.log_entries) {
    parts.insert(parts.end(), {{"body", entry.canonicalized_body, put_body, {}},
                               {"log id", entry.log_id, put_log_id, {}},
                               {"log index", eight_bytes(entry.log_index), put_log_index, {}},
                               {"integrated time", eight_bytes(entry.integrated_time), put_time, {}}});
    if (entry.inclusion_promise) parts.push_back({"promise", *entry.inclusion_promise, put_promise, {}});
    if (entry.inclusion_proof)
      parts.insert(parts.end(), {{"root hash", entry.inclusion_proof->root_hash, put_root_hash, {}},
                                 {"checkpoint", entry.inclusion_proof->checkpoint, put_checkpoint,
                                  signer_name(entry.inclusion_proof->checkpoint)},
                                 {"first hash", entry.inclusion_proof->hashes.front(), put_first_hash, {}},
                                 {"last hash", entry.inclusion_proof->hashes.back(), put_last_hash, {}},
                                 {"proof index", eight_bytes(entry.inclusion_proof->log_index), put_proof_index, {}},
                                 {"tree size", eight_bytes(entry.inclusion_proof->tree_size), put_tree_size, {}}});
  }
  if (!bundle.timestamps.empty()) {
    // Not even the unsigned status and wrapping that V-77a would let pass.
    parts.push_back({"timestamp", bundle.timestamps[0], put_timestamp, {}});
  }
  return parts;
}

void flip_all(std::string const& name, bool exhaustive) {
  auto const sample = samples::attestation(name);
  auto const bundle = parse_bundle(sample.bundle, {BundleVersion::v0_1});
  REQUIRE(bundle.has_value());
  Verifier const verifier(default_roots(), {BundleVersion::v0_1});
  Artifact const artifact = Artifact::of_bytes(sample.artifact);
  Policy policy;
  policy.certificate_identity = sample.identity;
  policy.certificate_oidc_issuer = sample.issuer;
  REQUIRE(verifier.verify(*bundle, artifact, policy).attestation.has_value());
  for (Part const& part : parts_of(*bundle)) {
    std::size_t const bits = exhaustive ? 8 : 1;
    std::vector<char> accepted(part.bytes.size() * bits);
    for_each_index(accepted.size(), std::thread::hardware_concurrency(), [&](std::size_t i) {
      std::size_t const byte = i / bits;
      std::size_t const bit = exhaustive ? i % 8 : byte * 5 % 8;
      if (part.ignored.contains(byte) || (!exhaustive && part.bytes.size() > 800 && byte % 13 != 0)) return;
      Bundle damaged = *bundle;
      std::string bytes = part.bytes;
      bytes[byte] = static_cast<char>(static_cast<unsigned char>(bytes[byte]) ^ 1U << bit);
      part.put(damaged, std::move(bytes));
      accepted[i] = verifier.verify(damaged, artifact, policy).attestation.has_value() ? 1 : 0;
    });
    for (std::size_t i = 0; i < accepted.size(); ++i)
      if (accepted[i])
        FAIL_CHECK(name << ": a flipped bit in byte " << i / bits << " of the " << part.name << " went unnoticed");
    CHECK(!accepted.empty());
  }
}

TEST_CASE("no flipped bit of a genuine bundle goes unnoticed", "[sigstore]") {
  flip_all("private-instance-demo", false);
  flip_all("reusable-workflow", false);
}

TEST_CASE("certificates with the tag of revocation lists are refused in a timestamp (V-77a)", "[sigstore]") {
  auto const sample = samples::attestation("private-instance-demo");
  auto bundle = parse_bundle(sample.bundle).value();
  Policy policy;
  policy.certificate_identity = sample.identity;
  auto const accepted = [&] {
    return Verifier().verify(bundle, Artifact::of_bytes(sample.artifact), policy).attestation.has_value();
  };
  REQUIRE(accepted());
  REQUIRE(bundle.timestamps[0].substr(241, 2) == std::string("\xa0\0", 2));
  bundle.timestamps[0][241] = '\xa1';
  CHECK_FALSE(accepted());
}

TEST_CASE("all bits of genuine bundles are flipped, and none goes unnoticed", "[.][exhaustive]") {
  for (auto const& name : samples::attestation_names()) flip_all(name, true);
}

}  // namespace
}  // namespace bit_flips_test
