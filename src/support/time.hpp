#pragma once

// Points in time as foreign documents give them: src/support/time.hpp
// RFC 3339, stricter than that (V-25, T-17): Sigstore's documents and TUF metadata, compared with sub-second precision.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace acr {

/// Seconds since 1970-01-01T00:00:00Z and nanoseconds of that second (0 … 999,999,999). Covers what int64 seconds do, so
/// that no foreign number overflows.
struct Time {
  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;

  friend auto operator<=>(Time const&, Time const&) = default;
};

/// `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`, 1 to 9 fraction digits, years 0001 … 9999; nothing for anything else
/// (lower-case `t`/`z`, leap second 60, impossible dates).
std::optional<Time> parse_rfc3339(std::string_view text);

/// 9999-12-31T23:59:59Z
inline constexpr std::int64_t last_rfc3339_second = 253402300799;

/// "2026-08-01T10:00:00Z", fraction only when not zero and without trailing zeros; "@<seconds>" outside years 1 … 9999.
std::string to_text(Time time);

}  // namespace acr
