#pragma once

// Which texts may name something in an OCI registry: src/oci/names.hpp (dependencies.md D-19; OCI distribution 1.1)

#include <string_view>

namespace acr::oci {

/// One part of a repository's path: `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
bool is_path_part(std::string_view part);

/// `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}`
bool is_tag(std::string_view tag);

/// The annotation with the manifest's time (O-7).
inline constexpr std::string_view created_annotation = "org.opencontainers.image.created";

/// The types that Helm gives a chart's config and layers (D-21).
inline constexpr std::string_view config_type = "application/vnd.cncf.helm.config.v1+json";
inline constexpr std::string_view chart_layer_type = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
inline constexpr std::string_view provenance_layer_type = "application/vnd.cncf.helm.chart.provenance.v1.prov";

}  // namespace acr::oci
