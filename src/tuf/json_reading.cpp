// See json_reading.hpp.
#include "tuf/json_reading.hpp"

#include <algorithm>
#include <vector>

#include "support/text.hpp"
#include "tuf/limits.hpp"

namespace acr::tuf {
namespace {

namespace json = boost::json;

Rejection malformed(std::string_view file, std::string why, std::string_view rule) {
  return reject("tuf-malformed", std::string(file), std::move(why)).rule(std::string(rule));
}

/// Boost reads `-0` as 0. `text` is valid JSON without fractions and exponents.
bool has_negative_zero(std::string_view text) {
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (in_string && text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      in_string = !in_string;
    else if (!in_string && text[at] == '-' && text.substr(at + 1, 1) == "0")
      return true;
  }
  return false;
}

/// Nobody reads most numbers; they are part of the signed bytes all the same (T-16).
bool has_integers_only(json::value const& value) {
  switch (value.kind()) {
    case json::kind::double_:
    case json::kind::uint64:
      return false;  // uint64: above 2^63-1, all others are int64
    case json::kind::array: {
      auto const& elements = value.get_array();
      return std::all_of(elements.begin(), elements.end(), has_integers_only);
    }
    case json::kind::object: {
      auto const& members = value.get_object();
      return std::all_of(members.begin(), members.end(), [](auto const& member) { return has_integers_only(member.value()); });
    }
    default:
      return true;
  }
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (char const c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void append_canonical(std::string& out, json::value const& value) {
  switch (value.kind()) {
    case json::kind::object: {
      std::vector<json::key_value_pair const*> members;
      for (auto const& member : value.get_object()) members.push_back(&member);
      // std::string_view compares as unsigned bytes: the order of the UTF-8 bytes.
      std::sort(members.begin(), members.end(),
                [](auto const* a, auto const* b) { return std::string_view(a->key()) < std::string_view(b->key()); });
      char separator = '{';
      for (auto const* member : members) {
        out += separator;
        append_string(out, member->key());
        out += ':';
        append_canonical(out, member->value());
        separator = ',';
      }
      out += separator == '{' ? "{}" : "}";
      return;
    }
    case json::kind::array: {
      char separator = '[';
      for (auto const& element : value.get_array()) {
        out += separator;
        append_canonical(out, element);
        separator = ',';
      }
      out += separator == '[' ? "[]" : "]";
      return;
    }
    case json::kind::string:
      append_string(out, value.get_string());
      return;
    case json::kind::int64:
      out += std::to_string(value.get_int64());
      return;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    default:
      out += "null";
      return;
  }
}

}  // namespace

Verdict<json::value> parse_document(std::string_view text, std::string_view file, std::size_t max_bytes) {
  if (text.size() > max_bytes)
    return reject("tuf-too-large", std::string(file), "the file is larger than the limit")
        .rule("T-30")
        .expected("at most " + std::to_string(max_bytes) + " bytes")
        .found(std::to_string(text.size()) + " bytes");
  auto document =
      parse_json(text, file, {.max_bytes = max_bytes, .max_depth = limits::json_depth, .duplicate_names_allowed = false});
  if (!document) return malformed(file, document.error().where + ": " + document.error().why, "T-15");
  if (!has_integers_only(*document) || has_negative_zero(text))
    return malformed(file, "it holds a number that is not an integer from -2^63 to 2^63-1", "T-16");
  return std::move(*document);
}

std::string canonical_form(json::value const& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

void Reading::refuse(std::string const& place, std::string why, std::string_view rule, std::string expected,
                     std::string_view found) {
  if (rejection_) return;
  rejection_ = reject("tuf-malformed", file_ + (place.empty() ? "" : ": " + place), std::move(why))
                   .rule(std::string(rule))
                   .expected(std::move(expected))
                   .found(std::string(found.substr(0, 100)));
}

Fields::Fields(Reading& reading, json::value const* value, std::string place, std::string_view rule)
    : reading_(reading), object_(value ? value->if_object() : nullptr), place_(std::move(place)), rule_(rule) {
  if (value && !object_) reading_.refuse(place_, "this is not an object", rule_);
}

std::string Fields::place(std::string_view name) const {
  return place_.empty() ? std::string(name) : place_ + "." + std::string(name);
}

bool Fields::has(std::string_view name) const { return object_ && object_->contains(name); }

json::value const* Fields::member(std::string_view name) {
  auto const* const value = object_ ? object_->if_contains(name) : nullptr;
  if (object_ && !value) reading_.refuse(place(name), "the member is missing", rule_);
  return value;
}

template <class T>
T const* Fields::typed(std::string_view name, T const* (*as)(json::value const&), std::string_view type) {
  auto const* const value = member(name);
  auto const* const result = value ? as(*value) : nullptr;
  if (value && !result) reading_.refuse(place(name), "the member is not " + std::string(type), rule_);
  return result;
}

std::string Fields::text(std::string_view name) {
  auto const* const value = typed<json::string>(
      name, [](json::value const& v) { return v.if_string(); }, "a string");
  return value ? std::string(value->data(), value->size()) : std::string();
}

std::int64_t Fields::integer(std::string_view name, std::int64_t least) {
  auto const* const value = typed<std::int64_t>(
      name, [](json::value const& v) { return v.if_int64(); }, "an integer");
  if (value && *value < least)
    reading_.refuse(place(name), "the number is too small", rule_, "at least " + std::to_string(least), std::to_string(*value));
  return value ? *value : least;
}

bool Fields::flag(std::string_view name) {
  auto const* const value = typed<bool>(
      name, [](json::value const& v) { return v.if_bool(); }, "true or false");
  return value && *value;
}

json::object const& Fields::object(std::string_view name) {
  static json::object const none;
  auto const* const value = typed<json::object>(
      name, [](json::value const& v) { return v.if_object(); }, "an object");
  return value ? *value : none;
}

json::array const& Fields::array(std::string_view name) {
  static json::array const none;
  auto const* const value = typed<json::array>(
      name, [](json::value const& v) { return v.if_array(); }, "a list");
  return value ? *value : none;
}

}  // namespace acr::tuf
