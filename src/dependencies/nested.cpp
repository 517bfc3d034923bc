// Content that lacks dependencies of its own (D-26).

#include "dependencies/nested.hpp"

#include <algorithm>
#include <string>

namespace acr::dependencies {

void add_nested_missing(chart::LoadedChart const& chart, std::vector<Rejection>& warnings) {
  std::string missing;
  for (auto const& dependency : chart.metadata.dependencies) {
    auto const has_name = [&](chart::LoadedChart const& inner) { return inner.metadata.name == dependency.name; };
    if (std::ranges::none_of(chart.subcharts, has_name)) missing += (missing.empty() ? "" : ", ") + dependency.name;
  }
  if (!missing.empty())
    warnings.push_back(
        reject("nested-missing", chart.where,
               "the chart " + chart.metadata.name + " lacks dependencies of its own and is packaged without them")
            .rule("D-26")
            .found(missing)
            .fix("take a version whose archive is complete"));
  for (auto const& inner : chart.subcharts) add_nested_missing(inner, warnings);
}

}  // namespace acr::dependencies
