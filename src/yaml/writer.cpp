// go-yaml v2's emitter for block style, and what the detour through JSON does: src/yaml/writer.hpp (P-100 … P-104)

#include "yaml/writer.hpp"

#include <algorithm>
#include <numeric>

#include "support/text.hpp"
#include "support/unicode_tables.hpp"
#include "yaml/reader.hpp"
#include "yaml/source_text.hpp"

namespace acr::yaml {
namespace {

constexpr int best_width = 80;
constexpr std::size_t longest_simple_key = 128;     // bytes (P-102)
constexpr std::size_t longest_json_key = 1024;      // characters of the JSON form (P-100)
constexpr std::string_view next_line = "\xC2\x85";  // NEL, U+0085

unsigned char byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

/// Bytes of the character at `at`. The texts here are valid UTF-8.
std::size_t width_at(std::string_view text, std::size_t at) {
  auto const byte = byte_at(text, at);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

bool is_break(std::string_view text, std::size_t at) {
  char const c = text[at];
  if (c == '\n' || c == '\r') return true;
  if (static_cast<unsigned char>(c) < 0xc2) return false;
  auto const rest = text.substr(at);
  return rest.starts_with(next_line) || rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9");
}

/// P-103 no. 2: what needs no escape in double quotes.
bool is_plain_character(std::string_view text, std::size_t at) {
  auto const byte = byte_at(text, at);
  if (byte < 0x80) return byte == '\n' || (byte >= 0x20 && byte <= 0x7e);
  if (byte >= 0xf0) return false;
  if (byte == 0xc2) return byte_at(text, at + 1) >= 0xa0;
  if (byte != 0xef) return true;
  auto const rest = text.substr(at);
  return !rest.starts_with("\xEF\xBB\xBF") && !rest.starts_with("\xEF\xBF\xBE") && !rest.starts_with("\xEF\xBF\xBF");
}

bool is_space_at(std::string_view text, std::size_t at) { return at < text.size() && text[at] == ' '; }

Rejection unwritable(std::string why) {
  return reject("chart-yaml-unwritable", "", std::move(why)).rule("P-100").fix("remove the character");
}

/// `[+-]?d[d_]*(:[0-5]?d)+(\.[d_]*)?`: numbers to YAML 1.1, quoted by Helm (P-103a).
bool is_base_60(std::string_view text) {
  auto const digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.find(':') == std::string_view::npos) return false;
  if (text[0] == '+' || text[0] == '-') text.remove_prefix(1);
  if (text.empty() || !digit(text[0])) return false;
  while (!text.empty() && (digit(text[0]) || text[0] == '_')) text.remove_prefix(1);
  if (text.empty() || text[0] != ':') return false;
  while (!text.empty() && text[0] == ':') {
    text.remove_prefix(1);
    if (text.size() > 1 && text[0] >= '0' && text[0] <= '5' && digit(text[1]))
      text.remove_prefix(2);
    else if (!text.empty() && digit(text[0]))
      text.remove_prefix(1);
    else
      return false;
  }
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    while (!text.empty() && (digit(text[0]) || text[0] == '_')) text.remove_prefix(1);
  }
  return text.empty();
}

/// P-103a: would be read back as a string without quotes.
bool reads_as_string(std::string_view text) {
  Value value;
  resolve_plain(text, value);
  return value.kind == Value::Kind::string && !is_timestamp(text) && !is_base_60(text);
}

/// DEL, C1 but NEL, U+FFFE and U+FFFF cannot be raw in YAML, and JSON does not escape them.
bool cannot_pass(char32_t c) { return c == 0x7f || (c >= 0x80 && c <= 0x9f && c != 0x85) || c == 0xfffe || c == 0xffff; }

}  // namespace

Verdict<std::string> through_json(std::string_view given) {
  bool simple = true;
  for (char const c : given)
    if (static_cast<unsigned char>(c) >= 0x7f) {
      simple = false;
      break;
    }
  if (simple) return std::string(given);
  auto const text = valid_utf8(given);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    auto const start = at;
    auto const c = *next_code_point(text, at);
    if (cannot_pass(c)) return unwritable("control characters are not allowed in what is written to YAML");
    if (c != 0x85) {
      out.append(text, start, at - start);
      continue;
    }
    // NEL is a line break within the quotes: blanks around go, the first break is a blank, further ones are line feeds.
    while (out.ends_with(' ')) out.pop_back();
    std::size_t breaks = 1;
    for (;;) {
      auto const rest = std::string_view(text).substr(at);
      if (rest.starts_with("---") || rest.starts_with("...")) {
        auto const behind = rest.substr(3);
        if (behind.starts_with(' ') || behind.starts_with(next_line))
          return unwritable("a document marker after a next-line character cannot be written to YAML");
      }
      while (at < text.size() && text[at] == ' ') ++at;
      if (!std::string_view(text).substr(at).starts_with(next_line)) break;
      at += next_line.size();
      ++breaks;
    }
    if (breaks == 1)
      out += ' ';
    else
      out.append(breaks - 1, '\n');
  }
  return out;
}

Verdict<std::string> key_through_json(std::string_view given) {
  auto text = valid_utf8(given);
  std::size_t length = 2;
  for (std::size_t at = 0; at < text.size();) {
    auto const c = *next_code_point(text, at);
    if (cannot_pass(c) || c == 0x85) return unwritable("a key holds a character that cannot be written to YAML");
    if (c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t' || c == '\b' || c == '\f')
      length += 2;
    else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029)
      length += 6;
    else
      ++length;
  }
  // Helm writes it without quotes, and then takes it for a merge key: it cannot load its own package (checked).
  if (text == "<<")
    return reject("chart-yaml-unwritable", "", "the key << would be read back as YAML's merge key")
        .rule("P-155a")
        .fix("rename the key");
  if (length > longest_json_key)
    return reject("chart-yaml-unwritable", "", "a key is too long to be written to YAML")
        .rule("P-100")
        .expected("at most 1024 characters, quotes and escapes counted")
        .found(std::to_string(length) + " characters");
  return text;
}

bool natural_less(std::string_view a, std::string_view b) {
  std::size_t at_a = 0, at_b = 0;
  bool other_than_zero_before = false;  // in the run of digits just before the difference
  while (at_a < a.size() && at_b < b.size()) {
    auto const start_a = at_a, start_b = at_b;
    auto const x = next_code_point(a, at_a).value_or(0xfffd);
    auto const y = next_code_point(b, at_b).value_or(0xfffd);
    if (x == y) {
      other_than_zero_before = is_digit(x) && (other_than_zero_before || x != '0');
      continue;
    }
    bool const x_letter = is_letter(x), y_letter = is_letter(y);
    if (x_letter && y_letter) return x < y;
    if (x_letter || y_letter) return y_letter;
    std::uint64_t number_a = 0, number_b = 0;  // wraps around as Go's int64 does
    if ((x == '0' || y == '0') && other_than_zero_before) number_a = number_b = 1;
    auto const read = [](std::string_view text, std::size_t from, std::uint64_t& number) {
      std::size_t length = 0;
      while (from < text.size()) {
        auto const c = next_code_point(text, from).value_or(0xfffd);
        if (!is_digit(c)) break;
        number = number * 10 + (c - '0');
        ++length;
      }
      return length;
    };
    auto const length_a = read(a, start_a, number_a), length_b = read(b, start_b, number_b);
    if (number_a != number_b) return static_cast<std::int64_t>(number_a) < static_cast<std::int64_t>(number_b);
    if (length_a != length_b) return length_a < length_b;
    return x < y;
  }
  return at_a >= a.size() && at_b < b.size();
}

std::vector<std::size_t> natural_order(std::vector<std::string_view> const& keys) {
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    auto const moving = order[i];
    auto hole = i;
    for (; hole > 0 && natural_less(keys[moving], keys[order[hole - 1]]); --hole) order[hole] = order[hole - 1];
    order[hole] = moving;
  }
  return order;
}

struct Writer::Shape {
  bool multiline = false, plain = true, single = true, literal = true;

  explicit Shape(std::string_view text);
};

Writer::Shape::Shape(std::string_view text) {
  if (text.empty()) {
    literal = false;
    return;
  }
  bool indicators = text.starts_with("---") || text.starts_with("...");
  bool special = false, breaks = false, space_break = false, break_space = false;
  bool previous_space = false, previous_break = false, after_blank = true;
  for (std::size_t at = 0, width = 0; at < text.size(); at += width) {
    width = width_at(text, at);
    char const c = text[at];
    auto const behind = at + width;
    bool const before_blank = behind >= text.size() || text[behind] == ' ' || text[behind] == '\t';
    if (at == 0) {
      if (std::string_view("#,[]{}&*!|>'\"%@`").find(c) != std::string_view::npos)
        indicators = true;
      else if ((c == '?' || c == ':' || c == '-') && before_blank)
        indicators = true;
    } else if ((c == ':' && before_blank) || (c == '#' && after_blank)) {
      indicators = true;
    }
    bool const line_break = is_break(text, at);
    special = special || !is_plain_character(text, at);
    bool const space = c == ' ';
    if (space && previous_break) break_space = true;
    if (line_break) {
      breaks = true;
      if (previous_space) space_break = true;
    }
    previous_space = space;
    previous_break = line_break;
    after_blank = space || c == '\t' || c == '\0' || line_break;
  }
  multiline = breaks;
  bool const space_or_break_at_ends = text.front() == ' ' || text.back() == ' ' || breaks;  // breaks at the ends count anyway
  plain = !indicators && !space_or_break_at_ends && !special;
  single = !break_space && !space_break && !special;
  literal = text.back() != ' ' && !space_break && !special;
}

void Writer::put_break(std::string_view character) {
  out_ += character;
  column_ = 0;
}

void Writer::indicator(char c, bool need_space, bool is_space, bool is_indention) {
  if (need_space && !whitespace_) put(' ');
  put(c);
  whitespace_ = is_space;
  indention_ = indention_ && is_indention;
}

void Writer::write_indent() {
  int const indent = std::max(indent_, 0);
  if (!indention_ || column_ > indent || (column_ == indent && !whitespace_)) put_break("\n");
  for (; column_ < indent; ++column_) out_ += ' ';
  whitespace_ = true;
  indention_ = true;
}

void Writer::before_value() {
  if (levels_.empty() || levels_.back().map) return;  // the root, or key() did it
  write_indent();
  indicator('-', true, false, true);
  in_map_ = false;
}

void Writer::begin(bool map, std::size_t size) {
  before_value();
  levels_.push_back({map, size == 0, indent_});
  if (size == 0) {
    indicator(map ? '{' : '[', true, true, false);
    return;
  }
  // A list within a map is not indented (P-102).
  bool const indentless = !map && in_map_ && !indention_;
  if (indent_ < 0)
    indent_ = 0;
  else if (!indentless)
    indent_ += 2;
}

void Writer::end() {
  auto const level = levels_.back();
  levels_.pop_back();
  if (level.empty) indicator(level.map ? '}' : ']', false, false, false);
  indent_ = level.outer_indent;
}

void Writer::key(std::string_view text) {
  write_indent();
  Shape const shape(text);
  bool const plain_wanted = reads_as_string(text);
  bool const has_line_feed = text.find('\n') != std::string_view::npos;
  bool const simple = !shape.multiline && text.size() <= longest_simple_key;
  if (simple) {
    write_scalar(text, plain_wanted, false, false, shape);
    indicator(':', false, false, false);
  } else {
    indicator('?', true, false, true);
    write_scalar(text, plain_wanted && !has_line_feed, has_line_feed, true, shape);
    write_indent();
    indicator(':', true, false, true);
  }
  in_map_ = true;
}

bool Writer::string(std::string_view text) {
  before_value();
  Shape const shape(text);
  bool const has_line_feed = text.find('\n') != std::string_view::npos;
  bool const unreadable = has_line_feed && shape.literal && text.back() != '\n' &&
                          (text.ends_with("\xE2\x80\xA8") || text.ends_with("\xE2\x80\xA9"));
  write_scalar(text, !has_line_feed && reads_as_string(text), has_line_feed, true, shape);
  return !unreadable;
}

void Writer::plain(std::string_view text) {
  before_value();
  write_plain(text, true);
}

void Writer::write_scalar(std::string_view text, bool plain_wanted, bool literal_wanted, bool breaks_allowed,
                          Shape const& shape) {
  int const outer = indent_;
  indent_ = indent_ < 0 ? 2 : indent_ + 2;
  if (literal_wanted && shape.literal)
    write_literal(text);
  else if (plain_wanted && shape.plain)
    write_plain(text, breaks_allowed);
  else if (plain_wanted && shape.single)
    write_single(text, breaks_allowed);
  else
    write_double(text, breaks_allowed);
  indent_ = outer;
}

void Writer::write_plain(std::string_view text, bool breaks_allowed) {
  if (!whitespace_) put(' ');
  bool after_space = false;
  for (std::size_t at = 0; at < text.size();) {
    auto const width = width_at(text, at);
    if (text[at] == ' ') {
      if (breaks_allowed && !after_space && column_ > best_width && !is_space_at(text, at + 1))
        write_indent();
      else
        put(' ');
      after_space = true;
    } else {
      put(text.substr(at, width));
      indention_ = false;
      after_space = false;
    }
    at += width;
  }
  whitespace_ = false;
  indention_ = false;
}

void Writer::write_single(std::string_view text, bool breaks_allowed) {
  indicator('\'', true, false, false);
  bool after_space = false, after_break = false;
  for (std::size_t at = 0; at < text.size();) {
    auto const width = width_at(text, at);
    if (text[at] == ' ') {
      if (breaks_allowed && !after_space && column_ > best_width && at > 0 && at + 1 < text.size() &&
          !is_space_at(text, at + 1))
        write_indent();
      else
        put(' ');
      after_space = true;
    } else if (is_break(text, at)) {
      put_break(text.substr(at, width));
      indention_ = true;
      after_break = true;
    } else {
      if (after_break) write_indent();
      if (text[at] == '\'') put('\'');
      put(text.substr(at, width));
      indention_ = false;
      after_space = after_break = false;
    }
    at += width;
  }
  indicator('\'', false, false, false);
  whitespace_ = false;
  indention_ = false;
}

void Writer::write_double(std::string_view text, bool breaks_allowed) {
  indicator('"', true, false, false);
  // Helm's writer looks for the mark at the start of the text, whatever character it is at.
  bool const escapes_all = text.starts_with("\xEF\xBB\xBF");
  bool after_space = false;
  for (std::size_t at = 0; at < text.size();) {
    auto const width = width_at(text, at);
    char const c = text[at];
    if (escapes_all || !is_plain_character(text, at) || is_break(text, at) || c == '"' || c == '\\') {
      std::size_t end = at;
      auto const code = next_code_point(text, end).value_or(0xfffd);
      put('\\');
      switch (code) {
        case 0x00:
          put('0');
          break;
        case 0x07:
          put('a');
          break;
        case 0x08:
          put('b');
          break;
        case 0x09:
          put('t');
          break;
        case 0x0a:
          put('n');
          break;
        case 0x0b:
          put('v');
          break;
        case 0x0c:
          put('f');
          break;
        case 0x0d:
          put('r');
          break;
        case 0x1b:
          put('e');
          break;
        case 0x22:
          put('"');
          break;
        case 0x5c:
          put('\\');
          break;
        case 0x85:
          put('N');
          break;
        case 0xa0:
          put('_');
          break;
        case 0x2028:
          put('L');
          break;
        case 0x2029:
          put('P');
          break;
        default: {
          int digits = code <= 0xff ? 2 : code <= 0xffff ? 4 : 8;
          put(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
          while (digits-- > 0) put("0123456789ABCDEF"[(code >> (4 * digits)) & 0xf]);
        }
      }
      after_space = false;
    } else if (c == ' ') {
      if (breaks_allowed && !after_space && column_ > best_width && at > 0 && at + 1 < text.size()) {
        write_indent();
        if (is_space_at(text, at + 1)) put('\\');
      } else {
        put(' ');
      }
      after_space = true;
    } else {
      put(text.substr(at, width));
      after_space = false;
    }
    at += width;
  }
  indicator('"', false, false, false);
  whitespace_ = false;
  indention_ = false;
}

void Writer::write_literal(std::string_view text) {
  indicator('|', true, false, false);
  if (text.front() == ' ' || is_break(text, 0)) indicator('2', false, false, false);
  auto const last_width = [](std::string_view part) {
    std::size_t start = part.size() - 1;
    while (start > 0 && (byte_at(part, start) & 0xc0) == 0x80) --start;
    return part.size() - start;
  };
  auto const last = text.size() - last_width(text);
  if (!is_break(text, last)) {
    indicator('-', false, false, false);
  } else if (last == 0 || is_break(text, last - last_width(text.substr(0, last)))) {
    indicator('+', false, false, false);
  }
  put_break("\n");
  indention_ = true;
  whitespace_ = true;
  bool after_break = true;
  for (std::size_t at = 0; at < text.size();) {
    auto const width = width_at(text, at);
    if (is_break(text, at)) {
      put_break(text.substr(at, width));
      indention_ = true;
      after_break = true;
    } else {
      if (after_break) write_indent();
      put(text.substr(at, width));
      indention_ = false;
      after_break = false;
    }
    at += width;
  }
}

std::string Writer::take() && {
  indent_ = -1;
  write_indent();
  return std::move(out_);
}

}  // namespace acr::yaml
