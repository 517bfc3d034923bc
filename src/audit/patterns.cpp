#include "audit/patterns.hpp"

#include <bitset>
#include <cstdint>
#include <utility>

#include "audit/limits.hpp"
#include "support/work_budget.hpp"

namespace acr::audit {
namespace {

struct Token {
  enum class Kind : std::uint8_t {
    one,          ///< a byte of `set`
    in_segment,   ///< `*`: any number of bytes but `/`
    anything,     ///< `**`: any number of bytes
    directories,  ///< `**/`: nothing, or anything that ends in `/`
  };
  Kind kind = Kind::one;
  std::bitset<256> set{};
};

using Tokens = std::vector<Token>;

Token literal(char c) {
  Token token;
  token.set.set(static_cast<unsigned char>(c));
  return token;
}

Token any_but_slash() {
  Token token;
  token.set.set();
  token.set.reset('/');
  return token;
}

// All states at once: no pattern makes this go back.
bool matches(Tokens const& tokens, std::string_view text) {
  charge_work((tokens.size() + 1) * (text.size() + 1) / 8);
  std::vector<bool> now(tokens.size() + 1), next(tokens.size() + 1);
  auto const reach = [&](std::vector<bool>& states) {
    for (std::size_t i = 0; i < tokens.size(); ++i)
      if (states[i] && tokens[i].kind != Token::Kind::one) states[i + 1] = true;
  };
  now[0] = true;
  reach(now);
  // `directories` may be left only before its first byte and behind a slash, so inside of it is a state of its own.
  std::vector<bool> inside(tokens.size()), next_inside(tokens.size());
  for (char const c : text) {
    next.assign(next.size(), false);
    next_inside.assign(next_inside.size(), false);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      bool const here = now[i];
      switch (tokens[i].kind) {
        case Token::Kind::one:
          if (here && tokens[i].set.test(static_cast<unsigned char>(c))) next[i + 1] = true;
          break;
        case Token::Kind::in_segment:
          if (here && c != '/') next[i] = true;
          break;
        case Token::Kind::anything:
          if (here) next[i] = true;
          break;
        case Token::Kind::directories:
          if (here || inside[i]) {
            if (c == '/')
              next[i] = true;
            else
              next_inside[i] = true;
          }
          break;
      }
    }
    reach(next);
    now.swap(next);
    inside.swap(next_inside);
  }
  return now[tokens.size()];
}

// `[abc]`, `[a-z]`, `[^abc]`; `at` is behind the bracket, and afterwards behind the closing one.
std::optional<Token> set_of(std::string_view pattern, std::size_t& at) {
  Token token;
  bool negated = false;
  if (at < pattern.size() && (pattern[at] == '^' || pattern[at] == '!')) negated = true, ++at;
  for (bool first = true; at < pattern.size(); first = false) {
    if (pattern[at] == ']' && !first) {
      ++at;
      if (negated) token.set.flip();
      token.set.reset('/');
      return token;
    }
    auto const from = static_cast<unsigned char>(pattern[at++]);
    auto to = from;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      to = static_cast<unsigned char>(pattern[at + 1]);
      at += 2;
    }
    for (unsigned each = from; each <= to; ++each) token.set.set(each);
  }
  return std::nullopt;
}

std::optional<Tokens> ruleset_tokens(std::string_view pattern) {
  if (pattern.size() > limits::pattern_bytes) return std::nullopt;
  Tokens tokens;
  bool segment_begins = true;
  for (std::size_t at = 0; at < pattern.size();) {
    bool const begins = std::exchange(segment_begins, pattern[at] == '/');
    if (begins && pattern.substr(at).starts_with("**/")) {
      tokens.push_back({.kind = Token::Kind::directories});
      segment_begins = true;
      at += 3;
    } else if (pattern[at] == '*') {
      while (at < pattern.size() && pattern[at] == '*') ++at;
      tokens.push_back({.kind = Token::Kind::in_segment});
    } else if (pattern[at] == '?') {
      tokens.push_back(any_but_slash());
      ++at;
    } else if (pattern[at] == '[') {
      auto const set = set_of(pattern, ++at);
      if (!set) return std::nullopt;
      tokens.push_back(*set);
    } else {
      if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
      tokens.push_back(literal(pattern[at++]));
    }
  }
  return tokens;
}

Tokens filter_tokens(std::string_view pattern) {
  Tokens tokens;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '*') {
      tokens.push_back(literal(pattern[at]));
    } else if (pattern.substr(at).starts_with("**")) {
      tokens.push_back({.kind = Token::Kind::anything});
      ++at;
    } else {
      tokens.push_back({.kind = Token::Kind::in_segment});
    }
  }
  return tokens;
}

}  // namespace

std::optional<bool> ruleset_pattern_matches(std::string_view pattern, std::string_view ref) {
  auto const tokens = ruleset_tokens(pattern);
  if (!tokens) return std::nullopt;
  return matches(*tokens, ref);
}

std::optional<bool> ruleset_covers(std::vector<std::string> const& include, std::vector<std::string> const& exclude,
                                   std::string_view ref) {
  bool included = false, unsure = false;
  for (auto const& pattern : include) {
    auto const match = pattern == "~ALL"              ? std::optional(true)
                       : pattern == "~DEFAULT_BRANCH" ? std::optional(false)
                                                      : ruleset_pattern_matches(pattern, ref);
    included = included || match.value_or(false);
    unsure = unsure || !match;
  }
  if (!included) return unsure ? std::nullopt : std::optional(false);
  unsure = false;
  for (auto const& pattern : exclude) {
    auto const match = pattern == "~ALL" ? std::optional(true) : ruleset_pattern_matches(pattern, ref);
    if (match.value_or(false)) return false;
    unsure = unsure || !match;
  }
  return unsure ? std::nullopt : std::optional(true);
}

std::optional<bool> branch_filter_admits(std::vector<std::string> const& patterns, std::string_view branch) {
  bool admitted = false;
  for (std::string_view pattern : patterns) {
    if (pattern.size() > limits::pattern_bytes || pattern.find_first_of("?+[]\\") != std::string_view::npos)
      return std::nullopt;
    bool const negated = pattern.starts_with('!');
    if (negated) pattern.remove_prefix(1);
    if (matches(filter_tokens(pattern), branch)) admitted = !negated;
  }
  return admitted;
}

bool owner_pattern_matches(std::string_view pattern, std::string_view path, Reach reach) {
  if (pattern.empty() || pattern.size() > limits::pattern_bytes) return false;
  bool const directory = pattern.ends_with('/');
  if (directory) pattern.remove_suffix(1);
  bool const anchored = pattern.find('/') != std::string_view::npos;
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  if (pattern.empty()) return false;  // "/" alone matches nothing

  Tokens tokens;
  if (!anchored) tokens.push_back({.kind = Token::Kind::directories});
  bool begins = true, wildcard_at_end = false;
  for (std::size_t at = 0; at < pattern.size();) {
    auto const rest = pattern.substr(at);
    if (begins && rest.starts_with("**/")) {
      tokens.push_back({.kind = Token::Kind::directories});
      at += 3;
      continue;
    }
    begins = pattern[at] == '/';
    if (begins) wildcard_at_end = false;
    if (rest == "**") {
      tokens.push_back({.kind = Token::Kind::anything});
      at += 2;
    } else if (pattern[at] == '*') {
      while (at < pattern.size() && pattern[at] == '*') ++at;
      tokens.push_back({.kind = Token::Kind::in_segment});
      wildcard_at_end = true;
    } else if (pattern[at] == '?') {
      tokens.push_back(any_but_slash());
      ++at;
    } else {
      if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
      tokens.push_back(literal(pattern[at++]));
    }
  }
  if (!directory && matches(tokens, path)) return true;
  // As a directory's pattern; from the path alone nobody knows which of its names are directories.
  if (!directory && anchored && wildcard_at_end && reach == Reach::sure) return false;
  tokens.push_back(literal('/'));
  tokens.push_back({.kind = Token::Kind::anything});
  return matches(tokens, path);
}

}  // namespace acr::audit
