// Masterminds semver v3, NewVersion and Compare: src/chart/semver.hpp (P-61)

#include "chart/semver.hpp"

#include <charconv>

namespace acr::chart {
namespace {

constexpr std::size_t longest_version = 256;

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Takes the next piece up to `.`; `rest` becomes what follows it, and `more` tells whether there was a dot.
std::string_view next_piece(std::string_view& rest, bool& more) {
  auto const dot = rest.find('.');
  more = dot != std::string_view::npos;
  auto const piece = rest.substr(0, dot);
  rest.remove_prefix(more ? dot + 1 : rest.size());
  return piece;
}

bool are_identifiers(std::string_view text, bool leading_zeros_allowed) {
  for (bool more = true; more;) {
    auto const piece = next_piece(text, more);
    if (piece.empty()) return false;
    for (char const c : piece)
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-')) return false;
    if (!leading_zeros_allowed && piece.size() > 1 && piece.front() == '0' && is_number(piece)) return false;
  }
  return true;
}

std::strong_ordering compare_text(std::string_view a, std::string_view b) { return a.compare(b) <=> 0; }

/// Numeric identifiers of any length, without leading zeros.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return compare_text(a, b);
}

/// As Masterminds does it: an identifier beyond 64 bits is not a number there and is compared as text.
bool fits(std::string_view digits) {
  std::uint64_t number = 0;
  return std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc();
}

std::strong_ordering compare_prereleases(std::string_view a, std::string_view b) {
  // A release comes after its pre-releases.
  if (a.empty() || b.empty()) return a.empty() <=> b.empty();
  bool more_a = true, more_b = true;
  while (more_a && more_b) {
    auto const x = next_piece(a, more_a);
    auto const y = next_piece(b, more_b);
    if (x == y) continue;
    bool const x_number = is_number(x) && fits(x);
    bool const y_number = is_number(y) && fits(y);
    if (x_number && y_number) return compare_numbers(x, y);
    if (x_number != y_number) return x_number ? std::strong_ordering::less : std::strong_ordering::greater;
    return compare_text(x, y);
  }
  return more_a <=> more_b;
}

}  // namespace

std::string Version::text() const {
  std::string out = std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
  if (!prerelease.empty()) out += "-" + prerelease;
  if (!metadata.empty()) out += "+" + metadata;
  return out;
}

std::optional<Version> parse_version(std::string_view text) {
  if (text.size() > longest_version) return std::nullopt;
  Version version;
  version.original = text;
  if (text.starts_with('v')) text.remove_prefix(1);
  auto const end = text.find_first_of("-+");
  auto numbers = text.substr(0, end);
  text.remove_prefix(numbers.size());
  std::uint64_t* const parts[] = {&version.major, &version.minor, &version.patch};
  bool more = true;
  for (auto* part : parts) {
    if (!more) break;
    auto const digits = next_piece(numbers, more);
    if (!is_number(digits)) return std::nullopt;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), *part).ec != std::errc()) return std::nullopt;
  }
  if (more) return std::nullopt;  // a fourth number
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    version.prerelease = text.substr(0, text.find('+'));
    text.remove_prefix(version.prerelease.size());
    if (!are_identifiers(version.prerelease, false)) return std::nullopt;
  }
  if (text.starts_with('+')) {
    version.metadata = text.substr(1);
    if (!are_identifiers(version.metadata, true)) return std::nullopt;
  }
  return version;
}

bool is_version(std::string_view text) { return parse_version(text).has_value(); }

bool is_strict_version(std::string_view text) {
  auto const version = parse_version(text);
  return version && version->text() == text;
}

std::strong_ordering compare(Version const& a, Version const& b) {
  if (auto const order = a.major <=> b.major; order != 0) return order;
  if (auto const order = a.minor <=> b.minor; order != 0) return order;
  if (auto const order = a.patch <=> b.patch; order != 0) return order;
  return compare_prereleases(a.prerelease, b.prerelease);
}

}  // namespace acr::chart
