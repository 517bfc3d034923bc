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
    {"{chart}", &SubjectContext::chart},   {"{version}", &SubjectContext::version}, {"{tag}", &SubjectContext::tag},
    {"{commit}", &SubjectContext::commit}, {"{source}", &SubjectContext::source},   {"{package}", &SubjectContext::package},
};
constexpr std::string_view known_placeholders = "{chart}, {version}, {tag}, {commit}, {source}, {package}";

Placeholder const* placeholder_at(std::string_view text, std::size_t at) {
  for (auto const& placeholder : placeholders)
    if (text.substr(at).starts_with(placeholder.name)) return &placeholder;
  return nullptr;
}

Rejection bad(std::string why) {
  return reject("lineage-subjects", "", std::move(why))
      .rule("B-10")
      .expected("key = source, key = package, key = sha256:<64 hex digits>, or key = text:<template with " +
                std::string(known_placeholders) + ">");
}

// Digests are filled in as their hex digits.
std::string_view filled_value(std::string_view value) {
  constexpr std::string_view algorithm = "sha256:";
  return value.starts_with(algorithm) ? value.substr(algorithm.size()) : value;
}

// Nothing when a value is not known.
std::optional<std::string> filled(std::string_view text_template, SubjectContext const& context) {
  std::string text;
  for (std::size_t at = 0; at < text_template.size();) {
    if (auto const* placeholder = placeholder_at(text_template, at)) {
      auto const& value = context.*(placeholder->value);
      bool const is_digest = placeholder->value == &SubjectContext::source || placeholder->value == &SubjectContext::package;
      if (is_digest && value.empty()) return std::nullopt;
      text += is_digest ? filled_value(value) : std::string_view(value);
      at += placeholder->name.size();
    } else {
      text += text_template[at++];
    }
  }
  return text;
}

Verdict<std::string> parsed_template(std::string_view text) {
  if (text.empty()) return bad("the template is empty");
  if (text.size() > max_subject_template)
    return bad("the template is longer than " + std::to_string(max_subject_template) + " bytes");
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '{' && text[at] != '}') continue;
    auto const* placeholder = placeholder_at(text, at);
    if (placeholder == nullptr)
      return bad("the template has a brace that belongs to none of " + std::string(known_placeholders))
          .found(std::string(text));
    at += placeholder->name.size() - 1;
  }
  return std::string(text);
}

}  // namespace

Verdict<SubjectRule> SubjectRule::parse(std::string_view line) {
  auto const equals = line.find('=');
  if (equals == std::string_view::npos) return bad("the rule has no \"=\"").found(std::string(line));
  SubjectRule rule;
  rule.key_ = std::string(trimmed(line.substr(0, equals)));
  auto const value = trimmed(line.substr(equals + 1));
  if (!is_key_pattern(rule.key_)) return bad("an annotation cannot hold this key").found(rule.key_);
  if (value == "source") {
    rule.named_ = &SubjectContext::source;
  } else if (value == "package") {
    rule.named_ = &SubjectContext::package;
  } else if (value.starts_with("sha256:")) {
    rule.digest_ = to_lower_ascii(value);
    if (!is_lower_hex(std::string_view(rule.digest_).substr(7), 64))
      return bad("the digest does not have 64 hex digits").found(std::string(value));
  } else if (value.starts_with("text:")) {
    auto text = parsed_template(value.substr(5));
    if (!text) return text.error();
    rule.template_ = std::move(*text);
  } else {
    return bad("the subject is neither source, nor package, nor a digest, nor a text").found(std::string(value));
  }
  return rule;
}

bool SubjectRule::matches(std::string_view key) const { return key_matches(key_, key); }

std::optional<std::string> SubjectRule::subject(SubjectContext const& context) const {
  if (!digest_.empty()) return digest_;
  if (named_ != nullptr) return (context.*named_).empty() ? std::nullopt : std::optional(context.*named_);
  auto const text = filled(template_, context);
  if (!text) return std::nullopt;
  return sha256_text(*text);
}

bool SubjectRule::names_content() const { return holds("{source}") || holds("{package}"); }

bool SubjectRule::names_release() const {
  return holds("{chart}") && (holds("{version}") || holds("{tag}") || holds("{commit}"));
}

Verdict<void> LineageSubjects::add(std::string_view line) {
  if (rules_.size() == max_lineage_subjects)
    return bad("there are more than " + std::to_string(max_lineage_subjects) + " rules");
  auto rule = SubjectRule::parse(line);
  if (!rule) return rule.error();
  if (std::ranges::find(rules_, rule->key(), &SubjectRule::key) != rules_.end())
    return bad("the key has a rule already").found(rule->key());
  rules_.push_back(std::move(*rule));
  return {};
}

SubjectRule const* LineageSubjects::rule(std::string_view key) const {
  auto const found = std::ranges::find_if(rules_, [&](SubjectRule const& candidate) { return candidate.matches(key); });
  return found == rules_.end() ? nullptr : &*found;
}

bool is_key_pattern(std::string_view pattern) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/+@*";
  constexpr std::string_view no_beginning = "._-/+@";  // A-92: a key begins with a letter or a digit
  return !pattern.empty() && pattern.size() <= max_lineage_key &&
         pattern.find_first_not_of(allowed) == std::string_view::npos &&
         no_beginning.find(pattern.front()) == std::string_view::npos;
}

// Linear in practice: only the last star is ever moved.
bool key_matches(std::string_view pattern, std::string_view key) {
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

}  // namespace acr::git
