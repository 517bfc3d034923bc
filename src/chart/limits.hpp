#pragma once

// All upper bounds of this room: src/chart/limits.hpp
// Constants are Helm's own or the specification's; the struct holds what a caller may change.

#include <cstddef>
#include <cstdint>

namespace acr::chart {

/// Bounds on one chart (P-18, P-19, P-154, P-159). Sizes in bytes.
struct Limits {
  std::uint64_t file_bytes = 5'242'880;     ///< one file, equal is allowed (P-18)
  std::uint64_t chart_bytes = 104'857'600;  ///< all entries of a package; reaching it is refused (P-19)
  std::uint64_t files = 100'000;            ///< files of a chart, archives unpacked (P-154)
  std::uint64_t directories = 100'000;      ///< directories walked, links to directories counted each time
  std::uint64_t entries = 2'000'000;        ///< entries of directories looked at, ignored ones too (B-25)
  std::size_t path_bytes = 4096;            ///< a path in the chart (P-154)
  unsigned chart_depth = 200;               ///< charts within charts; each level is a level of our stack (P-154)
  unsigned archive_depth = 10;              ///< archives within archives (P-159)
  std::size_t local_directories = 256;      ///< that one chart reaches through `file://` dependencies (D-35)
};

/// What a tar archive is made of (P-110).
inline constexpr std::size_t tar_block_bytes = 512;

/// Ignored paths that are kept by name; the others are counted only (B-25).
inline constexpr std::size_t ignored_kept = 1'000;

/// A rule of .helmignore, its CR counted, its LF not, stays below this (P-31).
inline constexpr std::size_t ignore_line_bytes = 65'536;

/// Rules of one .helmignore, comments not counted (B-25).
inline constexpr std::size_t ignore_rules_per_chart = 10'000;

/// The name of a package file (P-3).
inline constexpr std::size_t file_name_bytes = 255;

/// Links followed while one path is resolved, as Linux counts.
inline constexpr unsigned links_followed = 40;

/// An ignore file, Chart.yaml, a lock: as any file (P-153).
inline constexpr std::size_t text_bytes = 5'242'880;

/// A Git LFS pointer is smaller than this (P-20).
inline constexpr std::size_t lfs_pointer_bytes = 1024;

/// Nesting of lists and maps in JSON, the root included (P-80).
inline constexpr std::size_t json_levels = 10'000;

/// Values of Chart.yaml, requirements.yaml and locks: fewer than of other YAML (yaml/limits.hpp), since they are read for many
/// charts at once, by all workers (B-25).
inline constexpr std::size_t metadata_values = 100'000;

/// Values that are looked at line by line first (simple_values.hpp): they stay below yaml::limits::values in any case.
inline constexpr std::size_t simple_values_bytes = 1'048'576;

/// Values of one import-values list, aliases expanded (P-153).
inline constexpr std::size_t import_value_nodes = 100'000;

/// Keys of one map that is written: they are sorted by insertion (P-101a).
inline constexpr std::size_t written_keys = 10'000;

/// A version constraint and its alternatives (dependencies.md D-13).
inline constexpr std::size_t constraint_bytes = 512;
inline constexpr std::size_t constraint_groups = 32;

}  // namespace acr::chart
