#pragma once

// Names that git accepts for refs: src/support/ref_name.hpp (git-check-ref-format)

#include <string_view>

namespace acr {

/// True when `name` may follow "refs/heads/" or "refs/tags/": components of at least one character that begin with no
/// dot and end in no ".lock"; no "..", "@{", control character, space, or any of `~^:?*[\`; no dot at the end; not "@".
bool is_ref_name(std::string_view name);

}  // namespace acr
