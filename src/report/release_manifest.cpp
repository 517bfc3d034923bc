#include "report/release_manifest.hpp"

#include <algorithm>
#include <tuple>

#include "report/json_text.hpp"
#include "report/limits.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/text.hpp"
#include "support/time.hpp"

namespace acr::report {
namespace {

namespace json = boost::json;

bool is_commit(std::string_view text) { return is_lower_hex(text, 40) || is_lower_hex(text, 64); }
bool is_filled(std::string_view text) { return !text.empty(); }
bool is_any(std::string_view) { return true; }
bool is_binding(std::string_view text) { return text == "source" || text == "package" || text == "rule"; }

// Order of A-75: `tag-verification`, then the charts' own, in the order of the charts: of all packages, then of all OCI
// digests. Unknown keys: nothing.
std::optional<std::size_t> attestation_rank(ReleaseManifest const& manifest, std::string_view key) {
  if (key == tag_verification_key) return 0;
  bool const is_oci = key.starts_with(oci_key_prefix);
  if (!is_oci && !key.starts_with(build_key_prefix)) return std::nullopt;
  auto const* chart = manifest.chart(key.substr(is_oci ? oci_key_prefix.size() : build_key_prefix.size()));
  if (!chart || (is_oci && !chart->oci)) return std::nullopt;
  return static_cast<std::size_t>(chart - manifest.charts.data()) + 1 + (is_oci ? manifest.charts.size() : 0);
}

// --- reading ---------------------------------------------------------------------------------------------------------

Rejection invalid_manifest(std::string where, std::string why) {
  return reject("manifest-invalid", "manifest: " + std::move(where), std::move(why)).rule("A-75");
}

// Members of one object, each taken once; what is left over at the end is a key that we do not write. The first fault is
// kept: callers read on and ask once.
class ObjectReader {
 public:
  ObjectReader(json::value const& value, std::string place) : place_(std::move(place)), object_(value.if_object()) {
    if (!object_) fail(place_, "not an object");
  }

  json::value const* take(std::string_view name, bool optional = false) {
    auto const* value = object_ ? object_->if_contains(name) : nullptr;
    if (value) ++taken_;
    if (!value && !optional) fail(at(name), "the key is missing");
    return value;
  }

  std::string text(std::string_view name, bool (*is_fit)(std::string_view), bool optional = false) {
    auto const* value = take(name, optional);
    if (!value) return {};
    auto const* string = value->if_string();
    if (!string || !is_fit({string->data(), string->size()})) {
      fail(at(name), "the value has another form", json::serialize(*value));
      return {};
    }
    return {string->data(), string->size()};
  }

  /// Empty for null.
  std::string text_or_null(std::string_view name, bool (*is_fit)(std::string_view)) {
    auto const* value = object_ ? object_->if_contains(name) : nullptr;
    if (!value || !value->is_null()) return text(name, is_fit);
    ++taken_;
    return {};
  }

  /// A positive integer.
  std::int64_t version(std::string_view name) {
    auto const* value = take(name);
    auto const* number = value ? value->if_int64() : nullptr;
    if (value && !(number && *number > 0)) fail(at(name), "not a version", json::serialize(*value));
    return number ? *number : 0;
  }

  json::array const* array(std::string_view name, bool optional = false) {
    auto const* value = take(name, optional);
    if (!value) return nullptr;
    if (!value->is_array()) fail(at(name), "not an array");
    return value->if_array();
  }

  json::object const* object(std::string_view name) {
    auto const* value = take(name);
    if (!value) return nullptr;
    if (!value->is_object()) fail(at(name), "not an object");
    return value->if_object();
  }

  void fail(std::string where, std::string why, std::string found = {}) {
    if (!fault_) fault_ = invalid_manifest(std::move(where), std::move(why)).found(std::move(found));
  }

  [[nodiscard]] std::string at(std::string_view name) const { return place_ + (place_.empty() ? "" : ".") + std::string(name); }

  /// The first fault, or a key that is not ours.
  Verdict<void> done() {
    if (!fault_ && object_ && object_->size() != taken_)
      fail(place_.empty() ? "the document" : place_, "a key that this program does not write");
    if (fault_) return *fault_;
    return {};
  }

 private:
  std::string place_;
  json::object const* object_;
  std::size_t taken_ = 0;
  std::optional<Rejection> fault_;
};

std::string indexed(std::string_view name, std::size_t index) { return std::string(name) + "[" + std::to_string(index) + "]"; }

// The reference names its own subject: host, path and tag.
bool is_reference(std::string_view text) {
  auto const colon = text.rfind(':');
  auto const slash = text.rfind('/');
  return colon != std::string_view::npos && slash != std::string_view::npos && slash > 0 && slash + 1 < colon &&
         colon + 1 < text.size();
}

Verdict<OciPlace> read_oci(json::value const& value, std::string place) {
  ObjectReader reader(value, std::move(place));
  OciPlace oci;
  oci.ref = reader.text("ref", is_reference);
  oci.digest = reader.text("digest", is_sha256_text);
  oci.created = reader.text("created", is_any);
  if (auto const fine = reader.done(); !fine) return fine.error();
  return oci;
}

Verdict<std::vector<ManifestChart>> read_charts(json::array const& array) {
  std::vector<ManifestChart> charts;
  for (std::size_t i = 0; i < array.size(); ++i) {
    ObjectReader reader(array[i], indexed("charts", i));
    ManifestChart chart;
    chart.name = reader.text("name", is_filled);
    chart.version = reader.text("version", is_filled);
    chart.digest = reader.text("digest", is_sha256_text);
    chart.tag = reader.text("tag", is_filled);
    chart.package = reader.text("package", is_filled);
    auto const* oci = reader.take("oci", true);
    chart.source_digest = reader.text("source_digest", is_sha256_text);
    if (auto const fine = reader.done(); !fine) return fine.error();
    if (oci) {
      auto place = read_oci(*oci, indexed("charts", i) + ".oci");
      if (!place) return place.error();
      chart.oci = std::move(*place);
    }
    if (!charts.empty() && !(charts.back().name < chart.name))
      return invalid_manifest(indexed("charts", i), "charts are not in byte order, or one stands twice").found(chart.name);
    charts.push_back(std::move(chart));
  }
  return charts;
}

Verdict<std::vector<std::pair<std::string, std::vector<ManifestUpstream>>>> read_upstream(json::object const& object,
                                                                                          ReleaseManifest const& manifest) {
  std::vector<std::pair<std::string, std::vector<ManifestUpstream>>> upstream;
  for (auto const& [chart_name, value] : object) {
    std::string const chart(chart_name);
    auto const place = "upstream." + chart;
    if (!manifest.chart(chart)) return invalid_manifest(place, "the manifest has no such chart");
    if (!upstream.empty() && !(upstream.back().first < chart)) return invalid_manifest(place, "charts are not in byte order");
    auto const* keys = value.if_object();
    if (!keys) return invalid_manifest(place, "not an object");
    std::vector<ManifestUpstream> entries;
    for (auto const& [key, member] : *keys) {
      ObjectReader reader(member, place + "." + std::string(key));
      ManifestUpstream entry;
      entry.key = std::string(key);
      entry.id = reader.text("id", is_attestation_id);
      entry.digest = reader.text("digest", is_sha256_text);
      entry.bound = reader.text_or_null("bound", is_binding);
      if (auto const fine = reader.done(); !fine) return fine.error();
      entries.push_back(std::move(entry));
    }
    upstream.emplace_back(chart, std::move(entries));
  }
  return upstream;
}

bool is_origin(std::string_view text) { return text == "built-in" || text == "tuf" || text == "file"; }
bool is_date(std::string_view text) { return parse_rfc3339(std::string(text) + "T00:00:00Z").has_value(); }

// T-14: which members an entry has follows from its origin.
Verdict<std::vector<TrustedRoot>> read_trusted_roots(json::array const& array) {
  std::vector<TrustedRoot> roots;
  for (std::size_t i = 0; i < array.size(); ++i) {
    auto const place = indexed("verification.trusted_roots", i);
    ObjectReader reader(array[i], place);
    TrustedRoot root;
    root.origin = reader.text("origin", is_origin);
    root.source = reader.text("source", is_filled);
    root.digest = reader.text("digest", is_sha256_text);
    if (root.origin != "file") root.organization = reader.text("organisation", is_filled);
    if (root.origin == "built-in") root.date = reader.text("date", is_date);
    auto const* tuf = root.origin == "tuf" ? reader.take("tuf") : nullptr;
    if (auto const fine = reader.done(); !fine) return fine.error();
    if (tuf) {
      ObjectReader versions(*tuf, place + ".tuf");
      root.tuf_root = versions.version("root");
      root.tuf_targets = versions.version("targets");
      if (auto const fine = versions.done(); !fine) return fine.error();
    }
    roots.push_back(std::move(root));
  }
  return roots;
}

Verdict<std::vector<ManifestDependency>> read_dependencies(json::array const& array) {
  std::vector<ManifestDependency> dependencies;
  for (std::size_t i = 0; i < array.size(); ++i) {
    ObjectReader reader(array[i], indexed("dependencies", i));
    ManifestDependency each;
    each.chart = reader.text("chart", is_filled);
    each.name = reader.text("name", is_filled);
    each.version = reader.text("version", is_filled);
    each.repository = reader.text("repository", is_filled);
    each.url = reader.text("url", is_filled);
    each.sha256 = reader.text("sha256", is_sha256_text);
    each.oci_manifest = reader.text("oci-manifest", is_sha256_text, true);
    auto const* pinned = reader.take("pinned");
    if (pinned && !pinned->is_bool()) reader.fail(reader.at("pinned"), "not a boolean");
    if (auto const fine = reader.done(); !fine) return fine.error();
    each.pinned = pinned->get_bool();
    dependencies.push_back(std::move(each));
  }
  return dependencies;
}

}  // namespace

ManifestChart const* ReleaseManifest::chart(std::string_view name) const {
  auto const found = std::ranges::find(charts, name, &ManifestChart::name);
  return found == charts.end() ? nullptr : &*found;
}

ReleaseManifest manifest_of(ReleaseRecord const& record, ReleasePlaces const& files) {
  ReleaseManifest manifest;
  manifest.pr = record.pr_number;
  manifest.head = record.head;
  manifest.base = record.base;
  manifest.merge = record.merge;
  manifest.verification_path = files.verification_path;
  manifest.verification_digest = files.verification_digest;
  manifest.trusted_roots = record.trusted_roots;
  manifest.source_date_epoch = record.source_date_epoch;
  for (auto const& chart : record.charts) {
    if (chart.status != ChartStatus::packaged) continue;
    manifest.charts.push_back(
        {chart.name, chart.version, chart.digest, chart.tag, chart.package, chart.source_digest, chart.oci});
    std::vector<ManifestUpstream> entries;
    for (auto const& entry : chart.entries)
      if (entry.status == EntryStatus::verified) entries.push_back({entry.key, entry.id, entry.subject_digest, entry.bound});
    manifest.upstream.emplace_back(chart.name, std::move(entries));
    for (auto const& each : chart.dependencies)
      manifest.dependencies.push_back(
          {chart.name, each.name, each.version, each.repository, each.url, each.sha256, each.oci_manifest, each.pinned});
  }
  std::ranges::sort(manifest.charts, {}, &ManifestChart::name);
  std::ranges::sort(manifest.upstream, {}, [](auto const& each) { return each.first; });
  std::ranges::stable_sort(manifest.dependencies, {},
                           [](ManifestDependency const& each) { return std::tie(each.chart, each.name, each.version); });
  return manifest;
}

std::string manifest_text(ReleaseManifest const& manifest) {
  json::array charts;
  for (auto const& chart : manifest.charts) {
    json::object object{{"name", json_text(chart.name)},
                        {"version", json_text(chart.version)},
                        {"digest", json_text(chart.digest)},
                        {"tag", json_text(chart.tag)},
                        {"package", json_text(chart.package)}};
    if (chart.oci) object["oci"] = oci_json(*chart.oci);
    object["source_digest"] = json_text(chart.source_digest);
    charts.push_back(std::move(object));
  }
  json::object attestations;
  for (auto const& [key, id] : manifest.attestations) attestations[key] = json_text(id);
  json::object upstream;
  for (auto const& [chart, entries] : manifest.upstream) {
    json::object keys;
    for (auto const& entry : entries)
      keys[entry.key] =
          json::object{{"id", json_text(entry.id)},
                       {"digest", json_text(entry.digest)},
                       {"bound", entry.bound.empty() ? json::value(nullptr) : json::value(json_text(entry.bound))}};
    upstream[chart] = std::move(keys);
  }

  json::object document{{"version", "1.0"}, {"stage", "release-build"}, {"charts", std::move(charts)}, {"pr", manifest.pr}};
  document["attestations"] = std::move(attestations);
  document["head"] = json_text(manifest.head);
  document["base"] = json_text(manifest.base);
  if (!manifest.merge.empty()) document["merge"] = json_text(manifest.merge);
  document["verification"] =
      json::object{{"path", json_text(manifest.verification_path)}, {"digest", json_text(manifest.verification_digest)}};
  if (!manifest.trusted_roots.empty())
    document["verification"].get_object()["trusted_roots"] = trusted_roots_json(manifest.trusted_roots);
  document["upstream"] = std::move(upstream);
  if (!manifest.dependencies.empty()) {
    json::array dependencies;
    for (auto const& each : manifest.dependencies) {
      json::object object{{"chart", json_text(each.chart)},     {"name", json_text(each.name)},
                          {"version", json_text(each.version)}, {"repository", json_text(each.repository)},
                          {"url", json_text(each.url)},         {"sha256", json_text(each.sha256)}};
      if (!each.oci_manifest.empty()) object["oci-manifest"] = json_text(each.oci_manifest);
      object["pinned"] = each.pinned;
      dependencies.push_back(std::move(object));
    }
    document["dependencies"] = std::move(dependencies);
  }
  if (manifest.source_date_epoch) document["source_date_epoch"] = json_text(*manifest.source_date_epoch);
  return to_pretty_json(std::move(document));
}

Verdict<ReleaseManifest> read_manifest(std::string_view text) {
  auto const document = parse_json(text, "manifest", {.max_bytes = max_manifest_bytes, .max_depth = 8});
  if (!document) return invalid_manifest(document.error().where, document.error().why);
  ObjectReader reader(*document, "");
  ReleaseManifest manifest;
  if (reader.text("version", is_any) != "1.0") reader.fail("version", "another version of the manifest");
  if (reader.text("stage", is_any) != "release-build") reader.fail("stage", "the manifest of another stage");
  auto const* charts = reader.array("charts");
  auto const* pr = reader.take("pr");
  if (pr && !(pr->is_int64() && pr->get_int64() >= 0)) reader.fail("pr", "not a pull request's number");
  auto const* attestations = reader.object("attestations");
  manifest.head = reader.text("head", is_commit);
  manifest.base = reader.text("base", is_commit);
  manifest.merge = reader.text("merge", is_commit, true);
  auto const* verification = reader.take("verification");
  auto const* upstream = reader.object("upstream");
  auto const* dependencies = reader.array("dependencies", true);
  if (auto const* epoch = reader.take("source_date_epoch", true)) {
    if (epoch->is_string())
      manifest.source_date_epoch = std::string(epoch->get_string());
    else
      reader.fail("source_date_epoch", "not a string");
  }
  if (auto const fine = reader.done(); !fine) return fine.error();
  manifest.pr = static_cast<std::uint64_t>(pr->get_int64());

  ObjectReader record(*verification, "verification");
  manifest.verification_path = record.text("path", is_any);
  manifest.verification_digest = record.text("digest", is_sha256_text);
  auto const* trusted_roots = record.array("trusted_roots", true);
  if (auto const fine = record.done(); !fine) return fine.error();
  if (trusted_roots) {
    auto read_roots = read_trusted_roots(*trusted_roots);
    if (!read_roots) return read_roots.error();
    manifest.trusted_roots = std::move(*read_roots);
  }

  auto read = read_charts(*charts);
  if (!read) return read.error();
  manifest.charts = std::move(*read);
  AttestationIds ids;
  for (auto const& [key, value] : *attestations) {
    auto const* id = value.if_string();
    if (!id) return invalid_manifest("attestations." + std::string(key), "an id is a string of digits");
    ids.emplace_back(std::string(key), std::string(*id));
  }
  auto completed = with_attestations(std::move(manifest), ids);
  if (!completed) return invalid_manifest(completed.error().where, completed.error().why).found(completed.error().found_value);
  manifest = std::move(*completed);
  auto read_up = read_upstream(*upstream, manifest);
  if (!read_up) return read_up.error();
  manifest.upstream = std::move(*read_up);
  if (dependencies) {
    auto read_deps = read_dependencies(*dependencies);
    if (!read_deps) return read_deps.error();
    manifest.dependencies = std::move(*read_deps);
  }
  return manifest;
}

Verdict<ReleaseManifest> with_attestations(ReleaseManifest manifest, AttestationIds const& ids) {
  for (auto const& [key, id] : ids) {
    auto const rank = attestation_rank(manifest, key);
    if (!rank)
      return reject("attestation-key", "attestations." + key, "the manifest has no place for this key")
          .rule("A-75")
          .expected("tag-verification, build-<chart> of a chart in the manifest, or oci-<chart> of one that has an OCI digest")
          .found(key);
    if (!is_attestation_id(id))
      return reject("attestation-key", "attestations." + key, "an attestation's id is a decimal number").rule("A-75").found(id);
    auto const place = std::ranges::find_if(manifest.attestations,
                                            [&](auto const& each) { return *attestation_rank(manifest, each.first) >= *rank; });
    if (place != manifest.attestations.end() && place->first == key) {
      place->second = id;
    } else {
      manifest.attestations.emplace(place, key, id);
    }
  }
  return manifest;
}

Verdict<void> check_frozen(std::string_view signed_bytes, ReleaseManifest const& completed) {
  if (manifest_text(completed) == signed_bytes) return {};
  return reject("manifest-frozen", "manifest", "the overall attestation has signed this file; it must not change any more")
      .rule("A-73")
      .fix("pass all other ids in an earlier `finalize`, before the manifest is attested");
}

}  // namespace acr::report
