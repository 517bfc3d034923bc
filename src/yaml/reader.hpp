#pragma once

// YAML as Helm reads it: src/yaml/reader.hpp (P-62, P-62a, P-63, P-63a, P-68, P-68a)
// libyaml finds the tokens; typing, merge keys and limits are those of Helm's reader (go-yaml v2). Decision:
// docs/decisions/0003-libyaml-for-chart-yaml.md

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/verdict.hpp"
#include "yaml/limits.hpp"

namespace acr::yaml {

/// A decoded value. Aliases are resolved by sharing: one value may be reached on several ways, never from below itself.
struct Value {
  enum class Kind : std::uint8_t { null, boolean, integer, unsigned_integer, floating, string, list, map };
  Kind kind = Kind::null;
  bool plain = false;                  ///< a scalar without quotes and tag
  std::uint32_t line = 0;              ///< 1-based
  std::uint32_t first = 0, count = 0;  ///< of a list: in Document::items; of a map: in Document::entries
  std::uint32_t height = 1;            ///< levels of lists and maps here and below; 0 for a scalar
  union {
    bool boolean;
    std::int64_t integer;            ///< Kind::integer
    std::uint64_t unsigned_integer;  ///< only above the range of int64
    double floating = 0;
  };
  std::string_view text;  ///< of a scalar, unquoted; foreign bytes (not UTF-8) are possible after `!!binary`
};

/// One document. Keys of a map are unique by kind and value; entries keep the order of the file.
struct Document {
  struct Entry {
    std::uint32_t key = 0, value = 0;  ///< indices into `values`
  };
  struct Duplicate {
    std::uint32_t line = 0;  ///< of the key that is overwritten
    std::string key;
  };
  std::vector<Value> values;
  std::vector<std::uint32_t> items;
  std::vector<Entry> entries;
  std::uint32_t root = 0;               ///< index into `values`; a null value for an empty document
  std::vector<Duplicate> duplicates;    ///< keys that occur twice in one map (P-158), the first few
  std::uint32_t second_document = 0;    ///< line of what follows the first document, 0 if nothing does
  std::shared_ptr<void const> storage;  ///< what the texts point into

  [[nodiscard]] Value const& at(std::uint32_t index) const { return values[index]; }
};

/// How rejections of a file are called, and what of it is read.
struct ReadOptions {
  std::string_view file;          ///< "Chart.yaml"
  Code code;                      ///< "chart-yaml"
  std::uint32_t first_line = 1;   ///< where the bytes begin in the file
  bool looks_for_second = true;   ///< fill Document::second_document
  std::uint64_t* work = nullptr;  ///< where several documents share the budget of limits.hpp, what they used so far
  std::size_t max_values = limits::values;
};

/// Reads the first document of UTF-8 (or UTF-16 with BOM) bytes. `where` of a rejection is the file and the line.
Verdict<Document> read(std::string_view bytes, ReadOptions const& name);

/// What an untagged plain scalar means (P-63): `text`, `line` and `plain` are left alone.
void resolve_plain(std::string_view text, Value& value);

/// The text of a map key in JSON (P-63a); false when such a key rejects: null, list, map, above 2^63-1.
bool append_key_text(Value const& key, std::string& text);

/// The text a number or bool becomes in a string field (P-63).
std::string scalar_as_text(Value const& value);

/// Shortest digits that round-trip, in the forms of P-63: plainly for -4 <= e < 6 (`float32`) or as P-104 (64 bits).
std::string float32_text(double value);
std::string float64_text(double value);

/// Invalid UTF-8 becomes U+FFFD, byte by byte, as JSON encoding does in Helm.
std::string valid_utf8(std::string_view text);

}  // namespace acr::yaml
