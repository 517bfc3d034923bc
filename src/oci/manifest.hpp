#pragma once

// The manifest that `helm push` makes of a package, known before anything is pushed: src/oci/manifest.hpp (oci.md O-1 … O-7;
// OCI image spec 1.1) Pure: what Helm 3.17 and newer writes, byte for byte, so that its digest can be attested at the gate.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chart/chart_metadata.hpp"
#include "chart/packager.hpp"
#include "support/time.hpp"
#include "support/verdict.hpp"

namespace acr::oci {

/// Times that RFC 3339 can write and the annotation can have (O-13).
inline constexpr std::int64_t latest_created = last_rfc3339_second;

/// A file that becomes a layer.
struct Blob {
  std::string digest;  ///< "sha256:<hex>"
  std::uint64_t size = 0;
};

struct ChartManifest {
  std::string config;   ///< the config blob: Chart.yaml as compact JSON
  std::string text;     ///< the manifest's bytes
  std::string digest;   ///< "sha256:<hex>" of `text`: what a registry shows for the tag
  std::string created;  ///< the annotation, RFC 3339 in UTC; the chart's own text when it has one
};

/// O-3, O-4. `metadata`: validated, as Helm loads it from the package.
std::string config_json(chart::ChartMetadata const& metadata);

/// `created`: seconds since 1970, 0 … latest_created, else std::logic_error. `provenance`: a `.prov` beside the package (O-5).
ChartManifest chart_manifest(chart::ChartMetadata const& metadata, Blob const& package, std::optional<Blob> const& provenance,
                             std::int64_t created);

/// The same for a package of this program's own, from the bytes that were written (O-2). Codes `chart-yaml`,
/// `chart-metadata`; `oci-time` unless `created` is within 0 … latest_created.
Verdict<ChartManifest> chart_manifest(chart::Package const& package, std::int64_t created);

/// The annotation can have this time. Code `oci-time`.
Verdict<void> check_time(std::int64_t created);

/// O-14: `helm push` would read another time off the file. Code `oci-time`.
Rejection time_not_kept(std::string file, std::string const& ref, std::int64_t created);

}  // namespace acr::oci
