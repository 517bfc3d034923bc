// Patterns of delegated paths (T-29), see metadata.hpp. Shell patterns as Python's fnmatch reads them, one segment at a time.
#include <optional>
#include <string_view>

#include "support/text.hpp"
#include "tuf/metadata.hpp"

namespace acr::tuf {
namespace {

/// One code point, or one byte where the text is not UTF-8.
char32_t next(std::string_view text, std::size_t& at) {
  std::size_t const start = at;
  if (auto const c = next_code_point(text, at)) return *c;
  at = start + 1;
  return 0x110000U + static_cast<unsigned char>(text[start]);  // no character, so it equals none
}

/// Behind the `]` that closes the set which begins at `at` ("["); nothing when it is not closed.
std::optional<std::size_t> set_end(std::string_view pattern, std::size_t at) {
  ++at;
  if (at < pattern.size() && pattern[at] == '!') ++at;
  if (at < pattern.size() && pattern[at] == ']') ++at;  // a first `]` is a member
  auto const close = pattern.find(']', at);
  if (close == std::string_view::npos) return std::nullopt;
  return close + 1;
}

/// `set`: "[…]", closed.
bool in_set(std::string_view set, char32_t c) {
  std::string_view members = set.substr(1, set.size() - 2);
  bool const negated = members.starts_with('!');
  if (negated) members.remove_prefix(1);
  bool found = false;
  for (std::size_t at = 0; at < members.size();) {
    char32_t const first = next(members, at);
    char32_t last = first;
    if (at + 1 < members.size() && members[at] == '-') {
      ++at;
      last = next(members, at);
    }
    found = found || (first <= c && c <= last);
  }
  return found != negated;
}

/// Matches one thing other than `*` at `at` of the pattern against `c`; moves behind it.
bool matches_one(std::string_view pattern, std::size_t& at, char32_t c) {
  if (pattern[at] == '?') return ++at, true;
  if (pattern[at] == '[')
    if (auto const end = set_end(pattern, at)) {
      auto const set = pattern.substr(at, *end - at);
      at = *end;
      return in_set(set, c);
    }
  return next(pattern, at) == c;
}

/// The last `*` is given one character more whenever the rest does not fit: at most |pattern| × |text| steps.
bool matches_segment(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::optional<std::size_t> star;  // behind the last `*`
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    std::size_t after = t;
    char32_t const c = next(text, after);
    if (p < pattern.size() && matches_one(pattern, p, c)) {
      t = after;
      continue;
    }
    if (!star) return false;
    p = *star;
    next(text, star_text);
    t = star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

bool matches_path(std::string_view pattern, std::string_view path) {
  auto const patterns = split(pattern, '/');
  auto const segments = split(path, '/');
  if (patterns.size() != segments.size()) return false;
  for (std::size_t i = 0; i < patterns.size(); ++i)
    if (!matches_segment(patterns[i], segments[i])) return false;
  return true;
}

}  // namespace acr::tuf
