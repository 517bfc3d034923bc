#include "support/text.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "support/encoding.hpp"

namespace acr {
namespace {

bool is_unprintable(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 ||  // controls, line ends
         c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||  // bidi
         c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||  // invisible
         (c >= 0x200b && c <= 0x200d) || c == 0x2060 || c == 0x00ad || (c >= 0xe0000 && c <= 0xe007f);
}

bool is_unicode_space(char32_t c) {
  return c == 0x20 || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
         c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

std::string escaped(char32_t c) {
  char digits[8];
  auto const end = std::to_chars(digits, digits + sizeof digits, static_cast<std::uint32_t>(c), 16).ptr;
  return "\\u{" + std::string(digits, end) + "}";
}

}  // namespace

std::string printable(std::string_view foreign, std::size_t limit) {
  std::string out;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < foreign.size();) {
    if (characters++ >= limit) {
      out += "…";
      break;
    }
    auto const byte = static_cast<unsigned char>(foreign[at]);
    auto const c = next_code_point(foreign, at);
    if (!c) {
      out += escaped(byte);
    } else if (is_unprintable(*c)) {
      out += escaped(*c);
    } else {
      append_utf8(out, *c);
    }
  }
  // The runner finds `##[name]` anywhere in a line.
  for (std::size_t at = out.find("##["); at != std::string::npos; at = out.find("##[", at)) out.insert(at + 1, " ");
  // ... and `::name::` behind any leading white space.
  std::size_t at = 0;
  while (at < out.size()) {
    std::size_t const before = at;
    auto const c = next_code_point(out, at);
    if (!c || !is_unicode_space(*c)) {
      if (out.compare(before, 2, "::") == 0) out.insert(0, "| ");
      break;
    }
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  auto const first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    auto const at = text.find(separator);
    pieces.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return pieces;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string_view> lines(std::string_view text) {
  auto result = split(text, '\n');
  if (result.back().empty()) result.pop_back();
  for (auto& line : result)
    if (line.ends_with('\r')) line.remove_suffix(1);
  return result;
}

std::string to_lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool equal_ignoring_ascii_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && to_lower_ascii(a) == to_lower_ascii(b);
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::optional<std::uint64_t> to_number(std::string_view digits, std::uint64_t maximum) {
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  std::uint64_t number = 0;  // std::from_chars takes neither sign nor blank for an unsigned type
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number > maximum) return std::nullopt;
  return number;
}

std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at) {
  auto const byte = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>(text[i]); };
  std::size_t const start = at++;
  unsigned const first = byte(start);
  if (first < 0x80) return first;
  unsigned const more = first >= 0xf0 && first <= 0xf4  ? 3
                        : first >= 0xe0 && first < 0xf0 ? 2
                        : first >= 0xc2 && first < 0xe0 ? 1
                                                        : 0;
  if (more == 0 || start + more >= text.size()) return std::nullopt;
  char32_t c = first & (0x3fU >> more);
  for (unsigned i = 1; i <= more; ++i) {
    if ((byte(start + i) & 0xc0U) != 0x80U) return std::nullopt;
    c = c << 6 | (byte(start + i) & 0x3fU);
  }
  bool const overlong = (more == 2 && c < 0x800) || (more == 3 && c < 0x10000);
  if (overlong || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return std::nullopt;
  at = start + 1 + more;
  return c;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80)
      ++at;  // nearly every byte
    else if (!next_code_point(text, at))
      return false;
  }
  return true;
}

void append_utf8(std::string& text, char32_t c) {
  auto const put = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  }
}

std::string random_hex(std::size_t count) {
  std::string bytes(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error("the system's random generator failed");
  return hex(bytes);
}

}  // namespace acr
