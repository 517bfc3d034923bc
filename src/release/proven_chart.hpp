#pragma once

// A chart that may be released: src/release/proven_chart.hpp (V-95)

#include <optional>

#include "release/findings.hpp"
#include "release/lineage_check.hpp"
#include "release/packaged_chart.hpp"

namespace acr::release {

/// The last stage: packaged, with every attestation that its tag lists verified, and nothing found against it. Only a value of
/// this type is ever written to the output directory.
class ProvenChart {
 public:
  /// Nothing: the chart is not proved.
  static std::optional<ProvenChart> prove(PackagedChart const& packaged, LineageCheck const& lineage, Findings const& findings);
  /// For a dry run that asks nobody: attestations stay open, and nothing may be said of them. What is known must hold all the
  /// same.
  static std::optional<ProvenChart> assume_unasked_attestations(PackagedChart const& packaged, LineageCheck const& lineage,
                                                                Findings const& findings);

  [[nodiscard]] PackagedChart const& packaged() const { return packaged_; }

 private:
  explicit ProvenChart(PackagedChart const& packaged) : packaged_(packaged) {}
  PackagedChart packaged_;
};

}  // namespace acr::release
