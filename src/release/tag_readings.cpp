#include "release/tag_readings.hpp"

#include <algorithm>

#include "chart/changed_charts.hpp"
#include "chart/semver.hpp"

namespace acr::release {
namespace {

constexpr std::string_view name_word = "{name}", version_word = "{version}";

}  // namespace

std::vector<TagReading> tag_readings(std::string_view format, std::string_view tag) {
  auto const name_at = format.find(name_word), version_at = format.find(version_word);
  if (name_at == std::string_view::npos || version_at == std::string_view::npos) return {};
  bool const name_first = name_at < version_at;
  auto const first = name_first ? name_at : version_at, second = name_first ? version_at : name_at;
  auto const first_size = name_first ? name_word.size() : version_word.size();
  auto const second_size = name_first ? version_word.size() : name_word.size();
  auto const before = format.substr(0, first), after = format.substr(second + second_size);
  auto const between = format.substr(first + first_size, second - first - first_size);
  if (tag.size() < before.size() + between.size() + after.size() || !tag.starts_with(before) || !tag.ends_with(after))
    return {};
  auto const middle = tag.substr(before.size(), tag.size() - before.size() - after.size());

  std::vector<TagReading> readings;
  for (auto at = middle.find(between); at != std::string_view::npos && at < middle.size(); at = middle.find(between, at + 1)) {
    auto const left = middle.substr(0, at), right = middle.substr(at + between.size());
    auto const name = name_first ? left : right, version = name_first ? right : left;
    if (chart::is_usable_name(name) && chart::is_version(version))
      readings.push_back({std::string(name), std::string(version)});
  }
  std::ranges::sort(readings, {}, [](TagReading const& reading) { return reading.name.size(); });
  return readings;
}

std::vector<TagReading> readings_of(std::vector<TagReading> readings, std::set<std::string> const& names) {
  std::erase_if(readings, [&](TagReading const& reading) { return !names.contains(reading.name); });
  return readings;
}

}  // namespace acr::release
