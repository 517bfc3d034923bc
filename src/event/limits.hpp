#pragma once

// Upper bounds of what the runner hands in: src/event/limits.hpp

#include <cstddef>
#include <cstdint>

namespace acr::event {

inline constexpr std::size_t max_payload_bytes = std::size_t{32} << 20;          ///< A-46; GitHub's own limit is 25 MB
inline constexpr std::size_t max_payload_depth = 64;                             ///< A-46
inline constexpr std::size_t max_input_bytes = std::size_t{128} << 10;           ///< one environment value on Linux (A-26)
inline constexpr std::size_t max_list_items = 4096;                              ///< of one input
inline constexpr std::size_t max_path_bytes = 4096;                              ///< one path
inline constexpr std::uint64_t max_attestation_id = 9223372036854775807;         ///< A-92
inline constexpr std::uint64_t max_charts_limit = 100000;                        ///< input `max-charts`
inline constexpr std::uint64_t max_retention_input = 100000;                     ///< clamped afterwards
inline constexpr std::uint64_t min_retention_days = 1, max_retention_days = 90;  ///< A-76

}  // namespace acr::event
