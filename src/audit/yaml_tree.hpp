#pragma once

// YAML 1.2 as GitHub reads workflow files: src/audit/yaml_tree.hpp (U-20)
// libyaml finds the events. Texts keep their form: whether `yes` is a word or a truth value is for those who ask. Everything
// that GitHub refuses or reads otherwise is refused here: keys that occur twice, merge keys, a second document, tags. Why not
// the reader of src/yaml: docs/decisions/0011-workflow-files.md

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::audit {

struct YamlNode {
  enum class Kind : std::uint8_t { scalar, list, map };
  struct Entry {
    std::string key;
    std::uint32_t line = 0;   ///< of the key, 1-based
    std::uint32_t value = 0;  ///< index into YamlTree::nodes
  };
  Kind kind = Kind::scalar;
  bool plain = false;      ///< a scalar without quotes
  std::uint32_t line = 0;  ///< 1-based
  std::string text;        ///< of a scalar
  std::vector<std::uint32_t> items;
  std::vector<Entry> entries;  ///< in the order of the file; keys are unique without letter case

  /// Null of the core schema: nothing, `~` or `null` without quotes.
  [[nodiscard]] bool is_null() const;
  /// `false` of the core schema without quotes.
  [[nodiscard]] bool is_false() const;
};

/// One document. An alias shares the node of its anchor, which is never one around it.
struct YamlTree {
  std::vector<YamlNode> nodes;
  std::uint32_t root = 0;

  [[nodiscard]] YamlNode const& at(std::uint32_t index) const { return nodes[index]; }
  /// The value of `key` in a map, exactly so written; null when there is none.
  [[nodiscard]] YamlNode const* find(YamlNode const& map, std::string_view key) const;
};

/// Code "workflow-unreadable", `where` = "<name>:<line>", rule U-20.
Verdict<YamlTree> read_yaml_tree(std::string_view bytes, std::string_view name);

}  // namespace acr::audit
