#pragma once

// Every upper bound of this room: src/sigstore/limits.hpp (V-2, V-3)

#include <cstddef>

namespace acr::sigstore::limits {

inline constexpr std::size_t max_bundle_bytes = std::size_t{64} << 20;  ///< V-2, also after Snappy
inline constexpr std::size_t max_json_depth = 64;                       ///< V-2
inline constexpr std::size_t max_log_entries = 32;                      ///< V-3
inline constexpr std::size_t max_timestamps = 32;                       ///< V-3
inline constexpr std::size_t max_subjects = 1024;                       ///< V-3
inline constexpr std::size_t max_digests_per_subject = 32;              ///< V-3
inline constexpr std::size_t max_proof_hashes = 64;                     ///< a tree has at most 2^63 leaves (V-57)
inline constexpr std::size_t max_checkpoint_bytes = std::size_t{64} << 10;
inline constexpr std::size_t max_checkpoint_signatures = 100;  ///< V-60
inline constexpr std::size_t max_timestamp_bytes = std::size_t{64} << 10;
inline constexpr std::size_t max_certificate_bytes = std::size_t{64} << 10;
inline constexpr std::size_t max_certificates = 10;  ///< in a bundle's chain and in one authority
inline constexpr std::size_t max_chain_depth = 6;    ///< V-36
inline constexpr std::size_t max_signature_bytes = 4096;
inline constexpr std::size_t max_scts = 16;
inline constexpr std::size_t max_trusted_root_bytes = std::size_t{4} << 20;
inline constexpr std::size_t max_trusted_roots = 32;
inline constexpr std::size_t max_authorities = 128;     ///< logs, CAs, TSAs of one root, each
inline constexpr std::size_t max_cached_chains = 1024;  ///< remembered verdicts on chains

}  // namespace acr::sigstore::limits
