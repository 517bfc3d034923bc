#pragma once

// Writing DER, for what OpenSSL would not write because it is wrong on purpose. Shares nothing with src/sigstore.

#include <cstdint>
#include <string>
#include <string_view>

namespace acr::signing::der {

/// Identifier, shortest length, content.
std::string element(unsigned char tag, std::string_view content);
inline std::string sequence(std::string_view content) { return element(0x30, content); }
inline std::string set(std::string_view content) { return element(0x31, content); }
inline std::string octets(std::string_view content) { return element(0x04, content); }
inline std::string utf8(std::string_view content) { return element(0x0c, content); }
inline std::string null() { return element(0x05, {}); }
/// Explicit or constructed `[number]`.
inline std::string context(unsigned char number, std::string_view content) {
  return element(static_cast<unsigned char>(0xa0 | number), content);
}
std::string integer(std::uint64_t value);
/// "1.3.6.1…".
std::string oid(std::string_view dotted);

}  // namespace acr::signing::der
