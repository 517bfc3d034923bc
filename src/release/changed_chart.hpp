#pragma once

// The first stage of a chart on its way to a release: src/release/changed_chart.hpp
//
//   ChangedChart → TaggedChart → BoundChart → PackagedChart → ProvenChart
//
// Each stage has a type of its own, and a value of it exists only after everything that the stage asks for was found true:
// there is one function that makes it, and that takes the stage before. chart_flow.hpp leads the charts of a run through them.

#include <optional>
#include <string>
#include <string_view>

#include "oci/chart_reference.hpp"

namespace acr::release {

/// A chart that differs between base and head. Nothing is proved about it yet.
struct ChangedChart {
  std::string name;                                ///< of its Chart.yaml; its directory's when that cannot be read
  std::string version;                             ///< empty when it cannot be read: then the chart is refused
  std::string path;                                ///< "charts/web", relative to the repository; "" is its root
  std::string tag;                                 ///< the name that its tag must have (A-91); empty without a version
  std::optional<oci::ChartReference> reference{};  ///< with `oci-repository` (O-12)
};

/// `tag-format` with `{name}` and `{version}` filled in.
std::string tag_name(std::string_view format, std::string_view name, std::string_view version);

}  // namespace acr::release
