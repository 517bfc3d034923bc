// Values in block style, line by line: src/chart/simple_values.hpp (P-59)
// Each line is blank, a comment, `key:`, `key: scalar`, `-`, `- scalar`, `- key: …` or belongs to a block scalar; whatever
// else there is, ends the reading with false. Then indentation alone tells the structure.

#include "chart/simple_values.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "chart/limits.hpp"
#include "support/text.hpp"

namespace acr::chart {
namespace {

constexpr std::size_t npos = std::string_view::npos;

enum Class : std::uint8_t {
  first_of_key = 1,  ///< a letter or an underscore: such a key is not a number
  in_key = 2,
  first_of_plain = 4,  ///< not `.`, `+`, `-`: no infinity, no list, no marker of a document
};

constexpr std::array<std::uint8_t, 256> classes = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    bool const digit = c >= '0' && c <= '9';
    if (letter) table[c] |= first_of_key;
    if (letter || digit || c == '.' || c == '-' || c == '/') table[c] |= in_key;
    if (letter || digit || c == '/' || c == '$' || c == '(') table[c] |= first_of_plain;
  }
  return table;
}();

bool is(char c, Class wanted) { return (classes[static_cast<unsigned char>(c)] & wanted) != 0; }

/// Words that YAML 1.1 takes for a bool or null: as a key they are not a text.
bool is_typed_word(std::string_view key) {
  constexpr std::array<std::string_view, 9> words = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  auto const same = [&](std::string_view word) {
    return std::equal(key.begin(), key.end(), word.begin(), word.end(), [](char c, char lower) { return (c | 0x20) == lower; });
  };
  return std::any_of(words.begin(), words.end(), same);
}

/// Nothing, or blanks and a comment.
bool ends_line(std::string_view rest) {
  auto const at = rest.find_first_not_of(' ');
  return at == npos || (at > 0 && rest[at] == '#');
}

/// The length of a quoted text that both readers read alike; 0 when it is none.
std::size_t quoted_size(std::string_view text) {
  char const quote = text.front();
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == quote) return at + 1;
    if (quote != '"' || text[at] != '\\') continue;
    if (++at == text.size() || std::string_view("\"\\nt").find(text[at]) == npos) return 0;
  }
  return 0;
}

/// `[a, "b"]` on the rest of a line: scalars only.
bool is_simple_list(std::string_view text) {
  for (std::size_t at = 1;;) {
    std::size_t size = 0;
    if (at < text.size() && (text[at] == '"' || text[at] == '\''))
      size = quoted_size(text.substr(at));
    else if (at < text.size() && is(text[at], first_of_plain))
      while (at + size < text.size() && is(text[at + size], in_key)) ++size;
    at += size;
    if (size == 0 || at == text.size()) return false;
    if (text[at] == ']') return ends_line(text.substr(at + 1));
    if (!text.substr(at).starts_with(", ")) return false;
    at += 2;
  }
}

/// A scalar on the rest of a line, or a list of such, or an empty list or map.
bool is_simple_scalar(std::string_view text) {
  if (text.starts_with("{}") || text.starts_with("[]")) return ends_line(text.substr(2));
  switch (text.front()) {
    case '~':
      return ends_line(text.substr(1));
    case '[':
      return is_simple_list(text);
    case '"':
    case '\'': {
      auto const size = quoted_size(text);
      return size != 0 && ends_line(text.substr(size));
    }
    case '-':
      // An option of a program, a negative number; not `-.inf`, not an entry.
      if (auto const start = text.find_first_not_of('-'); start == npos || start > 2 || !is(text[start], first_of_plain))
        return false;
      break;
    default:
      if (!is(text.front(), first_of_plain)) return false;
  }
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '#' && text[at - 1] == ' ') return true;
    if (text[at] == ':' && (at + 1 == text.size() || text[at + 1] == ' ')) return false;
  }
  return true;
}

class Structure {
 public:
  /// One line without its LF. False: not simple.
  bool line(std::string_view text) {
    auto const indent = text.find_first_not_of(' ');
    if (in_block_) {
      // The first line with text sets the indentation. Blanks on empty lines before it would count, too.
      if (indent == npos) return block_indent_ != 0 || text.empty();
      if (block_indent_ == 0 && indent > open_.back().indent) block_indent_ = indent;
      if (block_indent_ != 0 && indent >= block_indent_) return true;
      in_block_ = false;
    }
    if (indent == npos || text[indent] == '#') return true;
    return entry(indent, text.substr(indent), false);
  }

  bool finish() {
    while (!open_.empty())
      if (!close()) return false;
    return true;
  }

 private:
  struct Open {
    std::size_t indent = 0;
    bool list = false;
    std::size_t first_key = 0;  ///< of a map, in keys_
  };
  std::vector<Open> open_;
  std::vector<std::string_view> keys_;  ///< of the open maps
  bool empty_ = true;                   ///< the last entry has no value yet: one may follow below
  bool in_block_ = false;               ///< lines of a block scalar come
  std::size_t block_indent_ = 0;        ///< of its lines; 0 until the first

  static constexpr std::size_t levels = 64;
  static constexpr std::size_t key_bytes = 128;

  /// P-158: a key that stands twice wants a warning.
  bool close() {
    auto const first = keys_.begin() + static_cast<std::ptrdiff_t>(open_.back().first_key);
    if (!open_.back().list) {
      std::sort(first, keys_.end());
      if (std::adjacent_find(first, keys_.end()) != keys_.end()) return false;
      keys_.erase(first, keys_.end());
    }
    open_.pop_back();
    return true;
  }

  bool open(std::size_t indent, bool list) {
    if (open_.size() == levels) return false;
    open_.push_back({indent, list, keys_.size()});
    return true;
  }

  /// Brings the collection to the top that an entry at `indent` belongs to.
  bool enter(std::size_t indent, bool list) {
    if (open_.empty()) return !list && indent == 0 && open(indent, list);
    if (indent > open_.back().indent) return empty_ && open(indent, list);
    while (indent < open_.back().indent) {
      if (!close() || open_.empty()) return false;
      empty_ = false;  // what is closed was the value
    }
    if (indent != open_.back().indent) return false;
    if (open_.back().list == list) return true;
    // A list may stand at the indentation of the key that it is the value of; the next key ends it.
    if (list) return empty_ && open(indent, list);
    if (!close()) return false;
    return !open_.empty() && open_.back().indent == indent && !open_.back().list;
  }

  bool entry(std::size_t indent, std::string_view text, bool within_item) {
    if (text.front() == '-' && (text.size() == 1 || text[1] == ' ')) {
      if (within_item || !enter(indent, true)) return false;
      auto const start = text.find_first_not_of(' ', 1);
      empty_ = start == npos;
      if (empty_) return true;
      if (text[start] == '#') return empty_ = true;
      if (is_entry(text.substr(start))) {
        empty_ = true;
        return entry(indent + start, text.substr(start), true);
      }
      return value(text.substr(start));
    }
    if (text.front() == '[' || text.front() == '{') {
      // An empty collection below its key.
      if (!empty_ || open_.empty() || indent <= open_.back().indent) return false;
      empty_ = false;
      return is_simple_scalar(text);
    }
    auto const size = key_size(text);
    if (size == 0 || !enter(indent, false)) return false;
    auto const key = text.substr(0, size);
    if (is_typed_word(key)) return false;
    keys_.push_back(key);
    auto const start = text.find_first_not_of(' ', size + 1);
    empty_ = start == npos || text[start] == '#';
    return empty_ || value(text.substr(start));
  }

  bool value(std::string_view text) {
    if (text.front() != '|' && text.front() != '>') return is_simple_scalar(text);
    in_block_ = true;
    block_indent_ = 0;
    bool const has_sign = text.size() > 1 && (text[1] == '-' || text[1] == '+');
    return ends_line(text.substr(has_sign ? 2 : 1));
  }

  /// The length of the key in front of a `:`; 0 when there is none.
  static std::size_t key_size(std::string_view text) {
    if (!is(text.front(), first_of_key)) return 0;
    std::size_t size = 1;
    while (size < text.size() && is(text[size], in_key)) ++size;
    if (size > key_bytes || size == text.size() || text[size] != ':') return 0;
    return size + 1 == text.size() || text[size + 1] == ' ' ? size : 0;
  }
  static bool is_entry(std::string_view text) { return key_size(text) != 0; }
};

}  // namespace

bool is_simple_values(std::string_view text) {
  // Far below what the reader would refuse for its size (P-153).
  if (text.size() > simple_values_bytes) return false;
  for (std::size_t at = 0; at < text.size();) {
    auto const byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      if ((byte < ' ' && byte != '\n') || byte == 0x7f) return false;
      ++at;
      continue;
    }
    // Not the line ends NEL, U+2028, U+2029, and no byte-order mark.
    auto const c = next_code_point(text, at);
    if (!c || *c < 0xa0 || *c == 0x2028 || *c == 0x2029 || *c == 0xfeff || *c == 0xfffe || *c == 0xffff) return false;
  }
  Structure structure;
  while (!text.empty()) {
    auto const end = std::min(text.find('\n'), text.size());
    if (!structure.line(text.substr(0, end))) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return structure.finish();
}

}  // namespace acr::chart
