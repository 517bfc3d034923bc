#pragma once

// What a mistyped name was meant to be: src/support/nearest_name.hpp

#include <span>
#include <string_view>

namespace acr {

/// The one of `names` that takes the fewest insertions, deletions and replacements of bytes to become `name`, ASCII case
/// ignored and `_` equal to `-`; the first of several. Empty when there are no names. Only the first 100 bytes of each are
/// compared.
std::string_view nearest_name(std::string_view name, std::span<std::string_view const> names);

/// The same, but empty when that takes more changes than a third of the bytes of `name`, rounded up: it was hardly meant.
std::string_view likely_name(std::string_view name, std::span<std::string_view const> names);

}  // namespace acr
