#include "release/proven_chart.hpp"

namespace acr::release {

namespace {

// Another tag's attestations say nothing about this package.
bool belong_together(PackagedChart const& packaged, LineageCheck const& lineage) {
  return lineage.tagged.get() == &packaged.tagged();
}

}  // namespace

std::optional<ProvenChart> ProvenChart::prove(PackagedChart const& packaged, LineageCheck const& lineage,
                                              Findings const& findings) {
  if (!belong_together(packaged, lineage) || findings.refused() || !lineage.verified()) return std::nullopt;
  return ProvenChart(packaged);
}

std::optional<ProvenChart> ProvenChart::assume_unasked_attestations(PackagedChart const& packaged, LineageCheck const& lineage,
                                                                    Findings const& findings) {
  if (!belong_together(packaged, lineage) || findings.refused() || lineage.refused()) return std::nullopt;
  return ProvenChart(packaged);
}

}  // namespace acr::release
