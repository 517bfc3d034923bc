#pragma once

// Charts that are packaged as they are, although they lack dependencies of their own: src/dependencies/nested.hpp (D-26)

#include <vector>

#include "chart/chart_loader.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

/// Adds a warning `nested-missing` for `chart` and for each chart below it that declares what its charts/ lacks.
void add_nested_missing(chart::LoadedChart const& chart, std::vector<Rejection>& warnings);

}  // namespace acr::dependencies
