#pragma once

// Upper bounds of the release room: src/release/limits.hpp

#include <cstddef>

namespace acr::release::limits {

inline constexpr std::size_t id_file_bytes = 64;                         ///< `<chart>.id` (A-71): 19 digits, a line end
inline constexpr std::size_t id_files = 4096;                            ///< entries of `attestation-ids-dir`
inline constexpr std::size_t bundle_file_bytes = std::size_t{64} << 20;  ///< one of `bundle-paths`, all its lines
inline constexpr std::size_t other_candidates =
    32;  ///< attestations of one subject tried when the id is not among them (A-100)

}  // namespace acr::release::limits
