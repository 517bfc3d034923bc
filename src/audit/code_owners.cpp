#include "audit/code_owners.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "audit/limits.hpp"
#include "audit/patterns.hpp"
#include "support/text.hpp"

namespace acr::audit {
namespace {

// Words between blanks; a backslash keeps the blank behind it.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\' && at + 1 < line.size()) {
      word += line[at];
      word += line[++at];
    } else if (line[at] == ' ' || line[at] == '\t') {
      if (!word.empty()) words.push_back(std::exchange(word, {}));
    } else if (line[at] == '#' && word.empty()) {
      break;
    } else {
      word += line[at];
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

bool is_owner(std::string_view word) {
  auto const at = word.find('@');
  if (at == std::string_view::npos || at + 1 == word.size()) return false;
  return word.find('@', at + 1) == std::string_view::npos;
}

}  // namespace

CodeOwners CodeOwners::read(std::string_view bytes, std::vector<OwnerError> const& errors) {
  CodeOwners owners;
  std::uint32_t number = 0;
  for (auto const line : lines(bytes)) {
    ++number;
    auto words = words_of(line);
    if (words.empty()) continue;
    OwnerRule rule;
    rule.line = number;
    rule.pattern = std::move(words.front());
    rule.owners.assign(std::make_move_iterator(words.begin() + 1), std::make_move_iterator(words.end()));
    if (rule.pattern.starts_with('!') || rule.pattern.starts_with("\\#") || rule.pattern.find('[') != std::string::npos)
      continue;
    if (!std::ranges::all_of(rule.owners, is_owner)) continue;
    std::size_t unknown = 0;
    bool skipped = false;
    for (auto const& error : errors) {
      if (error.line != number) continue;
      if (error.kind == "Unknown owner")
        ++unknown;
      else
        skipped = true;
    }
    if (skipped) continue;
    if (unknown >= rule.owners.size()) rule.owners.clear();
    if (owners.rules_.size() >= limits::code_owner_rules) {
      owners.too_long_ = true;
      break;
    }
    owners.rules_.push_back(std::move(rule));
  }
  return owners;
}

OwnerRule const* CodeOwners::rule_of(std::string_view path) const {
  if (too_long_) return nullptr;
  for (auto each = rules_.rbegin(); each != rules_.rend(); ++each) {
    auto const& rule = *each;
    // A line without owners takes them away: of such a line the widest reading counts, of others the narrowest.
    if (rule.owners.empty()) {
      if (owner_pattern_matches(rule.pattern, path, Reach::perhaps)) return nullptr;
    } else if (owner_pattern_matches(rule.pattern, path, Reach::sure)) {
      return &rule;
    }
  }
  return nullptr;
}

}  // namespace acr::audit
