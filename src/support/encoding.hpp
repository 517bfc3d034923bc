#pragma once

// Hex, base64 and percent encoding: src/support/encoding.hpp (RFC 4648, RFC 3986)

#include <optional>
#include <string>
#include <string_view>

namespace acr {

/// Lower-case hex of raw bytes.
std::string hex(std::string_view bytes);

/// Raw bytes of hex text in either case; nothing for an odd length or a foreign character.
std::optional<std::string> from_hex(std::string_view text);

/// True for exactly `digits` lower-case hex digits.
bool is_lower_hex(std::string_view text, std::size_t digits);

/// Standard base64 with padding.
std::string base64(std::string_view bytes);

/// What proto3 JSON allows for `bytes` (V-16): the standard or the URL alphabet (not mixed), padding complete or
/// absent. Nothing for any other character, wrong padding or non-zero left-over bits. Line breaks are refused too.
std::optional<std::string> from_base64(std::string_view text);

/// Percent-encodes everything but RFC 3986 unreserved characters; `keep` names further characters left as they are.
std::string percent_encode(std::string_view text, std::string_view keep = {});

}  // namespace acr
