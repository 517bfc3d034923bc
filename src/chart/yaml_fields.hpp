#pragma once

// From YAML to fields, as Helm's way through JSON into Go structs does it: src/chart/yaml_fields.hpp (P-60, P-62, P-63)
// Only the readers of this room include this.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/chart_metadata.hpp"
#include "support/verdict.hpp"
#include "yaml/reader.hpp"

namespace acr::chart {

/// Reads values of one document into fields; stops at the first thing Helm would refuse.
class FieldReader {
 public:
  FieldReader(yaml::Document const& document, yaml::ReadOptions const& name) : document_(document), name_(name) {}

  /// True while nothing was refused; rejection() tells otherwise.
  [[nodiscard]] bool good() const { return !rejection_; }
  [[nodiscard]] Rejection rejection() const { return *rejection_; }

  /// Calls `take(field, value, key)` for each entry of a map whose key is one of `names` (lower case; compared by
  /// Unicode simple case folding), with the position in `names`. Other values are checked as untyped ones, their keys
  /// passed to `other(key_text, key)`.
  template <std::size_t count, class Take, class Other>
  void each_field(yaml::Value const& map, std::array<std::string_view, count> const& names, Take take, Other other) {
    std::array<bool, count> seen{};
    for (std::uint32_t i = 0; i < map.count && good(); ++i) {
      auto const entry = document_.entries[map.first + i];
      auto const& key = document_.at(entry.key);
      std::string text;
      if (!yaml::append_key_text(key, text)) return refuse_key(key);
      auto const folded = folded_name(text);
      std::size_t field = 0;
      while (field < count && names[field] != folded) ++field;
      if (field == count) {
        other(text, key);
        check_untyped(entry.value);
        continue;
      }
      if (seen[field])
        return refuse(key.line, "two spellings of the field \"" + std::string(names[field]) + "\" stand in one map", "P-62");
      seen[field] = true;
      take(field, document_.at(entry.value), entry.value);
    }
  }

  /// A string field: null leaves `field` alone.
  void read(yaml::Value const& value, std::string_view what, std::string& field);
  void read(yaml::Value const& value, std::string_view what, bool& field);
  /// A list of strings, read over what is there: a null element keeps the old one, null empties the list.
  void read(yaml::Value const& value, std::string_view what, std::vector<std::string>& field);
  void read(yaml::Value const& value, std::string_view what, std::vector<Maintainer>& field);
  /// Element by element over what is there (P-51).
  void read(yaml::Value const& value, std::string_view what, std::vector<Dependency>& field);
  void read_annotations(yaml::Value const& value, std::map<std::string, std::string, std::less<>>& field);

  /// Refuses what JSON cannot hold anywhere below: infinity, NaN, keys of a wrong kind (P-60).
  void check_untyped(std::uint32_t value);

  void refuse(std::uint32_t line, std::string why, std::string rule);

  /// Lower case by Unicode simple case folding, as far as ASCII names are concerned: U+017F is s, U+212A is k.
  static std::string folded_name(std::string_view name);

 private:
  void read_dependency(yaml::Value const& value, Dependency& dependency);
  void read_import_values(std::uint32_t list, std::vector<AnyValue>& field);
  void refuse_key(yaml::Value const& key);
  void refuse_kind(yaml::Value const& value, std::string_view what, std::string_view wanted);
  bool is_list(yaml::Value const& value, std::string_view what);

  yaml::Document const& document_;
  yaml::ReadOptions const& name_;
  std::optional<Rejection> rejection_;
  std::vector<bool> checked_;  ///< values that check_untyped() has seen
};

/// Warnings of P-158: keys that occur twice, a second document.
std::vector<Warning> reading_warnings(yaml::Document const& document, std::string_view file);

}  // namespace acr::chart
