#pragma once

// Proofs that a log's tree holds a leaf: src/sigstore/merkle.hpp
// RFC 6962 §2.1, RFC 9162 §2.1.3.2; rule V-57 of docs/verification.md.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "support/verdict.hpp"

namespace acr::sigstore {

/// SHA-256(0x00 ‖ entry), 32 raw bytes.
std::string merkle_leaf_hash(std::string_view entry);

/// SHA-256(0x01 ‖ left ‖ right), 32 raw bytes.
std::string merkle_node_hash(std::string_view left, std::string_view right);

/// How many hashes the proof of leaf `index` in a tree of `size` leaves has. `index` < `size`, else std::logic_error.
std::size_t merkle_proof_length(std::uint64_t index, std::uint64_t size);

/// The root, 32 raw bytes, of the tree of `size` leaves that has `leaf_hash` at `index`, by the proof's `hashes` (leaf side
/// first). Refused (code "log-inclusion-proof"): an index outside the tree, any other number of hashes than
/// merkle_proof_length(), a hash that is not 32 bytes.
Verdict<std::string> merkle_root(std::string_view leaf_hash, std::uint64_t index, std::uint64_t size,
                                 std::span<std::string const> hashes);

}  // namespace acr::sigstore
