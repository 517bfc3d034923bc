#pragma once

// Which files stay out of a chart package: src/chart/ignore_rules.hpp (P-30 … P-39)
// Follows Helm's .helmignore, which resembles gitignore but differs: no `**`, the first deciding rule wins,
// and `!x` drops every entry that does not match x.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/verdict.hpp"

namespace acr::chart {

enum class EntryKind { file, directory };

/// The rule that took a path out of the package.
struct IgnoreRule {
  std::size_t line = 0;  ///< 1-based line of `.helmignore`; 0 for the built-in rule `templates/.?*` (P-36)
  std::string text;      ///< as written, trimmed
  bool negated = false;  ///< `!x`: ignored because it does not match x (P-37)
  friend bool operator==(IgnoreRule const&, IgnoreRule const&) = default;
};

/// An ordered list of rules, the built-in one last. Plain value: copyable, no I/O, no locale.
class IgnoreRules {
 public:
  /// Only the built-in rule: a chart without `.helmignore`.
  IgnoreRules();

  /// Reads the text of a `.helmignore`. Rejected (`ignore-rule`, where = ".helmignore:<line>"): `**`, a
  /// malformed pattern as far as Helm notices (P-33), a line of 65 536 bytes or more. `too-many-ignore-rules`: more than
  /// ignore_rules_per_chart (B-25).
  static Verdict<IgnoreRules> parse(std::string_view text);

  /// The rule that keeps `path` out of the package, if any. `path`: `/`-separated, relative to the chart
  /// root, no leading `./`. The root itself ("", ".", "./") is never ignored.
  [[nodiscard]] std::optional<IgnoreRule> decision(std::string_view path, EntryKind kind) const;

  /// Rules that begin with `!`: they ignore everything they do not match, which is hardly ever meant (P-37).
  [[nodiscard]] std::vector<IgnoreRule> negated_rules() const;

 private:
  struct Compiled;
  explicit IgnoreRules(std::shared_ptr<Compiled const> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<Compiled const> compiled_;  ///< never null
};

/// How a glob of P-39 and a text relate; `malformed` only as far as the match got before it was decided
/// (P-33).
enum class GlobMatch { yes, no, malformed };
GlobMatch glob_match(std::string_view pattern, std::string_view text);

}  // namespace acr::chart
