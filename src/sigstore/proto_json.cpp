// See proto_json.hpp.
#include "sigstore/proto_json.hpp"

#include <charconv>

#include "support/encoding.hpp"

namespace acr::sigstore {
namespace {

std::string_view kind_text(boost::json::value const& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return "null";
    case boost::json::kind::bool_:
      return "a boolean";
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
      return "an integer";
    case boost::json::kind::double_:
      return "a number with fraction or exponent";
    case boost::json::kind::string:
      return "a string";
    case boost::json::kind::array:
      return "an array";
    case boost::json::kind::object:
      return "an object";
  }
  return "something else";
}

std::string cut(std::string_view text) { return std::string(text.substr(0, 100)) + (text.size() > 100 ? "…" : ""); }

}  // namespace

void ProtoReading::refuse(std::string where, std::string why, std::string rule, std::string expected, std::string found) {
  if (rejection_) return;
  rejection_ = reject(code_, std::move(where), std::move(why))
                   .rule(rule.empty() ? rule_ : std::move(rule))
                   .expected(std::move(expected))
                   .found(std::move(found));
}

ProtoMessage::ProtoMessage(ProtoReading& reading, boost::json::value const* value, std::string path)
    : reading_(reading), path_(std::move(path)) {
  if (!value) return;
  object_ = value->if_object();
  if (!object_) reading_.refuse(path_, "this must be an object", "V-15", "an object", std::string(kind_text(*value)));
}

boost::json::value const* ProtoMessage::take(std::string_view name) {
  known_.insert(name);
  auto const* value = object_ ? object_->if_contains(name) : nullptr;
  return value && !value->is_null() ? value : nullptr;
}

bool ProtoMessage::has(std::string_view name) { return take(name) != nullptr; }

std::string ProtoMessage::string(std::string_view name) {
  auto const* value = take(name);
  if (!value) return {};
  auto const* text = value->if_string();
  if (!text) {
    reading_.refuse(path(name), "this must be a string", "V-15", "a string", std::string(kind_text(*value)));
    return {};
  }
  return {text->data(), text->size()};
}

std::string ProtoMessage::bytes(std::string_view name) {
  auto const* value = take(name);
  if (!value) return {};
  auto const* text = value->if_string();
  if (!text) {
    reading_.refuse(path(name), "this must be a base64 string", "V-16", "a string", std::string(kind_text(*value)));
    return {};
  }
  auto decoded = from_base64({text->data(), text->size()});
  if (!decoded) {
    reading_.refuse(path(name), "this is not valid base64", "V-16", {}, cut({text->data(), text->size()}));
    return {};
  }
  return std::move(*decoded);
}

std::int64_t ProtoMessage::int64(std::string_view name) {
  auto const* value = take(name);
  if (!value) return 0;
  if (auto const* number = value->if_int64()) return *number;
  std::string found(kind_text(*value));
  if (auto const* text = value->if_string()) {
    std::string_view const digits(text->data(), text->size());
    found = cut(digits);
    std::string_view const magnitude = digits.substr(digits.starts_with('-') ? 1 : 0);
    bool const leading_zero = magnitude.starts_with('0') && digits != "0";
    std::int64_t parsed = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
    if (!leading_zero && error == std::errc() && end == digits.data() + digits.size()) return parsed;
  }
  reading_.refuse(path(name), "this must be a 64-bit integer", "V-17", "decimal digits", found);
  return 0;
}

boost::json::value const* ProtoMessage::message(std::string_view name) { return take(name); }

boost::json::array const* ProtoMessage::array(std::string_view name, std::size_t limit, std::string rule) {
  auto const* value = take(name);
  if (!value) return nullptr;
  auto const* elements = value->if_array();
  if (!elements) {
    reading_.refuse(path(name), "this must be an array", "V-15", "an array", std::string(kind_text(*value)));
    return nullptr;
  }
  if (elements->size() > limit) {
    reading_.refuse(path(name), "too many elements", rule.empty() ? "V-3" : std::move(rule), "at most " + std::to_string(limit),
                    std::to_string(elements->size()));
    return nullptr;
  }
  return elements;
}

boost::json::value const* ProtoMessage::any(std::string_view name) { return take(name); }

void ProtoMessage::done() {
  if (!object_) return;
  for (auto const& member : *object_) {
    std::string_view const name(member.key().data(), member.key().size());
    if (known_.contains(name)) continue;
    reading_.refuse(path_, "unknown field \"" + cut(name) + "\"", "V-14");
    return;
  }
}

}  // namespace acr::sigstore
