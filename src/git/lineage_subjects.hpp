#pragma once

// The input `lineage-subjects`: which subject an entry without digest stands for: src/git/lineage_subjects.hpp

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::git {

/// Values for the placeholders of a template.
struct SubjectContext {
  std::string chart, version, tag, commit;
};

class LineageSubjects {
 public:
  /// Takes one more rule, a line of the input. Refused as parse() refuses, with no `where`; the rules before it stay.
  Verdict<bool> add(std::string_view line);

  /// One rule per line: `key = sha256:<hex>` or `key = text:<template>`; `*` in the key stands for any run of characters. Rejected (code
  /// "lineage-subjects"): another form, an unknown `{placeholder}`, the same key twice.
  static Verdict<LineageSubjects> parse(std::vector<std::string> const& lines);

  /// "sha256:<hex>" by the first rule whose key matches; nothing when none does.
  [[nodiscard]] std::optional<std::string> subject(std::string_view key, SubjectContext const& context) const;
  [[nodiscard]] bool empty() const { return rules_.empty(); }

 private:
  struct Rule {
    std::string key;
    std::string digest;         ///< "sha256:…", or empty
    std::string text_template;  ///< when there is no digest
  };
  std::vector<Rule> rules_;
};

}  // namespace acr::git
