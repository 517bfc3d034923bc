#include "chart/metadata_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "chart/limits.hpp"
#include "yaml/reader.hpp"

namespace acr::chart {

std::string any_number_text(double number) {
  // First as JSON: plain digits for 1e-6 <= |x| < 1e21. Then as YAML 1.1 reads those.
  double const size = std::abs(number);
  if (size >= 1e21 || (size != 0 && size < 1e-6)) return yaml::float64_text(number);
  std::array<char, 64> buffer{};
  auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::scientific).ptr;
  std::string_view const scientific(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  auto const e = scientific.find('e');
  int exponent = 0;
  auto const written = scientific.substr(e + (scientific[e + 1] == '+' ? 2 : 1));
  std::from_chars(written.data(), written.data() + written.size(), exponent);
  std::string integer;
  for (char const c : scientific.substr(0, e))
    if (c != '.') integer += c;
  auto const digits = static_cast<int>(integer.size()) - (number < 0 || std::signbit(number) ? 1 : 0);
  if (exponent < digits - 1) return yaml::float64_text(number);  // has a fraction
  integer.append(static_cast<std::size_t>(exponent - (digits - 1)), '0');
  yaml::Value value;
  yaml::resolve_plain(integer, value);
  switch (value.kind) {
    case yaml::Value::Kind::integer:
      return std::to_string(value.integer);
    case yaml::Value::Kind::unsigned_integer:
      return std::to_string(value.unsigned_integer);
    default:
      return yaml::float64_text(number);
  }
}

void MetadataWriter::refuse(Rejection rejection) {
  if (rejection_) return;
  rejection.where = std::string(file_);
  rejection.why = "\"" + std::string(place_) + "\": " + rejection.why;
  rejection_ = std::move(rejection);
}

void MetadataWriter::string(std::string_view text) {
  auto passed = yaml::through_json(text);
  if (!passed) return refuse(passed.error());
  if (!writer_.string(*passed))
    refuse(reject("chart-yaml-unwritable", "", "a text of several lines ends in a line separator, which YAML cannot hold")
               .rule("P-104")
               .fix("remove the last character"));
}

void MetadataWriter::key(std::string_view text) {
  auto passed = yaml::key_through_json(text);
  if (!passed) return refuse(passed.error());
  writer_.key(*passed);
}

void MetadataWriter::field_always(std::string_view name, std::string_view text) {
  place_ = name;
  writer_.key(name);
  string(text);
}

void MetadataWriter::field(std::string_view name, std::string_view text) {
  if (!text.empty()) field_always(name, text);
}

void MetadataWriter::field(std::string_view name, std::vector<std::string> const& texts) {
  if (texts.empty()) return;
  place_ = name;
  writer_.key(name);
  writer_.begin_list(texts.size());
  for (auto const& text : texts) string(text);
  writer_.end();
}

void MetadataWriter::annotations(std::map<std::string, std::string, std::less<>> const& annotations) {
  if (annotations.empty()) return;
  place_ = "annotations";
  if (annotations.size() > written_keys)
    return refuse(reject("chart-yaml-unwritable", "", "there are too many annotations")
                      .rule("P-153")
                      .expected("at most " + std::to_string(written_keys)));
  std::vector<std::string_view> keys;
  std::vector<std::string_view> values;
  for (auto const& [key_text, value] : annotations) keys.push_back(key_text), values.push_back(value);
  writer_.key("annotations");
  writer_.begin_map(keys.size());
  for (auto const position : yaml::natural_order(keys)) {
    key(keys[position]);
    string(values[position]);
  }
  writer_.end();
}

void MetadataWriter::dependencies(std::vector<Dependency> const& dependencies) {
  writer_.key("dependencies");
  writer_.begin_list(dependencies.size());
  for (auto const& one : dependencies) {
    if (one.is_null)
      writer_.plain("null");
    else
      dependency(one);
  }
  writer_.end();
}

void MetadataWriter::dependency(Dependency const& one) {
  writer_.begin_map(2);  // never empty: name and repository are always there (P-83)
  field("alias", one.alias);
  field("condition", one.condition);
  if (one.enabled) {
    writer_.key("enabled");
    writer_.plain("true");
  }
  if (!one.import_values.empty()) {
    place_ = "import-values";
    writer_.key("import-values");
    any_values(one.import_values);
  }
  field_always("name", one.name);
  field_always("repository", one.repository);
  field("tags", one.tags);
  field("version", one.version);
  writer_.end();
}

void MetadataWriter::any_values(std::vector<AnyValue> const& values) {
  // Behind each value with all below it: children can be skipped, and thus be sorted.
  std::vector<std::size_t> behind(values.size());
  std::size_t top_count = 0;
  for (auto i = values.size(); i-- > 0;) {
    auto next = i + 1;
    for (std::uint32_t child = 0; child < values[i].children; ++child) next = behind[next];
    behind[i] = next;
  }
  struct Level {
    std::vector<std::size_t> children;  ///< in the order they are written
    std::size_t next = 0;
    bool map = false;
  };
  std::vector<Level> open(1);
  for (std::size_t at = 0; at < values.size(); at = behind[at]) open[0].children.push_back(at), ++top_count;
  writer_.begin_list(top_count);
  while (!open.empty() && !rejection_) {
    auto& level = open.back();
    if (level.next == level.children.size()) {
      writer_.end();
      open.pop_back();
      continue;
    }
    auto const at = level.children[level.next++];
    auto const& value = values[at];
    if (level.map) key(value.key);
    if (rejection_) return;
    switch (value.kind) {
      case AnyValue::Kind::null:
        writer_.plain("null");
        break;
      case AnyValue::Kind::boolean:
        writer_.plain(value.boolean ? "true" : "false");
        break;
      case AnyValue::Kind::number:
        writer_.plain(any_number_text(value.number));
        break;
      case AnyValue::Kind::string:
        string(value.text);
        break;
      case AnyValue::Kind::list:
      case AnyValue::Kind::map: {
        Level below;
        below.map = value.kind == AnyValue::Kind::map;
        auto child = at + 1;
        for (std::uint32_t i = 0; i < value.children; ++i, child = behind[child]) below.children.push_back(child);
        if (below.map) {
          if (below.children.size() > written_keys)
            return refuse(reject("chart-yaml-unwritable", "", "a map holds too many keys")
                              .rule("P-153")
                              .expected("at most " + std::to_string(written_keys)));
          std::vector<std::string_view> keys;
          for (auto const position : below.children) keys.push_back(values[position].key);
          std::vector<std::size_t> sorted;
          for (auto const position : yaml::natural_order(keys)) sorted.push_back(below.children[position]);
          below.children = std::move(sorted);
          writer_.begin_map(value.children);
        } else {
          writer_.begin_list(value.children);
        }
        open.push_back(std::move(below));
      }
    }
  }
}

Verdict<std::string> MetadataWriter::take() && {
  if (rejection_) return std::move(*rejection_);
  return std::move(writer_).take();
}

}  // namespace acr::chart
