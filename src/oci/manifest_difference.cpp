// The first difference of two manifests, in the order in which it explains the others (O-23).

#include "oci/manifest_difference.hpp"

#include <cstddef>
#include <optional>
#include <vector>

#include "oci/names.hpp"
#include "support/json.hpp"
#include "support/text.hpp"
#include "support/time.hpp"

namespace acr::oci {
namespace {

namespace json = boost::json;

constexpr std::size_t manifest_bytes = std::size_t{4} << 20;
constexpr std::size_t shown_characters = 100;

std::string shown(std::string_view foreign) { return printable(foreign, shown_characters); }
std::string shown_or_none(std::optional<std::string> const& foreign) { return foreign ? shown(*foreign) : "none"; }

std::optional<json::value> document(std::string_view text) {
  JsonLimits allowed;
  allowed.max_bytes = manifest_bytes;
  auto parsed = parse_json(text, "manifest", allowed);
  if (!parsed || !array_in(*parsed, "layers")) return std::nullopt;
  return std::move(*parsed);
}

std::vector<std::string> layers_of(json::value const& manifest) {
  std::vector<std::string> digests;
  for (auto const& layer : *array_in(manifest, "layers")) digests.push_back(string_in(layer, "digest").value_or(""));
  return digests;
}

bool has_provenance(json::value const& manifest) {
  for (auto const& layer : *array_in(manifest, "layers"))
    if (string_in(layer, "mediaType") == provenance_layer_type) return true;
  return false;
}

std::string config_of(json::value const& manifest) {
  auto const* const config = find(manifest, "config");
  return config ? string_in(*config, "digest").value_or("") : "";
}

std::optional<std::string> annotation(json::value const& manifest, std::string_view key) {
  auto const* const annotations = find(manifest, "annotations");
  return annotations ? string_in(*annotations, key) : std::nullopt;
}

std::string counted(std::size_t count) { return std::to_string(count) + (count == 1 ? " layer" : " layers"); }

std::string other_count(json::value const& planned, json::value const& there) {
  auto text = counted(layers_of(there).size()) + " instead of " + counted(layers_of(planned).size());
  if (has_provenance(there) && !has_provenance(planned)) text += ": a .prov file lay beside the package when it was pushed";
  return text;
}

std::string other_layer(std::vector<std::string> const& planned, std::vector<std::string> const& there) {
  std::size_t i = 0;
  while (planned[i] == there[i]) ++i;
  return "another package: layer " + shown(there[i]) + " instead of " + shown(planned[i]);
}

std::string other_time(std::optional<std::string> const& planned, std::optional<std::string> const& there) {
  auto const ours = planned ? parse_rfc3339(*planned) : std::nullopt;
  auto const theirs = there ? parse_rfc3339(*there) : std::nullopt;
  auto const text = "created " + shown_or_none(there) + " instead of " + shown_or_none(planned);
  if (!ours || !theirs) return text;
  if (*ours == *theirs) return text + ", the same time in another zone: it was pushed without TZ=UTC";
  return text + ": the time of the package's file was lost, or Helm is older than 3.17";
}

/// The first key, in the order of either document, with another value on the other side.
std::string other_annotation(json::value const& planned, json::value const& there) {
  for (auto const* const side : {&planned, &there}) {
    auto const* const annotations = object_in(*side, "annotations");
    if (!annotations) continue;
    for (auto const& each : *annotations) {
      auto const ours = annotation(planned, each.key()), theirs = annotation(there, each.key());
      if (ours != theirs)
        return "annotation " + shown(each.key()) + ": " + shown_or_none(theirs) + " instead of " + shown_or_none(ours);
    }
  }
  return {};
}

}  // namespace

ManifestDifference first_difference(std::string_view planned, std::string_view there) {
  auto const ours = document(planned), theirs = document(there);
  if (!ours) return {"the manifest itself", false};
  if (!theirs) return {"the tag names no manifest of a chart, but an index or something else", false};
  auto const our_layers = layers_of(*ours), their_layers = layers_of(*theirs);
  if (our_layers.size() != their_layers.size()) return {other_count(*ours, *theirs), false};
  if (our_layers != their_layers) return {other_layer(our_layers, their_layers), false};
  auto const our_config = config_of(*ours), their_config = config_of(*theirs);
  bool const same_config = our_config == their_config;
  if (auto const was = annotation(*ours, created_annotation), is = annotation(*theirs, created_annotation); was != is)
    return {other_time(was, is), same_config};
  if (!same_config)
    return {"another config, the chart's metadata: " + shown(their_config) + " instead of " + shown(our_config), false};
  if (auto text = other_annotation(*ours, *theirs); !text.empty()) return {std::move(text), false};
  return {"the same content, written in another way", false};
}

}  // namespace acr::oci
