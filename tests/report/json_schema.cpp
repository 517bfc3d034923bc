#include "report/json_schema.hpp"

#include <regex>
#include <stdexcept>

#include "support/json.hpp"

namespace acr::test {
namespace {

namespace json = boost::json;

class Validator {
 public:
  explicit Validator(json::value const& root) : root_(root) {}

  void check(json::value const& schema, json::value const& value, std::string const& path) {
    for (auto const& [name, rule] : schema.as_object()) apply(name, rule, schema.as_object(), value, path);
  }

  std::vector<std::string> violations;

 private:
  static std::string text(json::string_view view) { return {view.data(), view.size()}; }
  void complain(std::string const& path, std::string const& what) { violations.push_back(path + ": " + what); }

  static bool has_type(json::value const& value, json::string_view type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    if (type == "boolean") return value.is_bool();
    throw std::runtime_error("schema: type " + text(type));
  }

  void apply(json::string_view keyword, json::value const& rule, json::object const& schema, json::value const& value,
             std::string const& path) {
    if (keyword == "$schema" || keyword == "$id" || keyword == "title" || keyword == "description" || keyword == "$defs")
      return;
    if (keyword == "$ref") {
      auto const name = text(rule.as_string());
      if (name.rfind("#/$defs/", 0) != 0) throw std::runtime_error("schema: reference " + name);
      return check(root_.at("$defs").at(name.substr(8)), value, path);
    }
    if (keyword == "type") {
      if (!has_type(value, rule.as_string())) complain(path, "not of type " + text(rule.as_string()));
    } else if (keyword == "const") {
      if (value != rule) complain(path, "not " + json::serialize(rule));
    } else if (keyword == "enum") {
      for (auto const& each : rule.as_array())
        if (value == each) return;
      complain(path, "none of " + json::serialize(rule));
    } else if (keyword == "pattern") {
      if (value.is_string() && !std::regex_search(text(value.get_string()), std::regex(text(rule.as_string()))))
        complain(path, "does not match " + text(rule.as_string()));
    } else if (keyword == "minLength") {
      if (value.is_string() && static_cast<std::int64_t>(value.get_string().size()) < rule.as_int64())
        complain(path, "too short");
    } else if (keyword == "minimum") {
      if (value.is_int64() && value.get_int64() < rule.as_int64()) complain(path, "below the minimum");
    } else if (keyword == "minItems") {
      if (value.is_array() && static_cast<std::int64_t>(value.get_array().size()) < rule.as_int64())
        complain(path, "too few items");
    } else if (keyword == "items") {
      if (!value.is_array()) return;
      for (std::size_t i = 0; i < value.get_array().size(); ++i)
        check(rule, value.get_array()[i], path + "[" + std::to_string(i) + "]");
    } else if (keyword == "required") {
      if (!value.is_object()) return;
      for (auto const& name : rule.as_array())
        if (!value.get_object().contains(name.as_string())) complain(path, "without " + text(name.as_string()));
    } else if (keyword == "properties" || keyword == "patternProperties") {
      // handled with additionalProperties, which every object schema here has
      if (!schema.contains("additionalProperties")) throw std::runtime_error("schema: an open object at " + path);
    } else if (keyword == "additionalProperties") {
      if (!value.is_object()) return;
      for (auto const& [name, member] : value.get_object()) member_of(schema, rule, text(name), member, path);
    } else {
      throw std::runtime_error("schema: unknown keyword " + text(keyword));
    }
  }

  void member_of(json::object const& schema, json::value const& others, std::string const& name, json::value const& member,
                 std::string const& path) {
    auto const inner = path + "." + name;
    if (auto const* properties = schema.if_contains("properties"))
      if (auto const* rule = properties->as_object().if_contains(name)) return check(*rule, member, inner);
    if (auto const* patterns = schema.if_contains("patternProperties"))
      for (auto const& [pattern, rule] : patterns->as_object())
        if (std::regex_search(name, std::regex(text(pattern)))) return check(rule, member, inner);
    if (others.is_object()) return check(others, member, inner);
    if (!others.as_bool()) complain(inner, "not allowed");
  }

  json::value const& root_;
};

json::value parsed(std::string_view what, std::string_view text) {
  auto const value = parse_json(text, what);
  if (!value) throw std::runtime_error(value.error().sentence());
  return *value;
}

}  // namespace

std::vector<std::string> schema_violations(std::string_view schema, std::string_view document) {
  auto const root = parsed("schema", schema);
  Validator validator(root);
  validator.check(root, parsed("document", document), "$");
  return validator.violations;
}

}  // namespace acr::test
