#pragma once

// Snappy's two forms, for tests and stand-ins: literals and copies of repeated four-byte words. Small, not fast.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace acr::test {

namespace snappy {

inline std::string little_endian(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i, value >>= 8) out += static_cast<char>(value & 0xff);
  return out;
}

inline std::string varint(std::uint32_t value) {
  std::string out;
  for (; value > 0x7f; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  return out += static_cast<char>(value);
}

/// `bytes`: not empty.
inline std::string literal(std::string_view bytes) {
  auto const stored = static_cast<std::uint32_t>(bytes.size() - 1);
  if (stored < 60) return std::string(1, static_cast<char>(stored << 2)).append(bytes);
  int const width = stored < 0x100 ? 1 : stored < 0x10000 ? 2 : stored < 0x1000000 ? 3 : 4;
  return std::string(1, static_cast<char>((59 + width) << 2)).append(little_endian(stored, width)).append(bytes);
}

/// `length`: 1 … 64. Copies of kind 2 reach back 64 KiB, of kind 3 4 GiB.
inline std::string copy(std::uint32_t offset, std::uint32_t length) {
  bool const near = offset < 0x10000;
  return std::string(1, static_cast<char>((length - 1) << 2 | (near ? 2 : 3))) + little_endian(offset, near ? 2 : 4);
}

}  // namespace snappy

/// A raw block, as GitHub's attestation storage serves it.
inline std::string snappy_block(std::string_view bytes) {
  std::string out = snappy::varint(static_cast<std::uint32_t>(bytes.size()));
  std::map<std::string_view, std::size_t> seen;
  std::size_t unwritten = 0, at = 0;
  auto const flush = [&] {
    if (at > unwritten) out += snappy::literal(bytes.substr(unwritten, at - unwritten));
  };
  while (at + 4 <= bytes.size()) {
    auto const [earlier, fresh] = seen.try_emplace(bytes.substr(at, 4), at);
    if (fresh) {
      ++at;
      continue;
    }
    std::size_t length = 4;
    while (length < 64 && at + length < bytes.size() && bytes[at + length] == bytes[earlier->second + length]) ++length;
    flush();
    out += snappy::copy(static_cast<std::uint32_t>(at - earlier->second), static_cast<std::uint32_t>(length));
    at += length;
    unwritten = at;
  }
  at = bytes.size();
  flush();
  return out;
}

}  // namespace acr::test
