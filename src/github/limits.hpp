#pragma once

// Upper bounds of what GitHub may send us: src/github/limits.hpp (github-api.md G-6, G-7, G-12b, G-14, G-31, G-37 … G-40)

#include <cstddef>

namespace acr::github::limits {

inline constexpr std::size_t json_bytes = std::size_t{32} << 20;              ///< one JSON answer (G-6)
inline constexpr std::size_t json_depth = 64;                                 ///< nesting of one JSON answer (G-6)
inline constexpr std::size_t blob_bytes = std::size_t{100} << 20;             ///< one raw blob (G-19)
inline constexpr std::size_t compressed_bundle_bytes = std::size_t{8} << 20;  ///< one download (G-14)
inline constexpr std::size_t bundle_bytes = std::size_t{16} << 20;            ///< one bundle after Snappy (G-14)
inline constexpr std::size_t kept_bundle_bytes = std::size_t{32}
                                                 << 20;  ///< of bundles that a listing holds itself, all subjects
inline constexpr std::size_t parallel_requests = 32;     ///< API requests at once, at most (G-40)
inline constexpr std::size_t parallel_downloads = 96;    ///< storage downloads at once (G-40)
inline constexpr std::size_t small_bundle_bytes = std::size_t{128} << 10;  ///< a larger download counts as a large one
inline constexpr std::size_t large_downloads = 20;               ///< at once, so that what is in memory is bounded (G-40)
inline constexpr std::size_t bulk_from = 10;                     ///< missing objects, below: one by one (G-37)
inline constexpr std::size_t bulk_objects = 100;                 ///< of one GraphQL request (G-37)
inline constexpr std::size_t bulk_requests = 8;                  ///< GraphQL requests at once (G-39)
inline constexpr std::size_t bulk_bytes = std::size_t{4} << 20;  ///< one GraphQL answer (G-39)
inline constexpr std::size_t bulk_failures = 3;                  ///< of one run, then objects come one by one (G-38)
inline constexpr std::size_t pages = 20;                         ///< pages of one listing (G-31)
inline constexpr std::size_t page_entries = 100;                 ///< `per_page`
inline constexpr std::size_t bulk_digests = 1024;                ///< subjects of one bulk call (G-12b)
inline constexpr std::size_t matching_refs = 1000;               ///< refs kept of a listing by prefix
inline constexpr std::size_t rulesets = 100;                     ///< whose details are asked for (U-25)
inline constexpr std::size_t owner_errors = 1000;                ///< lines of CODEOWNERS that are wrong (U-26)
inline constexpr std::size_t ref_pages = 3;  ///< of a listing that stands for single questions about its refs (B-24)
inline constexpr std::size_t kept_tree_entries = 100'000;                ///< of trees that came by REST, about 150 bytes each
inline constexpr std::size_t kept_blob_bytes = std::size_t{24} << 20;    ///< of blobs that were read once
inline constexpr std::size_t unread_blob_bytes = std::size_t{32} << 20;  ///< of blobs that wait to be read
inline constexpr std::size_t prefetched_blob_bytes = std::size_t{5} << 20;  ///< no chart may hold a larger file (P-18)
inline constexpr std::size_t error_text = 300;                              ///< characters of a server's message (G-32)
inline constexpr unsigned few_requests_left = 50;                           ///< below: a warning (G-26)

}  // namespace acr::github::limits
