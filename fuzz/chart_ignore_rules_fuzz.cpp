// Ignore rules and globs from hostile bytes: the first line is a path, the rest the rules.

#include "chart/ignore_rules.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::chart;
  std::string_view const input(reinterpret_cast<char const*>(data), size);
  auto const end = input.find('\n');
  auto const path = input.substr(0, end);
  auto const text = end == std::string_view::npos ? std::string_view{} : input.substr(end + 1);
  auto const rules = IgnoreRules::parse(text);
  if (!rules) {
    if (!rules.error().where.starts_with(".helmignore:")) std::abort();
    return 0;
  }
  for (auto const kind : {EntryKind::file, EntryKind::directory}) {
    auto const decision = rules->decision(path, kind);
    // The built-in rule is the last word, the root is never ignored.
    if (path.empty() && decision) std::abort();
    if (!decision && IgnoreRules().decision(path, kind)) std::abort();
    if (decision && decision->text.empty()) std::abort();
  }
  static_cast<void>(glob_match(text, path));
  return 0;
}
