#pragma once

// All upper bounds of this room: src/dependencies/limits.hpp (dependencies.md D-15, D-20, D-22, D-26, D-35)

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace acr::dependencies::limits {

inline constexpr std::size_t index_bytes = std::size_t{100} << 20;            ///< one index (D-15)
inline constexpr std::size_t index_depth = 64;                                ///< nesting of an index; real ones have 8
inline constexpr std::size_t index_versions = 1'000;                          ///< entries of the locked versions of one name
inline constexpr std::size_t index_text_bytes = 8192;                         ///< version, digest, URL, key of a wanted entry
inline constexpr std::size_t index_entry_keys = 1'000;                        ///< of one entry; real ones have 20
inline constexpr std::size_t index_scalar_bytes = std::size_t{4} << 20;       ///< of YAML between two events: text, comment
inline constexpr std::size_t index_buffer_bytes = std::size_t{256} << 10;     ///< of an index held between network and parser
inline constexpr std::size_t index_kept_bytes = std::size_t{4} << 20;         ///< smaller ones are kept for later orders
inline constexpr std::size_t run_index_kept_bytes = std::size_t{32} << 20;    ///< all of these together
inline constexpr std::size_t archive_bytes = 5'242'880;                       ///< P-18: Helm refuses a larger one
inline constexpr std::size_t chart_dependencies = 100;                        ///< of one chart (D-35)
inline constexpr std::size_t run_archives = 256;                              ///< D-35
inline constexpr std::uint64_t run_archive_bytes = std::uint64_t{512} << 20;  ///< D-35
inline constexpr std::size_t run_archive_kept_bytes = std::size_t{32} << 20;  ///< in memory; the others go to a file (B-25)
inline constexpr std::uint64_t run_index_bytes = std::uint64_t{1} << 30;      ///< D-35
inline constexpr std::size_t manifest_bytes = std::size_t{4} << 20;           ///< OCI manifest or index (D-20)
inline constexpr std::size_t manifest_children = 16;                          ///< D-20
inline constexpr std::size_t token_bytes = std::size_t{128} << 10;            ///< answer of a token service (D-22)
inline constexpr std::chrono::seconds token_life{60};                         ///< without `expires_in` (D-22)
inline constexpr std::size_t local_depth = 10;                                ///< chains of `file://`; the chart is 0 (D-26)
inline constexpr std::size_t local_targets = 256;  ///< directories that one chart reaches through `file://` (D-35)
inline constexpr std::size_t password_bytes = 8;   ///< shorter ones cannot be masked (D-36)
inline constexpr std::size_t login_file_bytes = std::size_t{1} << 20;      ///< of `docker login` (D-36)
inline constexpr std::size_t helper_answer_bytes = std::size_t{64} << 10;  ///< of `docker-credential-NAME get`
inline constexpr std::size_t helper_name_bytes = 100;
inline constexpr std::chrono::seconds helper_time{30};
inline constexpr std::size_t nearest_versions = 5;  ///< shown when a version is not found

}  // namespace acr::dependencies::limits
