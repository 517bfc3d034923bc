#pragma once

// Reading the JSON of an answer: src/github/answer.hpp (github-api.md G-33, G-34)
// For .cpp files only: support/json.hpp is heavy. A required field that is absent or of another kind is
// "bad-response"; unknown fields and absent optional ones pass.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "github/api.hpp"
#include "support/json.hpp"

namespace acr::github {

/// Throws ApiError "bad-response" (exit 3) that names the request and says `why` (escaped here).
[[noreturn]] void bad_response(Answer const& answer, std::string_view why);

/// The body as JSON. HTML, an empty body, duplicate names and everything else that is not strict JSON is
/// "bad-response".
boost::json::value json_of(Answer const& answer);

// Required fields; `answer` is for the message alone.
boost::json::object const& object_field(Answer const& answer, boost::json::value const& value, std::string_view name);
boost::json::array const& array_field(Answer const& answer, boost::json::value const& value, std::string_view name);
std::string string_field(Answer const& answer, boost::json::value const& value, std::string_view name);
/// Never negative.
std::uint64_t number_field(Answer const& answer, boost::json::value const& value, std::string_view name);
/// 40 or 64 lower-case hex digits.
std::string object_id_field(Answer const& answer, boost::json::value const& value, std::string_view name);

/// The value itself as an array, as listings of refs and rules are.
boost::json::array const& array_of(Answer const& answer, boost::json::value const& value);

}  // namespace acr::github
