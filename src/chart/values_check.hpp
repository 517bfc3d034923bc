#pragma once

// Would Helm 4.2 be able to load this values.yaml: src/chart/values_check.hpp (P-59)

#include <string_view>
#include <vector>

#include "chart/warning.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

/// Splits at `---` lines and reads each document as Helm does. Refused with code `values-yaml`, `where` is `file` and
/// the line. The value holds what is worth a warning. The one BOM of P-14 is gone already.
Verdict<std::vector<Warning>> check_values(std::string_view bytes, std::string_view file);

/// The same by the YAML reader alone: what the quick way of simple_values.hpp is held against.
Verdict<std::vector<Warning>> read_values(std::string_view bytes, std::string_view file);

}  // namespace acr::chart
