#pragma once

// Upper bounds of this room: src/audit/limits.hpp

#include <cstddef>

namespace acr::audit::limits {

inline constexpr std::size_t workflow_bytes = std::size_t{1} << 20;           ///< one workflow file
inline constexpr std::size_t yaml_levels = 100;                               ///< nesting of lists and maps
inline constexpr std::size_t yaml_nodes = 50'000;                             ///< values of one file
inline constexpr std::size_t yaml_visits = 200'000;                           ///< values looked at, aliases expanded
inline constexpr std::size_t workflow_files = 500;                            ///< of one branch
inline constexpr std::size_t workflow_bytes_together = std::size_t{8} << 20;  ///< of one branch
inline constexpr std::size_t code_owner_bytes = std::size_t{3} << 20;         ///< GitHub ignores a larger CODEOWNERS
inline constexpr std::size_t code_owner_rules = 20'000;                       ///< lines with a pattern
inline constexpr std::size_t owned_paths = 5'000;                             ///< files below .github
inline constexpr std::size_t pattern_bytes = 1'024;                           ///< one pattern of refs or paths
inline constexpr std::size_t call_depth = 10;                                 ///< workflows that call workflows, as on GitHub
inline constexpr std::size_t named = 8;                                       ///< items that one finding lists

}  // namespace acr::audit::limits
