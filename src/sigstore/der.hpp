#pragma once

// Reading and re-wrapping DER, strictly: src/sigstore/der.hpp (X.690)
// For the few structures where a certificate's exact bytes matter: SCTs, Fulcio extensions, names. OpenSSL does the rest.

#include <optional>
#include <string>
#include <string_view>

namespace acr::sigstore {

/// One element; views into the text that was read.
struct DerElement {
  unsigned char tag = 0;   ///< identifier octet, e.g. 0x30 SEQUENCE, 0x86 [6] primitive
  std::string_view value;  ///< content octets
  std::string_view whole;  ///< with identifier and length
};

namespace der {
inline constexpr unsigned char boolean = 0x01;
inline constexpr unsigned char integer = 0x02;
inline constexpr unsigned char octet_string = 0x04;
inline constexpr unsigned char object_identifier = 0x06;
inline constexpr unsigned char utf8_string = 0x0c;
inline constexpr unsigned char sequence = 0x30;
inline constexpr unsigned char set = 0x31;
}  // namespace der

/// Walks over consecutive elements. Refuses multi-byte tags, indefinite and non-minimal lengths, and lengths past the end.
class DerReader {
 public:
  explicit DerReader(std::string_view bytes) : left_(bytes) {}
  [[nodiscard]] bool done() const { return left_.empty(); }
  /// The next element; nothing at the end or when ill-formed (then done() is false).
  std::optional<DerElement> next();
  /// The next element if it has this tag, else nothing and the position stays.
  std::optional<DerElement> next(unsigned char tag);

 private:
  std::string_view left_;
};

/// The only element of `bytes`, with nothing behind it.
std::optional<DerElement> der_only(std::string_view bytes, unsigned char tag);

/// Identifier, minimal length, content.
std::string der_wrap(unsigned char tag, std::string_view content);

/// Content octets of an OBJECT IDENTIFIER as dotted decimals; nothing when ill-formed or an arc exceeds 63 bits.
std::optional<std::string> der_oid_text(std::string_view content);

}  // namespace acr::sigstore
