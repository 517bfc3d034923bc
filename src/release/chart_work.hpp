#pragma once

// One chart on its way through a run: src/release/chart_work.hpp
// Each step of pipeline.cpp reads what earlier steps left here and adds its own; `record` is what the reports will tell.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chart/changed_charts.hpp"
#include "chart/packager.hpp"
#include "chart/source_list.hpp"
#include "git/annotated_tag.hpp"
#include "git/tag_annotation.hpp"
#include "oci/chart_reference.hpp"
#include "report/release_record.hpp"

namespace acr::release {

struct ChartWork {
  chart::ChangedChart chart;
  report::ChartRecord record;
  std::optional<git::ResolvedTag> tag;
  git::Lineage lineage;
  std::optional<oci::ChartReference> reference;  ///< with `oci-repository` (O-12)
  std::string oci_manifest;                      ///< the bytes that `record.oci` has the digest of
  std::filesystem::path staged;                  ///< the package in the staging directory; empty before packaging
  std::optional<chart::SourceContent> source;    ///< what would be packaged; nothing: not read, or not readable
  std::optional<git::ObjectId>
      tag_in_checkout;  ///< where the checkout has the tag, when the server has it elsewhere or not at all (B-24)
  bool held = false;    ///< nothing was fetched for it, since another chart is refused (D-6)
  std::optional<chart::SourceList>
      head_files{};                     ///< what the head has of the chart, until its tag is checked; nothing: not read yet
  bool files_expected = false;          ///< its files were asked for once (G-40)
  std::vector<git::ObjectId> contents;  ///< blobs that will be read for the package
  std::uint64_t content_bytes = 0;      ///< of these, as far as sizes are known

  /// Something counts against this chart.
  [[nodiscard]] bool refused() const;
  void refuse(Rejection why) { record.refusals.push_back(std::move(why)); }
  void warn(Rejection what) { record.warnings.push_back(std::move(what)); }
};

}  // namespace acr::release
