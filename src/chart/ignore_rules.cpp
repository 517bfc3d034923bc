// Helm's .helmignore, rule by rule: src/chart/ignore_rules.hpp (P-30 … P-39)
// glob_match() is Go's path/filepath.Match on Unix, quirks included: tidying it changes what gets
// packaged.

#include "chart/ignore_rules.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "chart/limits.hpp"
#include "support/text.hpp"
#include "support/work_budget.hpp"

namespace acr::chart {
namespace {

/// Unicode's White_Space property (P-31); one code point.
bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
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
  charge_work(chunk.size() + 16);
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
    if (star && chunk.empty()) return text.find('/') == std::string_view::npos ? GlobMatch::yes : GlobMatch::no;

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

namespace {

constexpr std::string_view special = "*?[\\";

/// One rule, taken apart (P-34, P-35).
struct Pattern {
  IgnoreRule rule;
  std::string glob;  ///< without the leading `!` or `/` and the trailing `/`
  bool directories_only = false;
  bool whole_path = false;  ///< else the last component

  /// What a text must begin and end with, whatever stands between: no matching text lacks it.
  [[nodiscard]] std::string_view literal_prefix() const {
    return std::string_view(glob).substr(0, glob.find_first_of(special));
  }
  [[nodiscard]] std::string_view literal_suffix() const {
    auto const last = glob.find_last_of("*?[]\\");
    return last == std::string::npos ? std::string_view(glob) : std::string_view(glob).substr(last + 1);
  }
  [[nodiscard]] bool is_literal() const { return glob.find_first_of(special) == std::string::npos; }
  /// In a component without a slash, a star in front of plain text is free to take all the rest.
  [[nodiscard]] bool is_suffix() const {
    return !whole_path && glob.starts_with('*') && glob.find_first_of(special, 1) == std::string::npos;
  }

  [[nodiscard]] bool matches(std::string_view path, std::string_view name) const {
    charge_work(units_of_a_rule);
    auto const text = whole_path ? path : name;
    if (is_literal()) return text == glob;
    if (!text.starts_with(literal_prefix()) || !text.ends_with(literal_suffix())) return false;
    if (is_suffix()) return text.ends_with(std::string_view(glob).substr(1));
    return glob_match(glob, text) == GlobMatch::yes;
  }

 private:
  static constexpr std::size_t units_of_a_rule = 50;
};

constexpr std::size_t nothing = std::numeric_limits<std::size_t>::max();

/// Rules by a text that what they match must equal, begin or end with, so that a path meets few of them (B-26).
class RuleTable {
 public:
  enum class Side { front, back };
  explicit RuleTable(Side side) : side_(side) {}

  /// `key` must live as long as the table. Positions of a key come in ascending order.
  void add(std::string_view key, std::size_t position) {
    rules_[key].push_back(position);
    auto const place = std::ranges::lower_bound(lengths_, key.size());
    if (place == lengths_.end() || *place != key.size()) lengths_.insert(place, key.size());
  }

  /// Calls `take` with the positions of each key that `text` begins (ends) with.
  template <class Take>
  void each(std::string_view text, Take const& take) const {
    for (auto const length : lengths_) {
      if (length > text.size()) return;
      charge_work(length + 50);
      auto const found = rules_.find(side_ == Side::front ? text.substr(0, length) : text.substr(text.size() - length));
      if (found != rules_.end()) take(found->second);
    }
  }

 private:
  Side side_;
  std::vector<std::size_t> lengths_;  ///< of the keys, ascending, each once
  std::unordered_map<std::string_view, std::vector<std::size_t>> rules_;
};

}  // namespace

/// Rules in order, and where to find those that may fit a path.
struct IgnoreRules::Compiled {
  explicit Compiled(std::vector<Pattern> rules) : patterns(std::move(rules)) {
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      auto const& pattern = patterns[i];
      if (pattern.rule.negated)
        negated.push_back(i);
      else if (pattern.is_literal())
        (pattern.whole_path ? literal_paths : literal_names)[pattern.glob].push_back(i);
      else if (pattern.literal_prefix().empty())
        (pattern.whole_path ? path_ends : name_ends).add(pattern.literal_suffix(), i);
      else
        (pattern.whole_path ? path_starts : name_starts).add(pattern.literal_prefix(), i);
    }
  }
  Compiled(Compiled const&) = delete;
  Compiled& operator=(Compiled const&) = delete;

  /// The first rule that ignores `path` (P-37); null when none does.
  [[nodiscard]] Pattern const* deciding(std::string_view path, EntryKind kind) const {
    if (path.empty() || path == "." || path == "./") return nullptr;
    auto const name = path.substr(path.rfind('/') + 1);
    bool const directory = kind == EntryKind::directory;
    std::size_t first = nothing;
    auto const consider = [&](std::vector<std::size_t> const& positions) {
      for (auto const position : positions) {
        if (position >= first) return;
        auto const& pattern = patterns[position];
        if (pattern.directories_only && !directory) continue;
        if (pattern.matches(path, name)) first = position;
      }
    };
    auto const equal = [&](auto const& table, std::string_view text) {
      if (auto const found = table.find(text); found != table.end()) consider(found->second);
    };
    equal(literal_names, name);
    equal(literal_paths, path);
    name_starts.each(name, consider);
    path_starts.each(path, consider);
    name_ends.each(name, consider);
    path_ends.each(path, consider);
    // A negated rule ignores all that it does not match; there is no re-inclusion.
    for (auto const position : negated) {
      if (position >= first) break;
      auto const& pattern = patterns[position];
      if ((pattern.directories_only && !directory) || !pattern.matches(path, name)) first = position;
    }
    return first == nothing ? nullptr : &patterns[first];
  }

  std::vector<Pattern> const patterns;

 private:
  using Literals = std::unordered_map<std::string_view, std::vector<std::size_t>>;
  Literals literal_names, literal_paths;
  RuleTable name_starts{RuleTable::Side::front}, path_starts{RuleTable::Side::front};
  RuleTable name_ends{RuleTable::Side::back}, path_ends{RuleTable::Side::back};
  std::vector<std::size_t> negated;
};

namespace {

/// P-36.
Pattern built_in_rule() {
  Pattern pattern;
  pattern.rule = {0, "templates/.?*", false};
  pattern.glob = pattern.rule.text;
  pattern.whole_path = true;
  return pattern;
}

}  // namespace

IgnoreRules::IgnoreRules() {
  static auto const alone = std::make_shared<Compiled const>(std::vector<Pattern>{built_in_rule()});
  compiled_ = alone;
}

Verdict<IgnoreRules> IgnoreRules::parse(std::string_view text) {
  std::vector<Pattern> patterns;
  // A rule that stands there twice decides nothing the second time: it matches what the first one matches.
  std::set<std::tuple<std::string, bool, bool, bool>> known;
  std::size_t rules = 0;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    auto const end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    auto const refuse = [&](std::string why) {
      return reject("ignore-rule", ".helmignore:" + std::to_string(number), std::move(why));
    };
    if (line.size() >= ignore_line_bytes) return refuse("the line is too long").rule("P-31").expected("less than 65536 bytes");
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    charge_work(line.size() + 500);
    line = without_white_space_at_ends(line);
    if (line.empty() || line.starts_with('#')) continue;

    if (++rules > ignore_rules_per_chart)
      return reject("too-many-ignore-rules", ".helmignore:" + std::to_string(number), "the file has too many rules")
          .rule("B-25")
          .expected("at most " + std::to_string(ignore_rules_per_chart) + " rules")
          .fix("ignore whole directories, or use patterns");
    if (line.find("**") != std::string_view::npos)
      return refuse("`**` is not supported by Helm")
          .rule("P-32")
          .found(std::string(line))
          .fix("a rule without a slash matches at any depth: write the name alone");
    if (glob_match(line, "abc") == GlobMatch::malformed)
      return refuse("the pattern is malformed")
          .rule("P-33")
          .found(std::string(line))
          .fix("close the class, or escape with a backslash");

    Pattern pattern;
    pattern.rule = {number, std::string(line), false};
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
    if (known.emplace(pattern.glob, pattern.rule.negated, pattern.directories_only, pattern.whole_path).second)
      patterns.push_back(std::move(pattern));
  }
  patterns.push_back(built_in_rule());
  return IgnoreRules(std::make_shared<Compiled const>(std::move(patterns)));
}

std::optional<IgnoreRule> IgnoreRules::decision(std::string_view path, EntryKind kind) const {
  auto const* pattern = compiled_->deciding(path, kind);
  return pattern ? std::optional(pattern->rule) : std::nullopt;
}

std::vector<IgnoreRule> IgnoreRules::negated_rules() const {
  std::vector<IgnoreRule> rules;
  for (auto const& pattern : compiled_->patterns)
    if (pattern.rule.negated) rules.push_back(pattern.rule);
  return rules;
}

}  // namespace acr::chart
