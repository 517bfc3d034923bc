#pragma once

// A strict validator for the subset of JSON Schema 2020-12 that docs/schema uses. A keyword it does not know is an error,
// so that no rule of a schema goes unchecked.

#include <string>
#include <string_view>
#include <vector>

namespace acr::test {

/// All violations as "<JSON path>: <what>"; empty when `document` is valid. Throws std::runtime_error for a schema that
/// goes beyond the subset, or for text that is not JSON.
std::vector<std::string> schema_violations(std::string_view schema, std::string_view document);

}  // namespace acr::test
