#pragma once

// All upper bounds of this room: src/yaml/limits.hpp

#include <cstddef>
#include <cstdint>

namespace acr::yaml::limits {

/// Nesting of lists and maps, the root included (P-68).
inline constexpr std::size_t levels = 10'000;

/// Values of one document, keys and what merge keys copy included (P-153).
inline constexpr std::size_t values = 2'000'000;

/// Sum over all events of the open flow collections: libyaml looks at each of them for every token (P-153).
inline constexpr std::uint64_t work = 160'000'000;

/// Characters replaced for libyaml in one document (P-62a); each costs another reading.
inline constexpr std::size_t patches = 64;

/// Duplicate keys that Document::duplicates lists.
inline constexpr std::size_t duplicates = 16;

}  // namespace acr::yaml::limits
