#pragma once

// Chart.yaml read at once, for tests and fuzz targets that look at one part of it: tests/chart/read_metadata.hpp

#include <string>
#include <string_view>

#include "chart/chart_metadata.hpp"

namespace acr::chart {

inline Verdict<std::string> check_api_version(std::string_view bytes, std::string_view file) {
  auto const parsed = ChartYaml::parse(bytes, file);
  if (!parsed) return parsed.error();
  return parsed->checked_api_version();
}

inline Verdict<ChartMetadata> read_metadata(std::string_view bytes, std::string_view file) {
  auto const parsed = ChartYaml::parse(bytes, file);
  if (!parsed) return parsed.error();
  return parsed->metadata();
}

}  // namespace acr::chart
