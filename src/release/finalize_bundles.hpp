#pragma once

// What the bundles of the attest steps prove: src/release/finalize_bundles.hpp (A-74, B-15)
// A bundle counts when it verifies, was made in this very run by a workflow that may sign, and all its subjects are files of
// this release.

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "release/finalize.hpp"
#include "report/release_manifest.hpp"
#include "sigstore/verifier.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// The keys whose attestation a bundle of this run is: "tag-verification", "build-<chart>", "overall". Only provenance proves a
/// key: a summary or a bill of materials of the same package is another attestation.
using ProvedKeys = std::set<std::string>;

/// A bundle that lies beside a chart's id in `attestation-ids-dir`: `<chart>.json`.
struct ChartBundle {
  std::string chart;
  std::filesystem::path file;  ///< a regular file
};

/// Verifies `bundle-paths` and `chart_bundles`; each is added to `bundles`. `manifest_digest`: of the file as it is. Refused:
/// the verifier's codes, "bad-environment" (the run is not known), "bad-path", "bundle-empty", "bundle-run", "bundle-signer",
/// "bundle-subject", "bundle-coverage".
Verdict<ProvedKeys> verify_bundles(FinalizeSettings const& settings, report::ReleaseManifest const& manifest,
                                   std::string const& manifest_digest, std::vector<ChartBundle> const& chart_bundles,
                                   sigstore::Verifier const& verifier, std::vector<FinalizedBundle>& bundles);

}  // namespace acr::release
