// Manifests and indexes of OCI registries (D-20, D-21).

#include "dependencies/oci_manifest.hpp"

#include <algorithm>
#include <utility>

#include "dependencies/limits.hpp"
#include "oci/names.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace acr::dependencies {
namespace {

constexpr std::string_view plain_content = "application/tar+gzip";

Rejection refuse(std::string_view where, std::string why, std::string expected, std::string found) {
  return reject("dep-oci-manifest", std::string(where), std::move(why))
      .rule("D-20")
      .expected(std::move(expected))
      .found(std::move(found))
      .fix("the repository's owner must fix it");
}

Verdict<OciDescriptor> descriptor(boost::json::value const& value, std::string_view where) {
  OciDescriptor read{string_in(value, "mediaType").value_or(""), string_in(value, "digest").value_or(""), 0};
  auto const size = integer_in(value, "size");
  if (!is_oci_digest(read.digest))
    return refuse(where, "a descriptor has no usable digest", "sha256:… or sha512:…",
                  read.digest.empty() ? "none" : read.digest);
  if (!size || *size < 0) return refuse(where, "a descriptor has no usable size", "a number of bytes", "none");
  read.size = static_cast<std::uint64_t>(*size);
  return read;
}

/// `pick` says by media type which entries are read.
template <class Pick>
Verdict<std::vector<OciDescriptor>> descriptors(boost::json::value const& list, std::string_view where, Pick const& pick) {
  std::vector<OciDescriptor> all;
  for (auto const& value : list.as_array()) {
    if (!pick(string_in(value, "mediaType").value_or(""))) continue;
    auto read = descriptor(value, where);
    if (!read) return read.error();
    all.push_back(std::move(*read));
  }
  return all;
}

}  // namespace

bool is_oci_digest(std::string_view digest) {
  return is_sha256_text(digest) || (digest.starts_with("sha512:") && is_lower_hex(digest.substr(7), 128));
}

std::string oci_digest(std::string_view wanted, std::string_view bytes) {
  return wanted.starts_with("sha512:") ? "sha512:" + hex(digest(HashAlgorithm::sha512, bytes)) : sha256_text(bytes);
}

Verdict<OciManifest> read_oci_manifest(std::string_view body, std::string_view content_type, std::string_view where) {
  auto const type = to_lower_ascii(trimmed(content_type.substr(0, content_type.find(';'))));
  if (type != oci_manifest_type && type != oci_index_type)
    return refuse(where, "the registry's answer is not an OCI manifest", std::string(oci_manifest_type),
                  type.empty() ? "no Content-Type" : type);
  JsonLimits allowed;
  allowed.max_bytes = limits::manifest_bytes;
  auto const document = parse_json(body, where, allowed);
  if (!document || !document->is_object())
    return refuse(where, "the manifest is not a JSON object", "a JSON object",
                  document ? "another value" : document.error().why);
  if (auto const* const own = find(*document, "mediaType"); own && !own->is_null()) {
    auto const said = own->is_string() ? std::string(own->as_string()) : "no text";
    if (said != type) return refuse(where, "the manifest's mediaType is not its Content-Type", type, said);
  }
  OciManifest manifest;
  manifest.is_index = type == oci_index_type;
  if (manifest.is_index) {
    auto const* const entries = find(*document, "manifests");
    auto const most = std::to_string(limits::manifest_children);
    if (!entries || !entries->is_array()) return refuse(where, "the index has no list of manifests", "manifests", "none");
    if (entries->as_array().size() > limits::manifest_children)
      return refuse(where, "the index has too many manifests", "at most " + most, std::to_string(entries->as_array().size()));
    auto children = descriptors(*entries, where, [](std::string_view media_type) { return media_type == oci_manifest_type; });
    if (!children) return children.error();
    manifest.children = std::move(*children);
    return manifest;
  }
  auto const* const config = find(*document, "config");
  auto const config_type = config ? string_in(*config, "mediaType").value_or("") : "";
  manifest.is_chart = config_type == oci::config_type;
  if (!manifest.is_chart) return manifest;
  auto const* const layers = find(*document, "layers");
  if (!layers || !layers->is_array()) return refuse(where, "the manifest has no list of layers", "layers", "none");
  auto read = descriptors(*layers, where,
                          [](std::string_view layer) { return layer == oci::chart_layer_type || layer == plain_content; });
  if (!read) return read.error();
  manifest.chart_layers = std::move(*read);
  return manifest;
}

Verdict<OciDescriptor> chart_layer(OciManifest const& manifest, std::string_view where) {
  if (!manifest.is_chart)
    return refuse(where, "the manifest is not one of a Helm chart", "config " + std::string(oci::config_type),
                  "another config");
  if (manifest.chart_layers.size() != 1) {
    auto refused = refuse(where, "the manifest has not exactly one layer with a chart",
                          "one layer of " + std::string(oci::chart_layer_type), std::to_string(manifest.chart_layers.size()));
    return std::move(refused).rule("D-21");
  }
  return manifest.chart_layers.front();
}

bool is_plain_layer(OciDescriptor const& layer) { return layer.media_type == plain_content; }

}  // namespace acr::dependencies
