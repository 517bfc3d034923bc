// The one translation unit that compiles Boost.JSON (header-only mode).
#include "support/json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <string>
#include <unordered_set>
#include <vector>

#include "support/work_budget.hpp"

namespace acr {
namespace {

namespace json = boost::json;

// SAX handler: looks for duplicate names and measures depth; values are built by a second pass of the library's own
// parser, so that nothing of value construction is ours.
struct DuplicateFinder {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  static constexpr std::size_t units_of_a_value = 200;  // both passes, and what they allocate
  static bool value() { return charge_work(units_of_a_value), true; }

  std::vector<std::unordered_set<std::string>> names;
  std::string key;
  std::string duplicate;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return names.emplace_back(), value(); }
  bool on_object_end(std::size_t, json::error_code&) { return names.pop_back(), true; }
  bool on_array_begin(json::error_code&) { return value(); }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return key += part, true; }
  bool on_key(json::string_view part, std::size_t, json::error_code& ec) {
    key += part;
    bool const fresh = names.back().insert(key).second;
    if (!fresh) {
      duplicate = key;
      ec = json::error::extra_data;  // any error: `duplicate` tells which
      return false;
    }
    key.clear();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return charge_work(part.size()), true; }
  bool on_string(json::string_view text, std::size_t, json::error_code&) { return charge_work(text.size()), value(); }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return value(); }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return value(); }
  bool on_double(double, json::string_view, json::error_code&) { return value(); }
  bool on_bool(bool, json::error_code&) { return value(); }
  bool on_null(json::error_code&) { return value(); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

json::parse_options options(JsonLimits const& limits) {
  json::parse_options result;
  result.max_depth = limits.max_depth;
  return result;
}

Rejection bad_json(std::string_view what, std::size_t offset, std::string why) {
  return reject("bad-json", std::string(what) + " at byte " + std::to_string(offset), std::move(why));
}

void append_ascii_string(std::string& out, json::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  auto const unit = [&](unsigned value) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += digits[value >> shift & 15U];
  };
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    auto const byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      ++at;
      if (byte == '"' || byte == '\\') {
        out += '\\';
        out += static_cast<char>(byte);
      } else if (byte < 0x20 || byte == 0x7f) {
        unit(byte);
      } else {
        out += static_cast<char>(byte);
      }
      continue;
    }
    std::size_t const more = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : byte >= 0xc0 ? 1 : 0;
    char32_t c = more == 0 ? 0xfffd : byte & (0x3fU >> more);
    bool whole = more != 0 && at + more < text.size();
    for (std::size_t i = 1; whole && i <= more; ++i) {
      auto const next = static_cast<unsigned char>(text[at + i]);
      whole = (next & 0xc0U) == 0x80U;
      c = c << 6 | (next & 0x3fU);
    }
    if (!whole) c = 0xfffd;
    at += whole ? more + 1 : 1;
    if (c > 0xffff) {
      unit(static_cast<unsigned>(0xd800 + ((c - 0x10000) >> 10)));
      unit(static_cast<unsigned>(0xdc00 + ((c - 0x10000) & 0x3ff)));
    } else {
      unit(static_cast<unsigned>(c));
    }
  }
  out += '"';
}

void append_ascii(std::string& out, json::value const& value) {
  switch (value.kind()) {
    case json::kind::object: {
      char separator = '{';
      for (auto const& [name, member] : value.get_object()) {
        out += separator;
        append_ascii_string(out, name);
        out += ':';
        append_ascii(out, member);
        separator = ',';
      }
      out += separator == '{' ? "{}" : "}";
      return;
    }
    case json::kind::array: {
      char separator = '[';
      for (auto const& element : value.get_array()) {
        out += separator;
        append_ascii(out, element);
        separator = ',';
      }
      out += separator == '[' ? "[]" : "]";
      return;
    }
    case json::kind::string:
      append_ascii_string(out, value.get_string());
      return;
    default:
      out += json::serialize(value);
      return;
  }
}

}  // namespace

void append_pretty_json(std::string& out, json::value const& value, std::size_t indent) {
  std::string const inner(indent + 2, ' ');
  std::string const outer(indent, ' ');
  if (auto const* object = value.if_object(); object && !object->empty()) {
    out += "{\n";
    std::size_t left = object->size();
    for (auto const& [name, member] : *object) {
      out += inner + json::serialize(name) + ": ";
      append_pretty_json(out, member, indent + 2);
      out += --left ? ",\n" : "\n";
    }
    out += outer + "}";
  } else if (auto const* array = value.if_array(); array && !array->empty()) {
    out += "[\n";
    std::size_t left = array->size();
    for (auto const& element : *array) {
      out += inner;
      append_pretty_json(out, element, indent + 2);
      out += --left ? ",\n" : "\n";
    }
    out += outer + "]";
  } else {
    out += json::serialize(value);
  }
}

Verdict<json::value> parse_json(std::string_view text, std::string_view what, JsonLimits limits) {
  if (text.size() > limits.max_bytes)
    return bad_json(what, limits.max_bytes, "the document is larger than the limit")
        .expected("at most " + std::to_string(limits.max_bytes) + " bytes")
        .found(std::to_string(text.size()) + " bytes");
  if (!limits.duplicate_names_allowed) {
    json::basic_parser<DuplicateFinder> finder(options(limits));
    json::error_code ec;
    std::size_t const read = finder.write_some(false, text.data(), text.size(), ec);
    if (!finder.handler().duplicate.empty() || (ec == json::error::extra_data && read < text.size()))
      if (!finder.handler().names.empty())
        return bad_json(what, read, "an object has the name \"" + finder.handler().duplicate + "\" twice");
    // What else is wrong, the second pass finds, too.
  }
  json::parser parser({}, options(limits));
  json::error_code ec;
  std::size_t const read = parser.write(text.data(), text.size(), ec);
  if (ec) return bad_json(what, read, "not valid JSON: " + ec.message());
  return parser.release();
}

std::string to_ascii_json(json::value const& value) {
  std::string out;
  append_ascii(out, value);
  return out;
}

std::string to_pretty_json(json::value const& value) {
  std::string out;
  append_pretty_json(out, value, 0);
  out += '\n';
  return out;
}

json::value const* find(json::value const& value, std::string_view name) {
  auto const* object = value.if_object();
  return object ? object->if_contains(name) : nullptr;
}

json::object const* object_in(json::value const& value, std::string_view name) {
  auto const* member = find(value, name);
  return member ? member->if_object() : nullptr;
}

json::array const* array_in(json::value const& value, std::string_view name) {
  auto const* member = find(value, name);
  return member ? member->if_array() : nullptr;
}

std::optional<std::string> string_in(json::value const& value, std::string_view name) {
  auto const* member = find(value, name);
  auto const* text = member ? member->if_string() : nullptr;
  if (!text) return std::nullopt;
  return std::string(text->data(), text->size());
}

std::optional<std::int64_t> integer_in(json::value const& value, std::string_view name) {
  auto const* member = find(value, name);
  auto const* number = member ? member->if_int64() : nullptr;
  if (!number) return std::nullopt;
  return *number;
}

}  // namespace acr
