// Manifests of registries (D-20, D-21): any bytes give descriptors of the promised form or dep-oci-manifest.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dependencies/limits.hpp"
#include "dependencies/oci_manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::dependencies;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  for (auto const type : {oci_manifest_type, oci_index_type}) {
    auto const manifest = read_oci_manifest(text, type, "manifest");
    if (!manifest) {
      if (manifest.error().code != "dep-oci-manifest") std::abort();
      continue;
    }
    if (manifest->is_index != (type == oci_index_type) || manifest->children.size() > limits::manifest_children) std::abort();
    for (auto const* list : {&manifest->children, &manifest->chart_layers})
      for (auto const& descriptor : *list)
        if (!is_oci_digest(descriptor.digest)) std::abort();
    auto const layer = chart_layer(*manifest, "manifest");
    if (layer.has_value() && (manifest->is_index || !manifest->is_chart)) std::abort();
  }
  return 0;
}
