#pragma once

// Version constraints of Chart.yaml: src/chart/constraint.hpp (dependencies.md D-13)
// Means what Helm's semver library (Masterminds 3.5.0) means; malformed and glued parts are refused.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chart/semver.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

/// One comparison: an operator and a version whose last numbers may be wildcards.
struct ConstraintPart {
  enum class Operator { equal, not_equal, greater, less, at_least, at_most, tilde, caret };
  Operator op = Operator::equal;
  bool operator_written = false;  ///< `=` or another one stood there
  Version bound;                  ///< wildcards are 0; a pre-release stays
  unsigned numbers = 3;           ///< numbers before the first wildcard: 0 … 3 (k of D-13)
};

/// A parsed constraint; never empty.
class Constraint {
 public:
  /// At most constraint_bytes and constraint_groups (limits.hpp). Code `dep-lock-mismatch`; `where` is empty.
  static Verdict<Constraint> parse(std::string_view text);

  /// True when some group matches: all its parts hold, and one of them has a pre-release when the version has.
  [[nodiscard]] bool allows(Version const& version) const;

  /// The text of the one version that this names: a single part, three numbers, no operator or `=` (D-10); else empty.
  [[nodiscard]] std::string exact_version() const;

 private:
  std::vector<std::vector<ConstraintPart>> groups_;
};

}  // namespace acr::chart
