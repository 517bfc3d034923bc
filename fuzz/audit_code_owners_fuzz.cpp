// CODEOWNERS and patterns from hostile bytes (U-12, U-21): the first line is a path, the rest the file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "audit/code_owners.hpp"
#include "audit/patterns.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::audit;
  std::string_view const input(reinterpret_cast<char const*>(data), size);
  auto const end = input.find('\n');
  auto const path = input.substr(0, end);
  auto const text = end == std::string_view::npos ? std::string_view{} : input.substr(end + 1);
  auto const owners = CodeOwners::read(text, {});
  if (auto const* rule = owners.rule_of(path)) {
    if (rule->owners.empty() || rule->line == 0) std::abort();
    if (!owner_pattern_matches(rule->pattern, path, Reach::sure)) std::abort();
  }
  auto const pattern = text.substr(0, text.find('\n'));
  // What surely matches, perhaps matches as well.
  if (owner_pattern_matches(pattern, path, Reach::sure) && !owner_pattern_matches(pattern, path, Reach::perhaps)) std::abort();
  // A text without special characters matches itself alone.
  if (path.size() <= 1000 && path.find_first_of("*?[\\") == std::string_view::npos &&
      ruleset_pattern_matches(path, path) != true)
    std::abort();
  (void)ruleset_covers({std::string(pattern)}, {}, path);
  (void)branch_filter_admits({std::string(pattern)}, path);
  return 0;
}
