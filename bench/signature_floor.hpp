#pragma once

// What a bundle cannot do without: bare signature checks of OpenSSL and hashes: bench/signature_floor.hpp
// (V-34 to V-77). A check is one over a digest, with a key that was read before, and the same work whatever the message.

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sigstore/bundle.hpp"
#include "sigstore/certificate_chain.hpp"
#include "sigstore/public_key.hpp"
#include "sigstore/signature.hpp"
#include "sigstore/trusted_root.hpp"

namespace acr::bench {

/// Keys of the checks, one for each signature, and the texts that are hashed.
struct Floor {
  std::vector<sigstore::PublicKey> of_bundle;  ///< envelope, leaf, SCT, log, timestamp tokens
  std::vector<sigstore::PublicKey> of_chains;  ///< above the leaf and the stamper: the same for all bundles of an authority
  std::vector<std::string> hashed;
};

inline Floor floor_of(sigstore::Bundle const& bundle, sigstore::CertificatePath const& chain,
                      sigstore::TrustedRoot const& root) {
  Floor floor;
  auto const& path = chain.certificates;
  floor.of_bundle.push_back(*path.front().public_key());  // the envelope
  for (std::size_t i = 0; i + 1 < path.size(); ++i)
    (i == 0 ? floor.of_bundle : floor.of_chains).push_back(*path[i + 1].public_key());
  if (!root.ctlogs.empty()) floor.of_bundle.push_back(root.ctlogs.front().key);
  if (!root.tlogs.empty())
    for (auto const& entry : bundle.log_entries) {
      if (entry.inclusion_promise) floor.of_bundle.push_back(root.tlogs.front().key);
      if (!entry.inclusion_proof) continue;
      floor.of_bundle.push_back(root.tlogs.front().key);
      floor.hashed.push_back(entry.canonicalized_body);
      for (std::size_t i = 0; i < entry.inclusion_proof->hashes.size(); ++i) floor.hashed.emplace_back(65, 'x');
    }
  if (!bundle.timestamps.empty()) {
    auto const& authority = root.timestamp_authorities.front();
    for (std::size_t token = 0; token < bundle.timestamps.size(); ++token) {
      floor.of_bundle.push_back(*authority.chain.front().public_key());
      for (std::size_t i = 0; i + 1 < authority.chain.size(); ++i)
        floor.of_chains.push_back(*authority.chain[i + 1].public_key());
    }
  }
  auto const& envelope = std::get<sigstore::DsseEnvelope>(bundle.content);
  floor.hashed.push_back(envelope.payload);
  floor.hashed.push_back(sigstore::dsse_pae(envelope.payload_type, envelope.payload));
  for (auto const& certificate : path) floor.hashed.push_back(certificate.der());
  return floor;
}

/// DER of two different numbers of `size` bytes below the order of the curve of that size: a signature of full-sized numbers
/// runs through the same point arithmetic as a true one.
inline std::string plausible_signature(std::size_t size) {
  std::string integers;
  for (char const* seed : {"r", "s"}) {
    std::string number = "\x5a" + digest(HashAlgorithm::sha512, seed);
    number.resize(size);
    integers += std::string("\x02") + static_cast<char>(size) + number;
  }
  return std::string("\x30") + static_cast<char>(integers.size()) + integers;
}

/// One check with `key`; the answer is no.
inline void bare_check(sigstore::PublicKey const& key) {
  std::string const signature = plausible_signature(digest_size(key.hash()));
  (void)key.verifies_digest(key.hash(), digest(key.hash(), "x"), signature);
}

}  // namespace acr::bench
