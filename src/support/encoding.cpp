#include "support/encoding.hpp"

#include <array>
#include <cstdint>

namespace acr {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// Value of a digit in the low six bits; above them which alphabet it belongs to.
constexpr std::uint16_t standard_only = 0x100, url_only = 0x200, no_digit = 0x400;

constexpr std::array<std::uint16_t, 256> base64_values = [] {
  std::array<std::uint16_t, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < base64_digits.size(); ++i)
    values[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::uint16_t>(i);
  values['+'] |= standard_only;
  values['/'] |= standard_only;
  values['-'] = 62 | url_only;
  values['_'] = 63 | url_only;
  return values;
}();

}  // namespace

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (unsigned char const byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    int const high = hex_value(text[i]);
    int const low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

bool is_lower_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    std::size_t const have = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < have ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += k <= have ? base64_digits[group >> (18 - 6 * k) & 63U] : '=';
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::size_t const padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  if (padding != 0 && text.size() % 4 != 0) return std::nullopt;
  text.remove_suffix(padding);
  std::size_t const rest = text.size() % 4;
  if (rest == 1) return std::nullopt;

  // Bundles are mostly base64: whole groups first, and one look at the end at what all digits were.
  std::string bytes(text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1), '\0');
  auto const value = [&](std::size_t at) -> std::uint32_t { return base64_values[static_cast<unsigned char>(text[at])]; };
  std::uint32_t seen = 0;
  std::size_t from = 0, to = 0;
  for (; from + 4 <= text.size(); from += 4, to += 3) {
    auto const a = value(from), b = value(from + 1), c = value(from + 2), d = value(from + 3);
    seen |= a | b | c | d;
    auto const bits = (a & 63U) << 18 | (b & 63U) << 12 | (c & 63U) << 6 | (d & 63U);
    bytes[to] = static_cast<char>(bits >> 16);
    bytes[to + 1] = static_cast<char>(bits >> 8);
    bytes[to + 2] = static_cast<char>(bits);
  }
  if (rest != 0) {
    auto const a = value(from), b = value(from + 1), c = rest == 3 ? value(from + 2) : 0U;
    seen |= a | b | c;
    auto const bits = (a & 63U) << 18 | (b & 63U) << 12 | (c & 63U) << 6;
    if ((bits & (rest == 3 ? 0xffU : 0xffffU)) != 0) return std::nullopt;  // unused bits must be zero
    bytes[to] = static_cast<char>(bits >> 16);
    if (rest == 3) bytes[to + 1] = static_cast<char>(bits >> 8);
  }
  if ((seen & no_digit) != 0 || (seen & (standard_only | url_only)) == (standard_only | url_only)) return std::nullopt;
  return bytes;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
  constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (char const c : text) {
    if (unreserved.find(c) != std::string_view::npos || keep.find(c) != std::string_view::npos) {
      out += c;
    } else {
      auto const byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace acr
