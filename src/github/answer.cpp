// Reading the JSON of an answer (github-api.md G-33, G-34).
#include "github/answer.hpp"

#include "github/limits.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::github {
namespace {

namespace json = boost::json;

[[noreturn]] void bad_field(Answer const& answer, std::string_view name, std::string_view kind) {
  bad_response(answer, "the field \"" + std::string(name) + "\" is absent or no " + std::string(kind));
}

}  // namespace

void bad_response(Answer const& answer, std::string_view why) {
  throw ApiError("bad-response",
                 answer.about + " answered " + std::to_string(answer.status) +
                     " with something that is not GitHub's answer: " + printable(why, limits::error_text),
                 answer.status);
}

json::value json_of(Answer const& answer) {
  JsonLimits bounds;
  bounds.max_bytes = limits::json_bytes;
  bounds.max_depth = limits::json_depth;
  auto parsed = parse_json(answer.body, "answer", bounds);
  if (!parsed) {
    auto const start = trimmed(answer.body).substr(0, 40);
    bad_response(answer,
                 parsed.error().why + (start.empty() ? " (it is empty)" : " (it starts with: " + std::string(start) + ")"));
  }
  return std::move(*parsed);
}

json::object const& object_field(Answer const& answer, json::value const& value, std::string_view name) {
  auto const* found = object_in(value, name);
  if (!found) bad_field(answer, name, "object");
  return *found;
}

json::array const& array_field(Answer const& answer, json::value const& value, std::string_view name) {
  auto const* found = array_in(value, name);
  if (!found) bad_field(answer, name, "array");
  return *found;
}

std::string string_field(Answer const& answer, json::value const& value, std::string_view name) {
  auto found = string_in(value, name);
  if (!found) bad_field(answer, name, "string");
  return *std::move(found);
}

std::uint64_t number_field(Answer const& answer, json::value const& value, std::string_view name) {
  auto const found = integer_in(value, name);
  if (!found || *found < 0) bad_field(answer, name, "number");
  return static_cast<std::uint64_t>(*found);
}

std::string object_id_field(Answer const& answer, json::value const& value, std::string_view name) {
  auto found = string_in(value, name);
  if (!found || !(is_lower_hex(*found, 40) || is_lower_hex(*found, 64))) bad_field(answer, name, "object id");
  return *std::move(found);
}

json::array const& array_of(Answer const& answer, json::value const& value) {
  auto const* found = value.if_array();
  if (!found) bad_response(answer, "an array was expected");
  return *found;
}

}  // namespace acr::github
