#include "chart/yaml_fields.hpp"

#include <cmath>
#include <set>
#include <utility>

#include "chart/limits.hpp"

namespace acr::chart {
namespace {

using Kind = yaml::Value::Kind;

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "nothing";
    case Kind::boolean:
      return "a bool";
    case Kind::integer:
    case Kind::unsigned_integer:
    case Kind::floating:
      return "a number";
    case Kind::string:
      return "a text";
    case Kind::list:
      return "a list";
    case Kind::map:
      return "a map";
  }
  return "";
}

}  // namespace

std::string FieldReader::folded_name(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (std::size_t at = 0; at < name.size(); ++at) {
    char const c = name[at];
    if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (name.substr(at).starts_with("\xC5\xBF")) {
      out += 's';
      at += 1;
    } else if (name.substr(at).starts_with("\xE2\x84\xAA")) {
      out += 'k';
      at += 2;
    } else {
      out += c;
    }
  }
  return out;
}

void FieldReader::refuse(std::uint32_t line, std::string why, std::string rule) {
  if (rejection_) return;
  rejection_ = reject(name_.code, std::string(name_.file) + ":" + std::to_string(line), std::move(why)).rule(std::move(rule));
}

void FieldReader::refuse_key(yaml::Value const& key) {
  refuse(key.line, key.kind == Kind::null ? "a key is null" : "a key is larger than Helm can read", "P-60");
}

void FieldReader::refuse_kind(yaml::Value const& value, std::string_view what, std::string_view wanted) {
  refuse(value.line, "\"" + std::string(what) + "\" has a value of the wrong kind", "P-63");
  rejection_->expected_value = wanted;
  rejection_->found_value = kind_name(value.kind);
}

bool FieldReader::is_list(yaml::Value const& value, std::string_view what) {
  if (value.kind != Kind::list) refuse_kind(value, what, "a list");
  return value.kind == Kind::list;
}

void FieldReader::check_untyped(std::uint32_t root) {
  if (checked_.empty()) checked_.resize(document_.values.size());
  std::vector<std::uint32_t> open{root};
  while (!open.empty()) {
    auto const index = open.back();
    open.pop_back();
    if (checked_[index]) continue;
    checked_[index] = true;
    auto const& value = document_.at(index);
    if (value.kind == Kind::floating && !std::isfinite(value.floating))
      return refuse(value.line, "infinity and NaN cannot be read here", "P-60");
    if (value.kind == Kind::list)
      for (std::uint32_t i = 0; i < value.count; ++i) open.push_back(document_.items[value.first + i]);
    if (value.kind == Kind::map) {
      for (std::uint32_t i = 0; i < value.count; ++i) {
        auto const entry = document_.entries[value.first + i];
        auto const& key = document_.at(entry.key);
        if (key.kind == Kind::null || key.kind == Kind::unsigned_integer) return refuse_key(key);
        open.push_back(entry.value);
      }
    }
  }
}

void FieldReader::read(yaml::Value const& value, std::string_view what, std::string& field) {
  if (value.kind == Kind::null) return;
  if (value.kind == Kind::list || value.kind == Kind::map) return refuse_kind(value, what, "a text");
  field = yaml::scalar_as_text(value);
}

void FieldReader::read(yaml::Value const& value, std::string_view what, bool& field) {
  if (value.kind == Kind::null) return;
  if (value.kind != Kind::boolean) return refuse_kind(value, what, "true or false");
  field = value.boolean;
}

void FieldReader::read(yaml::Value const& value, std::string_view what, std::vector<std::string>& field) {
  if (value.kind == Kind::null) return field.clear();
  if (!is_list(value, what)) return;
  field.resize(value.count);
  for (std::uint32_t i = 0; i < value.count && good(); ++i)
    read(document_.at(document_.items[value.first + i]), what, field[i]);
}

void FieldReader::read_annotations(yaml::Value const& value, std::map<std::string, std::string, std::less<>>& field) {
  if (value.kind == Kind::null) return;
  if (value.kind != Kind::map) return refuse_kind(value, "annotations", "a map");
  for (std::uint32_t i = 0; i < value.count && good(); ++i) {
    auto const entry = document_.entries[value.first + i];
    auto const& key = document_.at(entry.key);
    std::string text;
    if (!yaml::append_key_text(key, text)) return refuse_key(key);
    std::string annotation;
    read(document_.at(entry.value), "annotations", annotation);
    if (!field.emplace(std::move(text), std::move(annotation)).second)
      return refuse(key.line, "two annotation keys become the same text, and Helm picks one at random", "P-63a");
  }
}

void FieldReader::read(yaml::Value const& value, std::string_view what, std::vector<Maintainer>& field) {
  if (value.kind == Kind::null) return field.clear();
  if (!is_list(value, what)) return;
  field.assign(value.count, {});
  static constexpr std::array<std::string_view, 3> names = {"name", "email", "url"};
  for (std::uint32_t i = 0; i < value.count && good(); ++i) {
    auto& maintainer = field[i];
    auto const& item = document_.at(document_.items[value.first + i]);
    maintainer.is_null = item.kind == Kind::null;
    if (maintainer.is_null) continue;
    if (item.kind != Kind::map) return refuse_kind(item, what, "a list of maps");
    std::string* const targets[] = {&maintainer.name, &maintainer.email, &maintainer.url};
    each_field(
        item, names,
        [&](std::size_t field_at, yaml::Value const& text, std::uint32_t) { read(text, names[field_at], *targets[field_at]); },
        [](auto const&, auto const&) {});
  }
}

void FieldReader::read(yaml::Value const& value, std::string_view what, std::vector<Dependency>& field) {
  if (value.kind == Kind::null) return field.clear();
  if (!is_list(value, what)) return;
  field.resize(value.count);
  for (std::uint32_t i = 0; i < value.count && good(); ++i) {
    auto const& item = document_.at(document_.items[value.first + i]);
    auto& dependency = field[i];
    if (item.kind == Kind::null) {
      dependency = {};
      dependency.is_null = true;
    } else if (item.kind != Kind::map) {
      refuse_kind(item, what, "a list of maps");
    } else {
      dependency.is_null = false;
      read_dependency(item, dependency);
    }
    dependency.line = item.line;
  }
}

void FieldReader::read_dependency(yaml::Value const& value, Dependency& dependency) {
  enum Field { name, version, repository, condition, tags, enabled, import_values, alias, digest };
  static constexpr std::array<std::string_view, 9> names = {"name",    "version",       "repository", "condition", "tags",
                                                            "enabled", "import-values", "alias",      "digest"};
  each_field(
      value, names,
      [&](std::size_t field, yaml::Value const& item, std::uint32_t index) {
        switch (static_cast<Field>(field)) {
          case name:
            return read(item, "name", dependency.name);
          case version:
            return read(item, "version", dependency.version);
          case repository:
            return read(item, "repository", dependency.repository);
          case condition:
            return read(item, "condition", dependency.condition);
          case alias:
            return read(item, "alias", dependency.alias);
          case tags:
            return read(item, "tags", dependency.tags);
          case enabled:
            return read(item, "enabled", dependency.enabled);
          case import_values:
            dependency.import_values.clear();
            if (item.kind != Kind::null && is_list(item, "import-values")) read_import_values(index, dependency.import_values);
            return;
          case digest:
            // Unknown to Helm, a pin to us (D-29): one that says nothing must not look like none.
            check_untyped(index);
            return read(item, "digest", dependency.pin);
        }
      },
      [](auto const&, auto const&) {});
}

void FieldReader::read_import_values(std::uint32_t list, std::vector<AnyValue>& field) {
  check_untyped(list);
  if (!good()) return;
  struct Step {
    std::uint32_t value;
    std::string key;
  };
  std::vector<Step> open;
  auto const push_children = [&](yaml::Value const& value) {
    // In reverse, so that the first comes off first.
    if (value.kind == Kind::list)
      for (auto i = value.count; i-- > 0;) open.push_back({document_.items[value.first + i], {}});
    if (value.kind != Kind::map) return;
    std::set<std::string, std::less<>> keys;
    for (auto i = value.count; i-- > 0;) {
      auto const entry = document_.entries[value.first + i];
      std::string text;
      yaml::append_key_text(document_.at(entry.key), text);
      if (!keys.insert(text).second)
        return refuse(document_.at(entry.key).line, "two keys become the same text, and Helm picks one at random", "P-63a");
      open.push_back({entry.value, std::move(text)});
    }
  };
  push_children(document_.at(list));
  while (!open.empty() && good()) {
    auto step = std::move(open.back());
    open.pop_back();
    auto const& value = document_.at(step.value);
    if (field.size() + open.size() > import_value_nodes)
      return refuse(value.line, "import-values holds too many values", "P-153");
    auto& any = field.emplace_back();
    any.key = std::move(step.key);
    switch (value.kind) {
      case Kind::null:
        break;
      case Kind::boolean:
        any.kind = AnyValue::Kind::boolean, any.boolean = value.boolean;
        break;
      case Kind::integer:
        any.kind = AnyValue::Kind::number, any.number = static_cast<double>(value.integer);
        break;
      case Kind::unsigned_integer:
        any.kind = AnyValue::Kind::number, any.number = static_cast<double>(value.unsigned_integer);
        break;
      case Kind::floating:
        any.kind = AnyValue::Kind::number, any.number = value.floating;
        break;
      case Kind::string:
        any.kind = AnyValue::Kind::string, any.text = yaml::valid_utf8(value.text);
        break;
      case Kind::list:
      case Kind::map:
        any.kind = value.kind == Kind::list ? AnyValue::Kind::list : AnyValue::Kind::map;
        any.children = value.count;
        push_children(value);
    }
  }
}

std::vector<Warning> reading_warnings(yaml::Document const& document, std::string_view file) {
  std::vector<Warning> warnings;
  for (auto const& duplicate : document.duplicates)
    warnings.push_back({"duplicate-key", std::string(file), duplicate.line,
                        "the key \"" + duplicate.key + "\" stands twice in one map: Helm reads the last one", "P-158"});
  if (document.second_document != 0)
    warnings.push_back({"second-document", std::string(file), document.second_document,
                        "Helm reads nothing from here on: the first YAML document ends before", "P-158"});
  return warnings;
}

}  // namespace acr::chart
