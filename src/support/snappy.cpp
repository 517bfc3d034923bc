// See snappy.hpp.
#include "support/snappy.hpp"

#include <snappy.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "support/text.hpp"
#include "support/work_budget.hpp"

namespace acr {
namespace {

constexpr std::string_view stream_identifier{"\xff\x06\x00\x00sNaPpY", 10};
constexpr std::size_t max_chunk_content = 65536;  // framing format §4.2
constexpr std::size_t checksum_bytes = 4;
constexpr std::size_t units_of_a_chunk = 16;

Rejection bad(std::string why) { return reject("snappy", "Snappy data", std::move(why)).rule("V-98"); }

Rejection too_large(std::uint64_t found, std::size_t limit) {
  return bad("the content is larger than the limit")
      .expected("at most " + std::to_string(limit) + " bytes")
      .found(std::to_string(found) + " bytes");
}

/// Takes bytes off the front of a text; `nothing` when there are too few.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : left_(bytes) {}
  [[nodiscard]] bool done() const { return left_.empty(); }

  std::optional<std::string_view> take(std::size_t count) {
    if (count > left_.size()) return std::nullopt;
    auto const piece = left_.substr(0, count);
    left_.remove_prefix(count);
    return piece;
  }

  /// Little-endian number of `count` ≤ 4 bytes.
  std::optional<std::uint32_t> number(std::size_t count) {
    auto const bytes = take(count);
    if (!bytes) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>((*bytes)[i]);
    return value;
  }

 private:
  std::string_view left_;
};

/// CRC-32C (Castagnoli), as the framing format masks it.
std::uint32_t masked_checksum(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t crc = i;
      for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? (crc >> 1) ^ 0x82f63b78U : crc >> 1;
      entries[i] = crc;
    }
    return entries;
  }();
  std::uint32_t crc = ~0U;
  for (unsigned char const byte : bytes) crc = table[(crc ^ byte) & 0xffU] ^ (crc >> 8);
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

}  // namespace

Verdict<std::string> snappy_decode(std::string_view block, std::size_t limit) {
  std::size_t declared = 0;
  if (!snappy::GetUncompressedLength(block.data(), block.size(), &declared))
    return bad("it does not start with the length of its content");
  if (declared > limit) return too_large(declared, limit);
  charge_work(block.size() + declared);
  std::string out(declared, '\0');
  if (!snappy::RawUncompress(block.data(), block.size(), out.data()))
    return bad("the block is corrupt, or not as long as it declares");
  return out;
}

Verdict<std::string> snappy_decode_framed(std::string_view stream, std::size_t limit) {
  if (!stream.starts_with(stream_identifier)) return bad("it does not start with a stream identifier");
  Cursor cursor(stream);
  std::string out;
  while (!cursor.done()) {
    std::uint32_t const type = *cursor.number(1);
    charge_work(units_of_a_chunk);
    auto const length = cursor.number(3);
    auto const body = length ? cursor.take(*length) : std::nullopt;
    if (!body) return bad("a chunk is cut off");
    if (type == 0xff) {
      if (*body != stream_identifier.substr(4)) return bad("a stream identifier is ill-formed");
      continue;
    }
    if (type >= 0x80) continue;  // padding, and chunks that may be skipped
    if (type > 0x01) return bad("a chunk of an unknown type must not be skipped").found("type " + std::to_string(type));
    Cursor chunk(*body);
    auto const checksum = chunk.number(checksum_bytes);
    if (!checksum) return bad("a chunk is too short for its checksum");
    std::string_view const data = body->substr(checksum_bytes);
    Verdict<std::string> content =
        type == 0x00 ? snappy_decode(data, max_chunk_content) : Verdict<std::string>(std::string(data));
    if (!content) return content.error();
    if (content->size() > max_chunk_content)
      return bad("a chunk holds more than the format allows").expected("at most 65536 bytes");
    if (masked_checksum(*content) != *checksum) return bad("a chunk's checksum is wrong");
    if (content->size() > limit - out.size()) return too_large(out.size() + content->size(), limit);
    out += *content;
  }
  return out;
}

Verdict<std::string> decode_bundle_download(std::string_view bytes, std::size_t limit) {
  if (trimmed(bytes).starts_with('{')) {
    if (bytes.size() > limit) return too_large(bytes.size(), limit);
    return std::string(bytes);
  }
  return bytes.starts_with(stream_identifier) ? snappy_decode_framed(bytes, limit) : snappy_decode(bytes, limit);
}

}  // namespace acr
