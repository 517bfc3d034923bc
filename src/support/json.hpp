#pragma once

// Strict JSON reading over Boost.JSON: src/support/json.hpp (RFC 8259; V-13, V-14, A-46, G-6)
// Includes the heavy <boost/json.hpp>: only .cpp files include this header.

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "support/verdict.hpp"

namespace acr {

struct JsonLimits {
  std::size_t max_bytes = std::size_t{32} << 20;
  std::size_t max_depth = 64;            ///< nesting of arrays and objects
  bool duplicate_names_allowed = false;  ///< true: the last one wins, as GitHub's own readers do
};

/// One JSON value and nothing but white space after it. Refused (code "bad-json", `where` = `what` and the byte
/// offset): invalid UTF-8, BOM, comments, trailing commas, NaN, raw control characters, lone surrogates, duplicate
/// names in one object, a document above the limits.
Verdict<boost::json::value> parse_json(std::string_view text, std::string_view what, JsonLimits limits = {});

/// Compact and ASCII-only: every other character becomes `\uXXXX`. Keys keep the order of insertion.
std::string to_ascii_json(boost::json::value const& value);

/// Two-space indent, LF, one LF at the end, UTF-8 as it is: reports, manifest.
std::string to_pretty_json(boost::json::value const& value);
/// One value of such a document, appended where a line is indented by `indent` spaces: without a line end.
void append_pretty_json(std::string& out, boost::json::value const& value, std::size_t indent);

// Tolerant look-ups: null pointer or nothing when a step is absent or of another kind.
boost::json::value const* find(boost::json::value const& value, std::string_view name);
boost::json::object const* object_in(boost::json::value const& value, std::string_view name);
boost::json::array const* array_in(boost::json::value const& value, std::string_view name);
std::optional<std::string> string_in(boost::json::value const& value, std::string_view name);
/// An integer that fits 64 bits signed.
std::optional<std::int64_t> integer_in(boost::json::value const& value, std::string_view name);

}  // namespace acr
