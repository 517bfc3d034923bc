#pragma once

// Regular expressions for `cert-identity-regex`: src/sigstore/identity_pattern.hpp
// The part of RE2's syntax that identities need, matched in time linear in the text: the text comes from a certificate, and a
// backtracking matcher would let its author choose how long we think.

#include <bitset>
#include <cstddef>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::sigstore {

/// Known: literals, `.`, `[…]` with ranges and `^`, `\` before punctuation, `\d \w \s` (and inside classes), `( )`, `(?: )`,
/// `|`,
/// `* + ?`, `{m} {m,} {m,n}` up to 200, `^`, `$`, and `(?i)` at the very beginning (ASCII). Works on bytes.
class IdentityPattern {
 public:
  /// Refused (code "policy"): whatever is not in the list above, and patterns above 1,000 characters or 20,000 states.
  static Verdict<IdentityPattern> compile(std::string_view pattern);

  /// Search, not anchored.
  [[nodiscard]] bool found_in(std::string_view text) const;

 private:
  friend class PatternCompiler;
  struct State {
    enum class Kind { bytes, split, begin, end, match } kind = Kind::match;
    std::bitset<256> bytes;
    std::size_t next = 0, other = 0;
  };
  void add(std::vector<std::size_t>& list, std::vector<bool>& present, std::size_t state, bool at_begin, bool at_end) const;
  std::vector<State> states_;
  std::size_t start_ = 0;
};

}  // namespace acr::sigstore
