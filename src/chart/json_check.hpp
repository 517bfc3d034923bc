#pragma once

// Is this one JSON value to Helm: src/chart/json_check.hpp (P-80 no. 4, P-160; Go's json.Valid)
// Looser than support/json.hpp where Go is: duplicate names, lone surrogates and invalid UTF-8 in strings pass.

#include <string_view>

#include "support/verdict.hpp"

namespace acr::chart {

/// Passes exactly what Go's json.Valid passes: at most 10 000 levels, any depth without machine stack. Refused with code
/// `schema-json`, `where` is `file` with line and column. The value is `bytes`.
Verdict<std::string_view> check_json(std::string_view bytes, std::string_view file);

}  // namespace acr::chart
