#pragma once

// Chart.lock and requirements.lock, read and written as Helm 4.2 does: src/chart/chart_lock.hpp (P-69, P-85, P-86)

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/chart_metadata.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

/// A point in time as RFC 3339 text gives it.
struct LockTime {
  std::int64_t seconds = 0;         ///< since 1970, UTC; may be negative
  std::int32_t nanoseconds = 0;     ///< 0 … 999 999 999
  std::int32_t offset_seconds = 0;  ///< of the zone it is written in, east positive, whole minutes
  friend bool operator==(LockTime const&, LockTime const&) = default;
};

struct ChartLock {
  std::optional<LockTime> generated;  ///< nothing: absent or null
  std::string digest;                 ///< as written, usually "sha256:<hex>"
  /// Nothing: the key was absent or null, written as `null`; an empty list is written as `[]`. Not sanitised.
  std::optional<std::vector<Dependency>> dependencies;
  friend bool operator==(ChartLock const&, ChartLock const&) = default;
};

/// Seconds of 0001-01-01T00:00:00Z: Helm's "no time".
inline constexpr std::int64_t zero_time_seconds = -62'135'596'800;

/// Reads a lock (P-69). Nothing for an empty, comment-only or `null` file: no lock, and it cancels an earlier one.
/// Code `chart-lock`, `where` is `file` with the line.
Verdict<std::optional<ChartLock>> read_lock(std::string_view bytes, std::string_view file);

/// Chart.lock as Helm writes it (P-85). Code `chart-yaml-unwritable`, `where` is "Chart.lock".
Verdict<std::string> write_lock(ChartLock const& lock);

/// The entry time of Chart.lock: `generated`, rounded to the nearest second (P-86, P-87). Nothing when it is Helm's zero
/// time: absent, null, or any spelling of 0001-01-01T00:00:00Z.
std::optional<std::int64_t> generated_time(ChartLock const& lock);

/// Makes `generated` a whole second in UTC (profile epoch-all, P-132).
void set_generated(ChartLock& lock, std::int64_t seconds);

}  // namespace acr::chart
