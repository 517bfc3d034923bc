#pragma once

// A quick yes for values.yaml: src/chart/simple_values.hpp (P-59)
// Most values are maps and lists in block style, one scalar on a line. Saying so takes one pass over the lines; the
// YAML reader, which has to decide everything else, takes about thirty times as long.

#include <string_view>

namespace acr::chart {

/// True when `text` is certainly one YAML document that check_values() accepts without a word: a map of scalars, maps
/// and lists in the usual notations, no key twice, no infinity. False says nothing: ask the reader.
bool is_simple_values(std::string_view text);

}  // namespace acr::chart
