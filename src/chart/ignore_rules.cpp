// Helm's .helmignore, rule by rule: src/chart/ignore_rules.hpp (P-30 … P-39)
// glob_match() is Go's path/filepath.Match on Unix, quirks included: whoever tidies it changes what gets
// packaged.

#include "chart/ignore_rules.hpp"

#include <utility>

#include "chart/limits.hpp"
#include "support/text.hpp"

namespace acr::chart {
namespace {

/// Unicode's White_Space property (P-31); one code point.
bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

std::string_view without_white_space_at_ends(std::string_view text) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t next = begin;
    auto const c = next_code_point(text, next);
    if (!c || !is_white_space(*c)) break;
    begin = next;
  }
  text.remove_prefix(begin);
  for (;;) {
    // The last code point has one to four bytes; white space is well-formed, so exactly one of the tries is
    // it.
    std::size_t cut = 0;
    for (std::size_t size = 1; size <= 3 && size <= text.size(); ++size) {
      std::size_t at = text.size() - size;
      auto const c = next_code_point(text, at);
      if (c && at == text.size() && is_white_space(*c)) cut = size;
    }
    if (cut == 0) return text;
    text.remove_suffix(cut);
  }
}

// Go decodes an invalid byte as U+FFFD of one byte.
struct Rune {
  char32_t value;
  std::size_t size;
  [[nodiscard]] bool invalid() const { return value == 0xFFFD && size == 1; }
};

Rune decode(std::string_view text) {
  std::size_t at = 0;
  auto const c = next_code_point(text, at);
  return c ? Rune{*c, at} : Rune{0xFFFD, 1};
}

/// A class member or range end, escapes resolved; nothing when the pattern is malformed here.
std::optional<char32_t> class_character(std::string_view& chunk) {
  if (chunk.empty() || chunk.front() == '-' || chunk.front() == ']') return {};
  if (chunk.front() == '\\') {
    chunk.remove_prefix(1);
    if (chunk.empty()) return {};
  }
  auto const rune = decode(chunk);
  if (rune.invalid()) return {};
  chunk.remove_prefix(rune.size);
  if (chunk.empty()) return {};  // the class is not closed
  return rune.value;
}

/// One stretch of a pattern: leading stars (as a flag), then everything up to the next star outside a class.
struct Chunk {
  bool star = false;
  std::string_view text;
};

Chunk next_chunk(std::string_view& pattern) {
  Chunk chunk;
  while (!pattern.empty() && pattern.front() == '*') {
    pattern.remove_prefix(1);
    chunk.star = true;
  }
  bool in_class = false;
  std::size_t at = 0;
  for (; at < pattern.size(); ++at) {
    char const c = pattern[at];
    if (c == '\\') {
      if (at + 1 < pattern.size()) ++at;
    } else if (c == '[') {
      in_class = true;
    } else if (c == ']') {
      in_class = false;
    } else if (c == '*' && !in_class) {
      break;
    }
  }
  chunk.text = pattern.substr(0, at);
  pattern.remove_prefix(at);
  return chunk;
}

struct ChunkMatch {
  GlobMatch result;
  std::string_view rest;  ///< of the text, when it matched
};

/// Matches a chunk at the beginning of `text`. After a failure the chunk is still read to its end, because a
/// malformed rest of the same chunk must be noticed (P-33: but not a later chunk).
ChunkMatch match_chunk(std::string_view chunk, std::string_view text) {
  constexpr ChunkMatch malformed{GlobMatch::malformed, {}};
  bool failed = false;
  while (!chunk.empty()) {
    if (!failed && text.empty()) failed = true;
    switch (chunk.front()) {
      case '[': {
        Rune rune{0, 0};
        if (!failed) {
          rune = decode(text);
          text.remove_prefix(rune.size);
        }
        chunk.remove_prefix(1);
        bool negated = false;
        if (!chunk.empty() && chunk.front() == '^') {
          negated = true;
          chunk.remove_prefix(1);
        }
        bool match = false;
        for (unsigned ranges = 0;; ++ranges) {
          if (!chunk.empty() && chunk.front() == ']' && ranges > 0) {
            chunk.remove_prefix(1);
            break;
          }
          auto const low = class_character(chunk);
          if (!low) return malformed;
          auto high = low;
          if (chunk.front() == '-') {
            chunk.remove_prefix(1);
            high = class_character(chunk);
            if (!high) return malformed;
          }
          if (*low <= rune.value && rune.value <= *high) match = true;
        }
        if (match == negated) failed = true;
        break;
      }
      case '?':
        if (!failed) {
          if (text.front() == '/') failed = true;
          text.remove_prefix(decode(text).size);
        }
        chunk.remove_prefix(1);
        break;
      case '\\':
        chunk.remove_prefix(1);
        if (chunk.empty()) return malformed;
        [[fallthrough]];
      default:
        if (!failed) {
          if (chunk.front() != text.front()) failed = true;
          text.remove_prefix(1);
        }
        chunk.remove_prefix(1);
    }
  }
  if (failed) return {GlobMatch::no, {}};
  return {GlobMatch::yes, text};
}

}  // namespace

GlobMatch glob_match(std::string_view pattern, std::string_view text) {
  while (!pattern.empty()) {
    auto const [star, chunk] = next_chunk(pattern);
    // A trailing star takes the rest of a component.
    if (star && chunk.empty())
      return text.find('/') == std::string_view::npos ? GlobMatch::yes : GlobMatch::no;

    auto const here = match_chunk(chunk, text);
    // The last chunk must use up the text; else try at later places, for there may be a star in front.
    if (here.result == GlobMatch::yes && (here.rest.empty() || !pattern.empty())) {
      text = here.rest;
      continue;
    }
    if (here.result == GlobMatch::malformed) return GlobMatch::malformed;
    bool found = false;
    if (star) {
      for (std::size_t at = 0; at < text.size() && text[at] != '/'; ++at) {
        auto const later = match_chunk(chunk, text.substr(at + 1));
        if (later.result == GlobMatch::malformed) return GlobMatch::malformed;
        if (later.result == GlobMatch::no) continue;
        if (pattern.empty() && !later.rest.empty()) continue;
        text = later.rest;
        found = true;
        break;
      }
    }
    if (found) continue;
    // What is left of the pattern is not looked at: a malformed rest gets through (P-33).
    return GlobMatch::no;
  }
  return text.empty() ? GlobMatch::yes : GlobMatch::no;
}

IgnoreRules::IgnoreRules() {
  patterns_.push_back({{0, "templates/.?*", false}, "templates/.?*", false, true, Pattern::Form::glob});  // P-36
}

Verdict<IgnoreRules> IgnoreRules::parse(std::string_view text) {
  IgnoreRules rules;
  auto const built_in = std::move(rules.patterns_.back());
  rules.patterns_.pop_back();

  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    auto const end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    auto const refuse = [&](std::string why) {
      return reject("ignore-rule", ".helmignore:" + std::to_string(number), std::move(why));
    };
    if (line.size() >= ignore_line_bytes)
      return refuse("the line is too long").rule("P-31").expected("less than 65536 bytes");
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    line = without_white_space_at_ends(line);
    if (line.empty() || line.starts_with('#')) continue;

    if (line.find("**") != std::string_view::npos)
      return refuse("`**` is not supported by Helm")
          .rule("P-32")
          .found(std::string(line))
          .mend("a rule without a slash matches at any depth: write the name alone");
    if (glob_match(line, "abc") == GlobMatch::malformed)
      return refuse("the pattern is malformed")
          .rule("P-33")
          .found(std::string(line))
          .mend("close the class, or escape with a backslash");

    Pattern pattern{{number, std::string(line), false}, {}, false, false, Pattern::Form::glob};
    if (line.starts_with('!')) {
      pattern.rule.negated = true;
      line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
      pattern.directories_only = true;
      line.remove_suffix(1);
    }
    pattern.whole_path = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    pattern.glob = line;
    pattern.form = form_of(pattern);
    rules.patterns_.push_back(std::move(pattern));
  }
  rules.patterns_.push_back(built_in);
  return rules;
}

IgnoreRules::Pattern::Form IgnoreRules::form_of(Pattern const& pattern) {
  constexpr std::string_view special = "*?[\\";
  std::string_view const glob = pattern.glob;
  if (glob.find_first_of(special) == std::string_view::npos) return Pattern::Form::literal;
  // In a component without a slash, a star in front of plain text is free to take all the rest.
  if (!pattern.whole_path && glob.front() == '*' && glob.find_first_of(special, 1) == std::string_view::npos)
    return Pattern::Form::suffix;
  return Pattern::Form::glob;
}

bool IgnoreRules::matches(Pattern const& pattern, std::string_view path, std::string_view name) {
  auto const text = pattern.whole_path ? path : name;
  switch (pattern.form) {
    case Pattern::Form::literal:
      return text == pattern.glob;
    case Pattern::Form::suffix:
      return text.ends_with(std::string_view(pattern.glob).substr(1));
    case Pattern::Form::glob:
      break;
  }
  return glob_match(pattern.glob, text) == GlobMatch::yes;
}

std::optional<IgnoreRule> IgnoreRules::decision(std::string_view path, EntryKind kind) const {
  if (path.empty() || path == "." || path == "./") return {};
  auto const name = path.substr(path.rfind('/') + 1);
  for (auto const& pattern : patterns_) {
    bool const wrong_kind = pattern.directories_only && kind != EntryKind::directory;
    if (wrong_kind && !pattern.rule.negated) continue;
    bool const matched = !wrong_kind && matches(pattern, path, name);
    // P-37: a plain rule ignores what it matches, a negated one all that it does not; there is no
    // re-inclusion.
    if (matched != pattern.rule.negated) return pattern.rule;
  }
  return {};
}

std::vector<IgnoreRule> IgnoreRules::negated_rules() const {
  std::vector<IgnoreRule> rules;
  for (auto const& pattern : patterns_)
    if (pattern.rule.negated) rules.push_back(pattern.rule);
  return rules;
}

}  // namespace acr::chart
