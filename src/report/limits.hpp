#pragma once

// Upper bounds of everything the program writes: src/report/limits.hpp (rules of the action contract beside each)

#include <cstddef>

namespace acr::report {

inline constexpr std::size_t max_output_bytes = std::size_t{512} << 10;   ///< one output (A-26)
inline constexpr std::size_t max_summary_bytes = std::size_t{960} << 10;  ///< job summary (A-28)
inline constexpr std::size_t max_audit_bytes = std::size_t{48} << 10;     ///< the audit beside it; together below 1 MiB (A-28)
inline constexpr std::size_t max_matrix_jobs = 256;                       ///< platform limit of a matrix (A-26)
inline constexpr std::size_t max_annotations = 10;                        ///< of each kind (A-34)
inline constexpr std::size_t max_message_characters = 4000;               ///< the runner cuts at 4,096 (A-34)
inline constexpr std::size_t max_foreign_characters = 1000;               ///< one foreign text in a line (A-35)
inline constexpr std::size_t min_secret_bytes = 8;                        ///< shorter ones are never masked (A-27)
inline constexpr std::size_t max_checksum_lines = 1024;                   ///< A-68
inline constexpr std::size_t max_checksum_bytes = 524288;                 ///< A-68
inline constexpr std::size_t max_manifest_bytes = std::size_t{8} << 20;   ///< manifest read by `finalize`
inline constexpr std::size_t max_body_characters = 65536;                 ///< description, code points (A-87)
inline constexpr std::size_t max_body_bytes = 262144;                     ///< description (A-87)
inline constexpr std::size_t max_artifact_lines = 500;                    ///< A-30
inline constexpr std::size_t max_artifact_bytes = std::size_t{1} << 20;   ///< A-30
inline constexpr std::size_t max_graph_bytes = 40000;                     ///< Mermaid's own limit is 50,000
inline constexpr std::size_t max_graph_edges = 400;                       ///< Mermaid's own limit is 500

}  // namespace acr::report
