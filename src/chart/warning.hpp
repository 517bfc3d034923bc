#pragma once

// What is worth saying about a chart without turning it down: src/chart/warning.hpp (P-70 … P-73, P-158)

#include <cstddef>
#include <string>

#include "support/code.hpp"

namespace acr::chart {

/// Fields may hold foreign bytes; the code that prints them escapes them (support/text.hpp).
struct Warning {
  Code code;             ///< e.g. "ignore-negated"
  std::string file;      ///< relative to the chart root, e.g. "Chart.yaml" or "charts/web/Chart.yaml"; may be empty
  std::size_t line = 0;  ///< 1-based; 0 when no line is known
  std::string why;       ///< one sentence, no trailing full stop
  std::string rule;      ///< rule of the specification, e.g. "P-37"

  friend bool operator==(Warning const&, Warning const&) = default;
};

}  // namespace acr::chart
