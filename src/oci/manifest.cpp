// What Helm's registry client makes of a chart (O-3 … O-7): pkg/registry/client.go, Push; pkg/registry/chart.go, annotations.

#include "oci/manifest.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "chart/chart_reader.hpp"
#include "chart/go_json.hpp"
#include "oci/names.hpp"
#include "support/digest.hpp"
#include "support/time.hpp"

namespace acr::oci {
namespace {

using Annotations = std::map<std::string, std::string, std::less<>>;

/// An object whose empty fields are left out.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
  ~JsonObject() { out_ += '}'; }
  JsonObject(JsonObject const&) = delete;
  JsonObject& operator=(JsonObject const&) = delete;

  /// Texts, lists of texts, maps.
  template <class Value>
  void field(std::string_view name, Value const& value) {
    if (!value.empty()) chart::append_json(key(name), value);
  }
  void flag(std::string_view name, bool value) {
    if (value) key(name) += "true";
  }
  /// For a value that the caller appends.
  std::string& key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    chart::append_json(out_, name);
    return out_ += ':';
  }

 private:
  std::string& out_;
  bool first_ = true;
};

template <class List, class Append>
void append_list(std::string& out, List const& list, Append append) {
  char before = '[';
  for (auto const& element : list) {
    out += before;
    append(element);
    before = ',';
  }
  out += ']';
}

void append_maintainer(std::string& out, chart::Maintainer const& maintainer) {
  JsonObject object(out);
  object.field("name", maintainer.name);
  object.field("email", maintainer.email);
  object.field("url", maintainer.url);
}

void append_descriptor(std::string& out, std::string_view type, Blob const& blob) {
  JsonObject object(out);
  object.field("mediaType", type);
  object.field("digest", blob.digest);
  object.key("size") += std::to_string(blob.size);
}

/// Each maintainer's `name (email)`; an empty one leaves its comma (O-6).
std::string authors(std::vector<chart::Maintainer> const& maintainers) {
  std::string text;
  for (std::size_t i = 0; i < maintainers.size(); ++i) {
    if (i != 0) text += ", ";
    text += maintainers[i].name;
    if (!maintainers[i].email.empty()) text += " (" + maintainers[i].email + ")";
  }
  return text;
}

Annotations annotations_of(chart::ChartMetadata const& metadata, std::int64_t created) {
  Annotations annotations;
  auto const generate = [&](std::string_view key, std::string const& text) {
    // Sanitised texts have no other white space than the blank.
    if (text.find_first_not_of(' ') != std::string::npos)
      annotations.emplace("org.opencontainers.image." + std::string(key), text);
  };
  generate("description", metadata.description);
  generate("title", metadata.name);
  generate("version", metadata.version);
  generate("url", metadata.home);
  generate("created", to_text(Time{created, 0}));
  if (!metadata.sources.empty()) generate("source", metadata.sources.front());
  generate("authors", authors(metadata.maintainers));
  for (auto const& [key, text] : metadata.annotations)
    if (key != "org.opencontainers.image.title" && key != "org.opencontainers.image.version")
      annotations.insert_or_assign(key, text);
  return annotations;
}

/// O-5: the package, and what is beside it, in the order of their digests.
void append_layers(std::string& out, Blob const& package, std::optional<Blob> const& provenance) {
  std::vector<std::pair<Blob, std::string_view>> layers{{package, chart_layer_type}};
  if (provenance) layers.emplace_back(*provenance, provenance_layer_type);
  std::ranges::sort(layers, {}, [](auto const& layer) -> std::string const& { return layer.first.digest; });
  append_list(out, layers, [&](auto const& layer) { append_descriptor(out, layer.second, layer.first); });
}

}  // namespace

std::string config_json(chart::ChartMetadata const& metadata) {
  std::string out;
  {
    JsonObject object(out);
    object.field("name", metadata.name);
    object.field("home", metadata.home);
    object.field("sources", metadata.sources);
    object.field("version", metadata.version);
    object.field("description", metadata.description);
    object.field("keywords", metadata.keywords);
    if (!metadata.maintainers.empty())
      append_list(object.key("maintainers"), metadata.maintainers, [&](auto const& one) { append_maintainer(out, one); });
    object.field("icon", metadata.icon);
    object.field("apiVersion", metadata.api_version);
    object.field("condition", metadata.condition);
    object.field("tags", metadata.tags);
    object.field("appVersion", metadata.app_version);
    object.flag("deprecated", metadata.deprecated);
    object.field("annotations", metadata.annotations);
    object.field("kubeVersion", metadata.kube_version);
    if (!metadata.dependencies.empty())
      append_list(object.key("dependencies"), metadata.dependencies, [&](auto const& one) { chart::append_json(out, one); });
    object.field("type", metadata.type);
  }
  return out;
}

ChartManifest chart_manifest(chart::ChartMetadata const& metadata, Blob const& package, std::optional<Blob> const& provenance,
                             std::int64_t created) {
  if (!check_time(created)) throw std::logic_error("a manifest's time must be one that RFC 3339 can write");
  ChartManifest manifest;
  manifest.config = config_json(metadata);
  auto const annotations = annotations_of(metadata, created);
  {
    JsonObject object(manifest.text);
    object.key("schemaVersion") += "2";
    append_descriptor(object.key("config"), config_type, {sha256_text(manifest.config), manifest.config.size()});
    append_layers(object.key("layers"), package, provenance);
    object.field("annotations", annotations);
  }
  manifest.digest = sha256_text(manifest.text);
  manifest.created = annotations.at(std::string(created_annotation));
  return manifest;
}

Verdict<ChartManifest> chart_manifest(chart::Package const& package, std::int64_t created) {
  if (auto const fine = check_time(created); !fine) return fine.error();
  auto const metadata = chart::packaged_metadata(package.chart_yaml, package.requirements_yaml);
  if (!metadata) return metadata.error();
  return chart_manifest(*metadata, {package.digest, package.bytes.size()}, std::nullopt, created);
}

Verdict<void> check_time(std::int64_t created) {
  if (created >= 0 && created <= latest_created) return {};
  return reject("oci-time", "time", "an OCI manifest cannot have this time")
      .rule("O-13")
      .expected("0 to " + std::to_string(latest_created) + " seconds since 1970")
      .found(std::to_string(created))
      .fix("set SOURCE_DATE_EPOCH to another time");
}

Rejection time_not_kept(std::string file, std::string const& ref, std::int64_t created) {
  return reject("oci-time", std::move(file),
                "the file system does not keep the package's time, and " + ref + " would get another digest")
      .rule("O-14")
      .expected(to_text(Time{created, 0}))
      .fix("give output-dir a place on another file system, or SOURCE_DATE_EPOCH a time that this one keeps");
}

}  // namespace acr::oci
