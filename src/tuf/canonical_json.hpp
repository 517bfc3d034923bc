#pragma once

// The bytes that TUF signatures are made over: src/tuf/canonical_json.hpp (T-16)

#include <cstddef>
#include <string>
#include <string_view>

#include "support/verdict.hpp"

namespace acr::tuf {

/// The canonical form of a JSON document: members in the order of their UTF-8 bytes, no white space, only `"` and `\` escaped.
/// It may hold raw control characters, so it is not always JSON itself. Refused: what T-15 and T-16 refuse, "tuf-malformed",
/// "tuf-too-large".
Verdict<std::string> canonical_json(std::string_view text, std::size_t max_bytes);

}  // namespace acr::tuf
