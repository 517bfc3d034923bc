#pragma once

// JSON as Go's encoding/json writes it, which is what Helm's digests are made over: src/chart/go_json.hpp (D-8, O-3, O-4, P-64,
// P-91) No white space; `<`, `>`, `&`, U+2028 and U+2029 escaped; everything else beyond ASCII as it is.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "chart/chart_metadata.hpp"

namespace acr::chart {

/// A string with its quotes; bytes that are not UTF-8 become `\ufffd`.
void append_json(std::string& out, std::string_view text);
/// A list; empty elements stay.
void append_json(std::string& out, std::vector<std::string> const& texts);
/// An object, keys in the order of their bytes.
void append_json(std::string& out, std::map<std::string, std::string, std::less<>> const& texts);
/// A dependency as Helm's struct has it: name and repository always, the rest unless empty. A null element throws
/// std::logic_error.
void append_json(std::string& out, Dependency const& dependency);

}  // namespace acr::chart
