// Any bytes as a tag's annotation; what is understood can be composed again and reads the same.
#include <cstddef>
#include <cstdint>

#include "git/limits.hpp"
#include "git/tag_annotation.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::git;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const lineage = parse_annotation(text);
  (void)lineage_json(lineage);
  (void)lineage_text(lineage);
  bool const failed = lineage.status == Lineage::Status::error;
  if (failed == lineage.error.empty()) __builtin_trap();
  if (failed) {
    (void)lineage_rejection(lineage, "tag");
    if (!lineage.entries.empty() || !lineage.warnings.empty()) __builtin_trap();
    return 0;
  }
  if ((lineage.status == Lineage::Status::none) != lineage.entries.empty() || lineage.entries.size() > max_lineage_entries)
    __builtin_trap();
  auto const again = compose_annotation({.chart = "web",
                                         .version = "1.0.0",
                                         .entries = lineage.entries,
                                         .changelog = {},
                                         .source_pr = lineage.source_pr,
                                         .commit = lineage.commit.value_or(""),
                                         .allow_missing_digests = true});
  if (!again || parse_annotation(*again).entries != lineage.entries) __builtin_trap();
  return 0;
}
