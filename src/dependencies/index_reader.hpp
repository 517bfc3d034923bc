#pragma once

// index.yaml of a chart repository: src/dependencies/index_reader.hpp (dependencies.md D-15, D-16, D-30)
// Read as a stream of events: real indexes have tens of megabytes, of which a run wants a few entries.

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::dependencies {

/// One version of a wanted chart; texts as typed.
struct IndexEntry {
  std::string version;
  std::string url;     ///< the first of `urls` (D-17); may be empty
  std::string digest;  ///< as given, may be empty
  std::size_t line = 0;
};

/// Wanted charts by name, entries in the order of the file; those without `urls`, null or not valid (P-65) are left out.
using Index = std::map<std::string, std::vector<IndexEntry>, std::less<>>;

/// Reads the first document of JSON or YAML. `where` names the index in rejections, the line is added. Code
/// `dep-index-invalid`.
Verdict<Index> read_index(std::string_view bytes, std::set<std::string, std::less<>> const& wanted, std::string_view where);

/// What D-16 picks.
struct IndexChoice {
  std::string url;
  std::vector<std::string> digests;  ///< "sha256:<lower-case hex>", any of which may fit; empty: the index names none
  bool bad_digest = false;           ///< a digest was there, but of no usable form (D-30: a warning)
};

/// The entry for `name` in the locked `version`; `pin` ("sha256:…" or empty) decides between several. `where` names the
/// index. Codes: dep-not-found (with the nearest versions), dep-index-ambiguous.
Verdict<IndexChoice> choose(Index const& index, std::string_view name, std::string_view version, std::string_view pin,
                            std::string_view where);

/// Equal as text, or by semver with metadata, a leading `v` aside (D-16).
bool same_version(std::string_view a, std::string_view b);

}  // namespace acr::dependencies
