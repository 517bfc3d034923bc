// Any bytes as a tree, commit or tag object; a tree that is read writes the same bytes again.
#include <cstddef>
#include <cstdint>

#include "git/object_format.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::git;
  if (size == 0) return 0;
  bool const sha256 = (data[0] & 1U) != 0;
  auto const algorithm = sha256 ? acr::HashAlgorithm::sha256 : acr::HashAlgorithm::sha1;
  std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
  ObjectId const id(sha256 ? 64 : 40, '0');

  if (auto const tree = parse_tree_object(bytes, "tree", algorithm)) {
    auto sorted = *tree;
    sort_entries(sorted);
    if (sorted != *tree) __builtin_trap();
    auto const written = serialize_tree(*tree);
    // The old mode 100664 reads as 100644; everything else keeps its bytes.
    if (written != bytes && bytes.find("100664 ") == std::string_view::npos) __builtin_trap();
  }
  if (auto const commit = parse_commit_object(bytes, id)) {
    if (!is_object_id(commit->tree)) __builtin_trap();
    for (auto const& parent : commit->parents)
      if (parent.size() != id.size() || !is_object_id(parent)) __builtin_trap();
  }
  if (auto const tag = parse_tag_object(bytes, id))
    if (tag->name.empty() || tag->target.size() != id.size()) __builtin_trap();
  return 0;
}
