#include "git/lineage_subjects.hpp"

#include <algorithm>
#include <utility>

#include "git/limits.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"

namespace acr::git {
namespace {

struct Placeholder {
  std::string_view name;
  std::string SubjectContext::*value;
};
constexpr Placeholder placeholders[] = {
    {"{chart}", &SubjectContext::chart},
    {"{version}", &SubjectContext::version},
    {"{tag}", &SubjectContext::tag},
    {"{commit}", &SubjectContext::commit},
};

Placeholder const* placeholder_at(std::string_view text, std::size_t at) {
  for (auto const& placeholder : placeholders)
    if (text.substr(at).starts_with(placeholder.name)) return &placeholder;
  return nullptr;
}

Rejection bad(std::string why) {
  return reject("lineage-subjects", "", std::move(why))
      .rule("A-100")
      .expected("key = sha256:<64 hex digits>, or key = text:<template with {chart}, {version}, {tag}, {commit}>");
}

bool is_key_pattern(std::string_view key) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/+@*";
  constexpr std::string_view no_beginning = "._-/+@";  // A-92: a key begins with a letter or a digit
  return !key.empty() && key.size() <= max_lineage_key && key.find_first_not_of(allowed) == std::string_view::npos &&
         no_beginning.find(key.front()) == std::string_view::npos;
}

// `*` stands for any run of characters, the empty one too. Linear in practice: only the last star is ever moved.
bool matches(std::string_view pattern, std::string_view key) {
  std::size_t p = 0, k = 0, star = std::string_view::npos, star_key = 0;
  while (k < key.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_key = k;
    } else if (p < pattern.size() && pattern[p] == key[k]) {
      ++p, ++k;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      k = ++star_key;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::string filled(std::string_view text_template, SubjectContext const& context) {
  std::string text;
  for (std::size_t at = 0; at < text_template.size();) {
    if (auto const* placeholder = placeholder_at(text_template, at)) {
      text += context.*(placeholder->value);
      at += placeholder->name.size();
    } else {
      text += text_template[at++];
    }
  }
  return text;
}

}  // namespace

Verdict<LineageSubjects> LineageSubjects::parse(std::vector<std::string> const& lines) {
  LineageSubjects subjects;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (auto const added = subjects.add(lines[i]); !added)
      return added.error().within("input lineage-subjects, line " + std::to_string(i + 1));
  return subjects;
}

Verdict<bool> LineageSubjects::add(std::string_view line) {
  if (rules_.size() == max_lineage_subjects) return bad("there are more than " + std::to_string(max_lineage_subjects) + " rules");
  auto const equals = line.find('=');
  if (equals == std::string_view::npos) return bad("the rule has no \"=\"").found(std::string(line));
  Rule rule;
  rule.key = std::string(trimmed(line.substr(0, equals)));
  auto const value = trimmed(line.substr(equals + 1));
  if (!is_key_pattern(rule.key)) return bad("the key is none that an annotation can hold").found(rule.key);
  if (std::ranges::find(rules_, rule.key, &Rule::key) != rules_.end()) return bad("the key has a rule already").found(rule.key);

  if (value.starts_with("sha256:")) {
    rule.digest = to_lower_ascii(value);
    if (!is_lower_hex(std::string_view(rule.digest).substr(7), 64)) return bad("the digest does not have 64 hex digits").found(std::string(value));
  } else if (value.starts_with("text:")) {
    rule.text_template = std::string(value.substr(5));
    if (rule.text_template.empty()) return bad("the template is empty");
    if (rule.text_template.size() > max_subject_template)
      return bad("the template is longer than " + std::to_string(max_subject_template) + " bytes");
    for (std::size_t at = 0; at < rule.text_template.size(); ++at) {
      if (rule.text_template[at] != '{' && rule.text_template[at] != '}') continue;
      auto const* placeholder = placeholder_at(rule.text_template, at);
      if (placeholder == nullptr)
        return bad("the template has a brace that belongs to none of {chart}, {version}, {tag}, {commit}").found(rule.text_template);
      at += placeholder->name.size() - 1;
    }
  } else {
    return bad("the subject is neither a digest nor a text").found(std::string(value));
  }
  rules_.push_back(std::move(rule));
  return true;
}

std::optional<std::string> LineageSubjects::subject(std::string_view key, SubjectContext const& context) const {
  auto const rule = std::ranges::find_if(rules_, [&](Rule const& candidate) { return matches(candidate.key, key); });
  if (rule == rules_.end()) return std::nullopt;
  if (!rule->digest.empty()) return rule->digest;
  return sha256_text(filled(rule->text_template, context));
}

}  // namespace acr::git
