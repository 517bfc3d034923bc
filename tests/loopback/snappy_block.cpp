// A small Snappy encoder (format description of google/snappy): greedy, 4-byte matches, copies with 16-bit
// offsets.
#include <array>
#include <cstdint>
#include <cstring>

#include "loopback/github_answers.hpp"

namespace acr::loopback {
namespace {

void append_literal(std::string& out, std::string_view bytes) {
  while (!bytes.empty()) {
    auto const piece = bytes.substr(0, 65536);
    auto const length = piece.size() - 1;
    if (length < 60) {
      out += static_cast<char>(length << 2);
    } else {
      out += static_cast<char>(61 << 2);  // two length bytes, little endian
      out += static_cast<char>(length & 0xff);
      out += static_cast<char>(length >> 8);
    }
    out += piece;
    bytes.remove_prefix(piece.size());
  }
}

void append_copy(std::string& out, std::size_t offset, std::size_t length) {
  while (length > 0) {
    auto const piece = length > 64 ? 64 : length;
    out += static_cast<char>((piece - 1) << 2 | 2);
    out += static_cast<char>(offset & 0xff);
    out += static_cast<char>(offset >> 8);
    length -= piece;
  }
}

}  // namespace

std::string snappy_block(std::string_view bytes) {
  std::string out;
  for (auto length = bytes.size(); true; length >>= 7) {
    out += static_cast<char>((length & 0x7f) | (length > 0x7f ? 0x80 : 0));
    if (length <= 0x7f) break;
  }
  std::array<std::size_t, 4096> seen{};  // position + 1 of an earlier occurrence of these four bytes
  std::size_t literal = 0;
  std::size_t at = 0;
  while (at + 4 <= bytes.size()) {
    std::uint32_t four = 0;
    std::memcpy(&four, bytes.data() + at, 4);
    auto& slot = seen[(four * 0x1e35a7bdU) >> 20];
    auto const earlier = slot;
    slot = at + 1;
    if (earlier == 0 || at - (earlier - 1) > 65535 || bytes.substr(earlier - 1, 4) != bytes.substr(at, 4)) {
      ++at;
      continue;
    }
    std::size_t length = 4;
    while (at + length < bytes.size() && bytes[earlier - 1 + length] == bytes[at + length]) ++length;
    append_literal(out, bytes.substr(literal, at - literal));
    append_copy(out, at - (earlier - 1), length);
    at += length;
    literal = at;
  }
  append_literal(out, bytes.substr(literal));
  return out;
}

}  // namespace acr::loopback
