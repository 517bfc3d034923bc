#pragma once

// Tables of documents that are made of the program's own tables: tests/support/marked_parts.hpp
// Each stands between `<!-- <name>:begin -->` and `<!-- <name>:end -->`. ACR_UPDATE_GOLDEN=1 writes them anew.

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/atomic_file.hpp"
#include "support/catch2.hpp"

namespace acr::test {

struct MarkedPart {
  std::size_t begin, size;  ///< from the line after the first marker
};

/// Nothing when a marker is missing.
inline std::optional<MarkedPart> marked_part(std::string_view document, std::string_view name) {
  std::string const first = "<!-- " + std::string(name) + ":begin -->\n", last = "<!-- " + std::string(name) + ":end -->";
  auto const begin = document.find(first);
  if (begin == std::string_view::npos) return std::nullopt;
  auto const end = document.find(last, begin);
  if (end == std::string_view::npos) return std::nullopt;
  return MarkedPart{begin + first.size(), end - begin - first.size()};
}

/// Names of parts, and what stands in each.
using MarkedTables = std::vector<std::pair<std::string, std::string>>;

inline void check_marked_parts(std::filesystem::path const& path, MarkedTables const& tables) {
  auto document = read_file(path, 1 << 20);
  char const* const update = std::getenv("ACR_UPDATE_GOLDEN");
  for (auto const& [name, table] : tables) {
    CAPTURE(path.string(), name);
    auto part = marked_part(document, name);
    REQUIRE(part);
    if (update != nullptr && std::string(update) == "1") {
      document.replace(part->begin, part->size, table);
      write_file(path, document);
      part->size = table.size();
    }
    CHECK(document.substr(part->begin, part->size) == table);
  }
}

}  // namespace acr::test
