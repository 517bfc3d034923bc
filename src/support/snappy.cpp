// See snappy.hpp.
#include "support/snappy.hpp"

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
constexpr std::size_t units_of_an_element = 16;

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

/// At most 2^32-1 in at most five bytes.
std::optional<std::uint32_t> varint(Cursor& cursor) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    auto const byte = cursor.number(1);
    if (!byte) return std::nullopt;
    value |= static_cast<std::uint64_t>(*byte & 0x7fU) << shift;
    if ((*byte & 0x80U) == 0) return value <= UINT32_MAX ? std::optional(static_cast<std::uint32_t>(value)) : std::nullopt;
  }
  return std::nullopt;
}

/// Copies may reach into what they write themselves: byte by byte.
bool append_copy(std::string& out, std::size_t offset, std::size_t length) {
  if (offset == 0 || offset > out.size()) return false;
  for (std::size_t i = 0; i < length; ++i) out.push_back(out[out.size() - offset]);
  return true;
}

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
  Cursor cursor(block);
  auto const declared = varint(cursor);
  if (!declared) return bad("it does not start with the length of its content");
  if (*declared > limit) return too_large(*declared, limit);
  std::string out;
  out.reserve(*declared);
  while (!cursor.done()) {
    std::uint32_t const tag = *cursor.number(1);
    std::size_t length = 0;
    std::optional<std::uint32_t> offset;
    switch (tag & 3U) {
      case 0: {
        std::uint32_t const field = tag >> 2;
        auto const stored = field < 60 ? std::optional(field) : cursor.number(field - 59);
        if (!stored) return bad("a literal's length is cut off");
        length = std::size_t{*stored} + 1;
        if (length > *declared - out.size()) return bad("a literal reaches past the declared length");
        auto const literal = cursor.take(length);
        if (!literal) return bad("a literal is cut off");
        charge_work(length + units_of_an_element);
        out += *literal;
        continue;
      }
      case 1:
        length = 4 + (tag >> 2 & 7U);
        offset = cursor.number(1);
        if (offset) *offset |= (tag >> 5) << 8;
        break;
      case 2:
        length = 1 + (tag >> 2);
        offset = cursor.number(2);
        break;
      default:
        length = 1 + (tag >> 2);
        offset = cursor.number(4);
        break;
    }
    charge_work(length + units_of_an_element);
    if (!offset) return bad("a copy's offset is cut off");
    if (length > *declared - out.size()) return bad("a copy reaches past the declared length");
    if (!append_copy(out, *offset, length)) return bad("a copy starts outside of what is already there").found("offset " + std::to_string(*offset));
  }
  if (out.size() != *declared)
    return bad("the content is not as long as declared")
        .expected(std::to_string(*declared) + " bytes")
        .found(std::to_string(out.size()) + " bytes");
  return out;
}

Verdict<std::string> snappy_decode_framed(std::string_view stream, std::size_t limit) {
  if (!stream.starts_with(stream_identifier)) return bad("it does not start with a stream identifier");
  Cursor cursor(stream);
  std::string out;
  while (!cursor.done()) {
    std::uint32_t const type = *cursor.number(1);
    charge_work(units_of_an_element);
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
    Verdict<std::string> content = type == 0x00 ? snappy_decode(data, max_chunk_content) : Verdict<std::string>(std::string(data));
    if (!content) return content.error();
    if (content->size() > max_chunk_content) return bad("a chunk holds more than the format allows").expected("at most 65536 bytes");
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
