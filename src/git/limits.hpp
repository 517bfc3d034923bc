#pragma once

// Upper bounds of what is read from git: src/git/limits.hpp

#include <cstddef>

namespace acr::git {

inline constexpr std::size_t max_annotation_bytes = std::size_t{1} << 20;  ///< a tag's message (A-92)
inline constexpr std::size_t max_lineage_entries = 512;                    ///< A-94
inline constexpr std::size_t max_lineage_key = 128;                        ///< characters (A-92)
inline constexpr std::size_t max_tag_depth = 5;                            ///< tag objects in a row (A-91)
inline constexpr std::size_t max_commit_bytes = std::size_t{8} << 20;      ///< commit and tag objects
inline constexpr std::size_t max_tree_bytes = std::size_t{32} << 20;       ///< one tree object
inline constexpr std::size_t max_tree_entries = 100000;                    ///< as the API's own limit (G-18)
inline constexpr std::size_t max_commits_walked = 200000;                  ///< one question about history
inline constexpr std::size_t max_commit_parents = 1000;                    ///< of one commit; octopus merges have some tens
inline constexpr std::size_t max_parents_walked = 5 * max_commits_walked;  ///< one question about history, repeats counted
inline constexpr std::size_t max_merge_bases = 64;                         ///< of two commits; criss-cross merges have a few
inline constexpr std::size_t max_packed_refs_bytes = std::size_t{64} << 20;
inline constexpr std::size_t max_loose_ref_bytes = 4096;
inline constexpr std::size_t max_loose_refs_listed = 100000;
inline constexpr std::size_t max_ref_depth = 32;           ///< directories below `refs`
inline constexpr std::size_t max_lineage_subjects = 512;   ///< lines of the input
inline constexpr std::size_t max_subject_template = 4096;  ///< bytes of one template

}  // namespace acr::git
