#pragma once

// Versions as Helm takes them: src/chart/semver.hpp (P-61, P-107; Masterminds semver v3, NewVersion)
// Looser than SemVer 2: a leading `v`, one to three numbers, leading zeros. Order is that of SemVer 2.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace acr::chart {

struct Version {
  std::uint64_t major = 0, minor = 0, patch = 0;
  std::string prerelease;  ///< without the `-`
  std::string metadata;    ///< without the `+`; of no influence on the order
  std::string original;    ///< as it was written

  /// "1.2.3-rc.1+build": all three numbers, no `v`.
  [[nodiscard]] std::string text() const;
};

/// Nothing when the text is not a version (P-61).
std::optional<Version> parse_version(std::string_view text);

/// True when the text is a version (P-61).
bool is_version(std::string_view text);

/// True when the text is a version by the letter of SemVer 2: three numbers, no `v`, no leading zeros.
bool is_strict_version(std::string_view text);

/// Precedence of SemVer 2; build metadata is ignored.
std::strong_ordering compare(Version const& a, Version const& b);

}  // namespace acr::chart
