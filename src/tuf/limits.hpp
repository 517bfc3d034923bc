#pragma once

// Every upper bound of this room: src/tuf/limits.hpp (T-15, T-24, T-29, T-30)

#include <cstddef>

namespace acr::tuf::limits {

inline constexpr std::size_t root_bytes = 512'000;        ///< T-30
inline constexpr std::size_t timestamp_bytes = 16'384;    ///< T-30
inline constexpr std::size_t snapshot_bytes = 2'000'000;  ///< T-30
inline constexpr std::size_t targets_bytes = 5'000'000;   ///< T-30, delegated roles too
inline constexpr std::size_t json_depth = 64;             ///< T-15
inline constexpr std::size_t root_updates = 256;          ///< T-24, of one refresh
inline constexpr std::size_t delegation_visits = 32;      ///< T-29, of one search
inline constexpr std::size_t role_name_bytes = 250;       ///< T-29, encoded: with ".json" a file name of any file system
inline constexpr unsigned rsa_bits = 2048;                ///< T-18, the least

}  // namespace acr::tuf::limits
