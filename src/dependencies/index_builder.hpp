#pragma once

// What an index says of the wanted charts, from the events of either parser: src/dependencies/index_builder.hpp
// (dependencies.md D-15, D-16). Keeps what a locked version may need and nothing else, so that memory does not grow with the
// index.

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "chart/semver.hpp"

namespace acr::dependencies {

/// One version of a wanted chart; texts as typed.
struct IndexEntry {
  std::string version;
  std::string url;     ///< the first of `urls` (D-17); may be empty
  std::string digest;  ///< as given, may be empty
  std::size_t line = 0;
};

using TextSet = std::set<std::string, std::less<>>;
/// Names of charts, and the locked versions that are wanted of each.
using WantedCharts = std::map<std::string, TextSet, std::less<>>;

/// What the index has of one chart name.
struct IndexedChart {
  /// Entries whose version is a wanted one (same_version), in the order of the file; those without `urls`, null or not valid
  /// (P-65) are left out.
  std::vector<IndexEntry> entries;
  /// For each wanted version those next to it: at most limits::nearest_versions above and as many below, newest first.
  std::map<std::string, std::vector<chart::Version>, std::less<>> nearest;
};
using Index = std::map<std::string, IndexedChart, std::less<>>;

/// Equal as text, or by semver with metadata, a leading `v` aside (D-16).
bool same_version(std::string_view a, std::string_view b);

/// The first fault of an index; thrown inside this room, a rejection outside.
struct IndexFault {
  std::string why;
  std::size_t line;  ///< 1-based
};

enum class IndexScalar {
  text,  ///< a JSON string, any YAML scalar that is not null
  null,
  other  ///< a JSON number or boolean, a YAML alias: never what a field that is looked at may be
};

/// Takes the events of one document, in order; keys of maps are scalars too. Throws IndexFault for wrong types on the way to a
/// wanted entry and in it, duplicate keys there, and what is over a limit.
class IndexBuilder {
 public:
  explicit IndexBuilder(WantedCharts const& wanted) : wanted_(wanted) {}

  void begin_map(std::size_t line);
  void begin_list(std::size_t line);
  void end();  ///< of the innermost map or list
  void scalar(std::string_view text, IndexScalar kind, std::size_t line);
  /// True when the next scalar's text will be looked at.
  [[nodiscard]] bool wants_text() const;
  /// After the document.
  Index finish();

 private:
  enum class Place { root, entries, versions, entry, urls };
  void open(bool is_map, std::size_t line);
  void key(std::string_view text, std::size_t line);
  void entry_value(std::string_view text, IndexScalar kind, std::size_t line);
  void take_entry();

  WantedCharts const& wanted_;
  Index index_;
  std::vector<Place> places_;
  std::size_t skipped_depth_ = 0;  ///< inside something that nobody looks at
  bool key_next_ = false;          ///< the innermost map waits for a key
  std::string key_;                ///< whose value comes next
  std::string chart_;              ///< whose versions are read
  TextSet root_keys_, charts_, entry_keys_;
  bool api_version_ = false;
  IndexEntry entry_;
  std::string entry_name_, entry_type_;
  bool has_url_ = false;
};

}  // namespace acr::dependencies
