// See der.hpp.
#include "sigstore/der.hpp"

#include <cstdint>

namespace acr::sigstore {

std::optional<DerElement> DerReader::next() {
  if (left_.size() < 2) return std::nullopt;
  auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(left_[i]); };
  unsigned char const tag = byte(0);
  if ((tag & 0x1fU) == 0x1fU) return std::nullopt;
  std::size_t header = 2;
  std::size_t length = byte(1);
  if (length >= 0x80) {
    std::size_t const count = length & 0x7fU;
    if (count == 0 || count > 4 || left_.size() < 2 + count) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < count; ++i) length = length << 8 | byte(2 + i);
    if (byte(2) == 0 || length < 0x80) return std::nullopt;  // minimal form only
    header += count;
  }
  if (length > left_.size() - header) return std::nullopt;
  DerElement const element{tag, left_.substr(header, length), left_.substr(0, header + length)};
  left_.remove_prefix(header + length);
  return element;
}

std::optional<DerElement> DerReader::next(unsigned char tag) {
  if (left_.empty() || static_cast<unsigned char>(left_[0]) != tag) return std::nullopt;
  return next();
}

std::optional<DerElement> der_only(std::string_view bytes, unsigned char tag) {
  DerReader reader(bytes);
  auto const element = reader.next(tag);
  if (!element || !reader.done()) return std::nullopt;
  return element;
}

std::string der_wrap(unsigned char tag, std::string_view content) {
  std::string out(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    out += static_cast<char>(content.size());
  } else {
    std::string length;
    for (std::size_t rest = content.size(); rest != 0; rest >>= 8)
      length.insert(length.begin(), static_cast<char>(rest & 0xffU));
    out += static_cast<char>(0x80U | length.size());
    out += length;
  }
  out += content;
  return out;
}

std::optional<std::string> der_oid_text(std::string_view content) {
  std::string text;
  std::uint64_t arc = 0;
  bool inside = false;
  for (char const c : content) {
    auto const byte = static_cast<unsigned char>(c);
    if (!inside && byte == 0x80) return std::nullopt;  // padded arc
    if (arc >> 56 != 0) return std::nullopt;
    arc = arc << 7 | (byte & 0x7fU);
    inside = (byte & 0x80U) != 0;
    if (inside) continue;
    if (text.empty()) {
      std::uint64_t const first = arc < 40 ? 0 : arc < 80 ? 1 : 2;
      text = std::to_string(first) + "." + std::to_string(arc - first * 40);
    } else {
      text += "." + std::to_string(arc);
    }
    arc = 0;
  }
  if (text.empty() || inside) return std::nullopt;
  return text;
}

}  // namespace acr::sigstore
