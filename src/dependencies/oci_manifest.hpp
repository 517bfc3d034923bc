#pragma once

// Manifests and indexes of OCI registries: src/dependencies/oci_manifest.hpp (dependencies.md D-20, D-21; OCI image spec 1.1)
// Pure: bytes in, descriptors out.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::dependencies {

inline constexpr std::string_view oci_manifest_type = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view oci_index_type = "application/vnd.oci.image.index.v1+json";

struct OciDescriptor {
  std::string media_type;
  std::string digest;  ///< "sha256:…" or "sha512:…", lower-case hex
  std::uint64_t size = 0;
};

struct OciManifest {
  bool is_index = false;
  std::vector<OciDescriptor> children;      ///< of an index: the image manifests among its entries
  bool is_chart = false;                    ///< of a manifest: its config is Helm's
  std::vector<OciDescriptor> chart_layers;  ///< of a chart's manifest: layers of both types of D-21
};

/// `content_type` as sent. Code dep-oci-manifest.
Verdict<OciManifest> read_oci_manifest(std::string_view body, std::string_view content_type, std::string_view where);

/// The one layer that holds the chart. Code dep-oci-manifest.
Verdict<OciDescriptor> chart_layer(OciManifest const& manifest, std::string_view where);
/// True for the type that Helm takes but does not write: worth a warning (D-21).
bool is_plain_layer(OciDescriptor const& layer);

/// True for `sha256:` or `sha512:` and lower-case hex of that length.
bool is_oci_digest(std::string_view digest);
/// The digest of `bytes` by the algorithm of `wanted`; SHA-256 when that is unknown.
std::string oci_digest(std::string_view wanted, std::string_view bytes);

}  // namespace acr::dependencies
