#pragma once

// YAML as Helm writes it: src/yaml/writer.hpp (P-100 … P-104; go-yaml v2's emitter after a detour through JSON)
// Events in, text out; keys must come in natural_order. No recursion: open maps and lists are on a stack of our own.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::yaml {

/// What a string is after Helm's detour through JSON (P-100). Refused: characters that cannot make it, with the code
/// `chart-yaml-unwritable` and an empty `where`.
Verdict<std::string> through_json(std::string_view text);

/// Key characters that cannot pass the detour reject like those of values; NEL and over-long keys too (P-100).
Verdict<std::string> key_through_json(std::string_view key);

/// Helm's order of map keys (P-101): true when `a` comes before `b`. Not transitive for all sets (P-101a). UTF-8.
bool natural_less(std::string_view a, std::string_view b);

/// Sorts by bytes, then by insertion with natural_less (P-101a): a fixed result for any set. Returns the positions of
/// the keys in the new order.
std::vector<std::size_t> natural_order(std::vector<std::string_view> const& keys);

/// Writes one document whose root is a map or a list.
class Writer {
 public:
  void begin_map(std::size_t entries) { begin(true, entries); }
  void begin_list(std::size_t items) { begin(false, items); }
  void end();
  /// Before each value of a map. Text after key_through_json().
  void key(std::string_view text);
  /// Text after through_json(). False when the result could not be read back (P-104, a literal ending in U+2028).
  bool string(std::string_view text);
  /// null, a bool, a number: written as it is.
  void plain(std::string_view text);
  /// The document; the writer is spent.
  [[nodiscard]] std::string take() &&;

 private:
  struct Level {
    bool map;
    bool empty;
    int outer_indent;
  };
  struct Shape;  ///< what a text allows (P-103)

  void begin(bool map, std::size_t size);
  void before_value();
  void indicator(char c, bool need_space, bool is_space, bool is_indention);
  void write_indent();
  void put(char c) { out_ += c, ++column_; }
  void put(std::string_view character) { out_ += character, ++column_; }
  void put_break(std::string_view character);
  void write_scalar(std::string_view text, bool plain_wanted, bool literal_wanted, bool breaks_allowed, Shape const& shape);
  void write_plain(std::string_view text, bool breaks_allowed);
  void write_single(std::string_view text, bool breaks_allowed);
  void write_double(std::string_view text, bool breaks_allowed);
  void write_literal(std::string_view text);

  std::string out_;
  std::vector<Level> levels_;
  int indent_ = -1;
  int column_ = 0;  ///< in characters
  bool whitespace_ = true, indention_ = true;
  bool in_map_ = false;  ///< the next value belongs to a key
};

}  // namespace acr::yaml
