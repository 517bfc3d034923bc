#pragma once

// When two paths are one on other systems: src/chart/path_folding.hpp (P-156)
// macOS and Windows ignore case, macOS also how accents are composed; extracting a package there loses one of
// the two.

#include <string>
#include <string_view>

namespace acr::chart {

/// Equal for two paths exactly when they are a canonical caseless match (Unicode, D145): decomposed,
/// case-folded, decomposed. `path` is valid UTF-8. Not for display.
std::string folded_path(std::string_view path);

}  // namespace acr::chart
