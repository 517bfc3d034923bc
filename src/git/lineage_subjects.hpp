#pragma once

// The input `lineage-subjects`: what was attested under a key: src/git/lineage_subjects.hpp (A-100, B-4, B-5)

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::git {

/// Values for the placeholders of a template.
struct SubjectContext {
  std::string chart, version, tag, commit;
  std::string source{}, package{};  ///< "sha256:<hex>", the chart's source digest and its package's; empty: not known
};

/// One line of the input.
class SubjectRule {
 public:
  /// Code "lineage-subjects", no `where`: another form than those of LineageSubjects::add().
  static Verdict<SubjectRule> parse(std::string_view line);

  [[nodiscard]] std::string const& key() const { return key_; }
  [[nodiscard]] bool matches(std::string_view key) const;
  /// "sha256:<hex>"; nothing when the rule is about a digest that `context` does not know.
  [[nodiscard]] std::optional<std::string> subject(SubjectContext const& context) const;

  /// The template holds the chart's source digest or its package's (B-5): it fits this content alone.
  [[nodiscard]] bool names_content() const;
  /// The template holds {chart} and one of {version}, {tag}, {commit} (B-5). Two releases may still be filled in alike.
  [[nodiscard]] bool names_release() const;

 private:
  std::string key_;
  std::string digest_;                            ///< "sha256:…"
  std::string SubjectContext::*named_ = nullptr;  ///< `source` or `package`
  std::string template_;                          ///< when neither of the others
  [[nodiscard]] bool holds(std::string_view placeholder) const { return template_.find(placeholder) != std::string::npos; }
};

class LineageSubjects {
 public:
  /// Takes one more rule, a line of the input: `key = source`, `key = package`, `key = sha256:<hex>` or `key =
  /// text:<template>`;
  /// `*` in the key stands for any run of characters. Rejected (code "lineage-subjects", no `where`): another form, an unknown
  /// `{placeholder}`, the same key twice; the rules before it stay.
  Verdict<void> add(std::string_view line);

  /// The first rule that fits `key`, null when none does.
  [[nodiscard]] SubjectRule const* rule(std::string_view key) const;
  [[nodiscard]] bool empty() const { return rules_.empty(); }

 private:
  std::vector<SubjectRule> rules_;
};

/// A key as rules for keys have it: what an annotation can hold, and `*`.
bool is_key_pattern(std::string_view pattern);
/// `*` stands for any run of characters, the empty one too.
bool key_matches(std::string_view pattern, std::string_view key);

}  // namespace acr::git
