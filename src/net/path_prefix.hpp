#pragma once

// Whether a path lies below a credential's prefix: src/net/path_prefix.hpp (B-28)
// Pure. The one who asks is about to send a password, so a path that servers may read in two ways lies below nothing.

#include <string_view>

namespace acr::net {

/// True when a server finds `path` below `prefix`, however it reads paths: both are decoded once, their `.` segments are
/// dropped, and the path begins with the prefix's segments, whether `%2f` is taken for a slash or not. False when a segment
/// holds `..`, `%2e`, `;` or a backslash, as sent or decoded, and for broken escapes. `path` starts with "/"; "" and "/" are
/// the prefix of every path.
[[nodiscard]] bool is_below_prefix(std::string_view path, std::string_view prefix);

/// True for a prefix that some path can lie below: "" or "/a/b" whose segments are not empty and read in one way only.
[[nodiscard]] bool is_usable_prefix(std::string_view prefix);

}  // namespace acr::net
