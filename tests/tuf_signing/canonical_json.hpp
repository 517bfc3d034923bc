#pragma once

// The bytes that TUF signatures are made over: tests/tuf_signing/canonical_json.hpp (T-16)

#include <cstddef>
#include <string>
#include <string_view>

#include "support/verdict.hpp"
#include "tuf/json_reading.hpp"

namespace acr::tuf {

/// The canonical form of a JSON document: members in the order of their UTF-8 bytes, no white space, only `"` and `\` escaped.
/// It may hold raw control characters, so it is not always JSON itself. Refused: what T-15 and T-16 refuse, "tuf-malformed",
/// "tuf-too-large".
inline Verdict<std::string> canonical_json(std::string_view text, std::size_t max_bytes) {
  auto const document = parse_document(text, "document", max_bytes);
  if (!document) return document.error();
  return canonical_form(*document);
}

}  // namespace acr::tuf
