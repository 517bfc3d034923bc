// Encodings, and the notations that libyaml and Helm's reader disagree on: src/yaml/source_text.hpp

#include "yaml/source_text.hpp"

#include <algorithm>
#include <utility>

#include "support/text.hpp"

namespace acr::yaml {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_yaml_character(char32_t c) {
  return c == 0x9 || c == 0xa || c == 0xd || (c >= 0x20 && c <= 0x7e) || c == 0x85 || (c >= 0xa0 && c <= 0xd7ff) ||
         (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/// UTF-16 after its mark; false when it is cut short or holds a lone surrogate.
bool append_utf16(std::string_view bytes, bool big_endian, std::string& out) {
  if (bytes.size() % 2 != 0) return false;
  auto const unit = [&](std::size_t at) -> char32_t {
    auto const high = static_cast<unsigned char>(bytes[at + (big_endian ? 0 : 1)]);
    auto const low = static_cast<unsigned char>(bytes[at + (big_endian ? 1 : 0)]);
    return static_cast<char32_t>(high << 8 | low);
  };
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    char32_t c = unit(at);
    if (c >= 0xdc00 && c <= 0xdfff) return false;
    if (c >= 0xd800 && c <= 0xdbff) {
      at += 2;
      if (at >= bytes.size()) return false;
      auto const low = unit(at);
      if (low < 0xdc00 || low > 0xdfff) return false;
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(out, c);
  }
  return true;
}

bool is_tag_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-;/?:@&=+$,.!~*'()[]%").find(c) != std::string_view::npos;
}

}  // namespace

Verdict<SourceText> SourceText::of(std::string_view bytes, ReadOptions const& name) {
  auto refuse = [&](std::uint32_t line, std::string why) {
    return reject(name.code, std::string(name.file) + ":" + std::to_string(line), std::move(why))
        .rule("P-62")
        .fix("save the file as plain UTF-8 text");
  };
  SourceText source;
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    if (!append_utf16(bytes.substr(2), bytes[0] == '\xFE', source.changed_))
      return refuse(name.first_line, "the file is not valid UTF-16");
    if (source.changed_.empty()) source.changed_ = "\n";  // empty means unchanged
  } else {
    if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  }
  source.given_ = bytes;

  auto const text = source.text();
  // Helm's reader then loses the first letter of every line: nobody means that (ours).
  if (text.starts_with(byte_order_mark)) return refuse(name.first_line, "the file begins with more than two byte-order marks");
  bool marks = false;
  std::uint32_t line = name.first_line;
  char before = 0;
  for (std::size_t at = 0; at < text.size();) {
    auto const byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7f) {
      if (byte == '!')
        source.has_bang_ = true;
      else if (byte == '/' && before == '\\')
        source.has_slash_escape_ = true;
      before = text[at++];
      continue;
    }
    if (byte < 0x80) {
      if (byte == '\n')
        ++line;
      else if (byte != '\t' && byte != '\r')
        return refuse(line, "control characters are not allowed");
      before = text[at++];
      continue;
    }
    source.ascii_ = false;
    auto const c = next_code_point(text, at);
    if (!c) return refuse(line, "the text is not valid UTF-8");
    if (!is_yaml_character(*c)) return refuse(line, "control characters are not allowed");
    if (*c == 0xfeff) marks = true;
    before = 0;
  }
  if (marks) {
    // libyaml skips a mark at the start of any line; to Helm's reader it is text.
    if (!source.find_placeholders()) return refuse(name.first_line, "a byte-order mark within the text");
    std::string replaced;
    auto rest = source.text();
    for (auto found = rest.find(byte_order_mark); found != std::string_view::npos; found = rest.find(byte_order_mark)) {
      replaced.append(rest.substr(0, found)).append(source.mark_);
      rest.remove_prefix(found + byte_order_mark.size());
    }
    replaced.append(rest);
    source.changed_ = std::move(replaced);
  }
  return source;
}

bool SourceText::find_placeholders() {
  if (has_placeholders_) return true;
  std::string* const wanted[] = {&colon_, &mark_};
  std::size_t found = 0;
  for (char32_t c = 0xf8ff; c >= 0xe000 && found < 2; --c) {
    std::string character;
    append_utf8(character, c);
    if (text().find(character) == std::string_view::npos) *wanted[found++] = character;
  }
  return has_placeholders_ = found == 2;
}

std::size_t SourceText::byte_at(std::size_t index) {
  auto const all = text();
  if (ascii_) return std::min(index, all.size());
  if (index < seen_index_) seen_index_ = seen_byte_ = 0;
  while (seen_index_ < index && seen_byte_ < all.size()) {
    next_code_point(all, seen_byte_);
    ++seen_index_;
  }
  return seen_byte_;
}

void SourceText::replace(std::size_t byte, std::size_t length, std::string_view by) {
  if (changed_.empty()) changed_ = given_;
  changed_.replace(byte, length, by);
  for (char const c : by)
    if (static_cast<unsigned char>(c) >= 0x80) ascii_ = false;
  seen_index_ = seen_byte_ = 0;
  ++patches_;
}

std::string SourceText::original(std::string_view text) const {
  std::string out(text);
  for (auto const& [placeholder, meant] :
       {std::pair<std::string const&, std::string_view>(colon_, ":"), {mark_, byte_order_mark}})
    for (auto found = out.find(placeholder); found != std::string::npos; found = out.find(placeholder, found + meant.size()))
      out.replace(found, placeholder.size(), meant);
  return out;
}

bool SourceText::patch_after(std::string_view problem, std::size_t index, std::size_t context_index) {
  if (problem == "found unexpected ':'") {
    // `[k:]`: to Helm's reader the colon belongs to the text.
    auto const byte = byte_at(index);
    auto const all = text();
    if (byte + 1 >= all.size() || all[byte] != ':' || std::string_view(",]}").find(all[byte + 1]) == std::string_view::npos)
      return false;
    if (!find_placeholders()) return false;
    replace(byte, 1, colon_);
    return true;
  }
  // `!a,b` outside flow, `!a[b`: to Helm's reader part of the tag.
  if (problem == "did not find expected whitespace or line break") return patch_tag(context_index);
  return false;
}

std::pair<std::size_t, std::size_t> SourceText::tag_at(std::size_t index) {
  auto const all = text();
  auto at = byte_at(index);
  // An anchor may stand before the tag, with blanks, line breaks and comments between.
  while (at < all.size() && all[at] != '!') {
    if (all[at] == '#') {
      at = std::min(all.find_first_of("\r\n", at), all.size());
    } else if (all[at] == '&') {
      at = std::min(all.find_first_of(" \t\r\n", at), all.size());
    } else if (all[at] == ' ' || all[at] == '\t' || all[at] == '\r' || all[at] == '\n') {
      ++at;
    } else {
      return {0, 0};
    }
  }
  if (at >= all.size()) return {0, 0};
  auto end = at + 1;
  while (end < all.size() && is_tag_character(all[end])) ++end;
  return {at + 1, end};
}

bool SourceText::patch_tag(std::size_t index) {
  auto const [start, end] = tag_at(index);
  bool any = false;
  for (auto at = start; at < end; ++at) {
    if (std::string_view(",[]").find(text()[at]) == std::string_view::npos) continue;
    // A dot is read alike by both, and the tag stays one that nobody knows.
    replace(at, 1, ".");
    any = true;
  }
  return any;
}

bool SourceText::has_tag(std::size_t index) {
  if (!has_bang_) return false;
  auto const [start, end] = tag_at(index);
  return start != 0 && start <= end;
}

bool SourceText::escapes_slash(std::size_t start, std::size_t end) {
  if (!has_slash_escape_) return false;
  auto const first = byte_at(start);
  auto const behind = byte_at(end);
  auto const raw = text().substr(first, behind - first);
  for (std::size_t at = raw.find('"'); at + 1 < raw.size(); ++at) {
    if (raw[at] != '\\') continue;
    if (raw[at + 1] == '/') return true;
    ++at;
  }
  return false;
}

}  // namespace acr::yaml
