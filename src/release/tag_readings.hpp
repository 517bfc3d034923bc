#pragma once

// Which releases a tag's name can mean: src/release/tag_readings.hpp (binding.md B-23)

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace acr::release {

struct TagReading {
  std::string name, version;
  friend bool operator==(TagReading const&, TagReading const&) = default;
};

/// All ways to read `tag` under `format` (which holds `{name}` and `{version}` once each): a name that a chart can have
/// and a version (P-61). In the order of the names' lengths. Most tags have one.
std::vector<TagReading> tag_readings(std::string_view format, std::string_view tag);

/// Those whose chart exists.
std::vector<TagReading> readings_of(std::vector<TagReading> readings, std::set<std::string> const& names);

}  // namespace acr::release
