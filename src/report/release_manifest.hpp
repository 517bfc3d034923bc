#pragma once

// release-attestation-manifest.json: src/report/release_manifest.hpp (A-73, A-75; D-31; docs/schema/manifest.schema.json)

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/release_record.hpp"
#include "support/verdict.hpp"

namespace acr::report {

struct ManifestChart {
  std::string name;
  std::string version;
  std::string digest;  ///< "sha256:…" of the package
  std::string tag;
  std::string package;            ///< file name
  std::string source_digest{};    ///< "sha256:…" of what the package is made of in the commit (B-3)
  std::optional<OciPlace> oci{};  ///< with `oci-repository` (O-15)

  friend bool operator==(ManifestChart const&, ManifestChart const&) = default;
};

struct ManifestUpstream {
  std::string key;
  std::string id;       ///< decimal
  std::string digest;   ///< "sha256:…" of the subject
  std::string bound{};  ///< "source", "package", "rule"; empty (null in the document): only the tag ties it to the chart (B-5)

  friend bool operator==(ManifestUpstream const&, ManifestUpstream const&) = default;
};

struct ManifestDependency {
  std::string chart;
  std::string name;
  std::string version;
  std::string repository;
  std::string url;
  std::string sha256;        ///< "sha256:…"
  std::string oci_manifest;  ///< empty unless OCI
  bool pinned = false;

  friend bool operator==(ManifestDependency const&, ManifestDependency const&) = default;
};

/// Key → id of this stage's attestations: `tag-verification`, `build-<chart>`, `oci-<chart>` (O-19), and, in descriptions only,
/// `overall`.
using AttestationIds = std::vector<std::pair<std::string, std::string>>;
inline constexpr std::string_view tag_verification_key = "tag-verification";
inline constexpr std::string_view build_key_prefix = "build-";
inline constexpr std::string_view oci_key_prefix = "oci-";
inline constexpr std::string_view overall_key = "overall";

struct ReleaseManifest {
  std::vector<ManifestChart> charts;  ///< sorted by name
  std::uint64_t pr = 0;
  AttestationIds
      attestations;  ///< `tag-verification` first, then `build-<chart>` and `oci-<chart>` by chart; empty after `run`
  std::string head, base, merge;           ///< commit ids; merge may be empty (then the key is left out)
  std::string verification_path;           ///< workspace-relative
  std::string verification_digest;         ///< "sha256:…"
  std::vector<TrustedRoot> trusted_roots;  ///< of the verification, as the report has them (T-14); none: the key is left out
  std::vector<std::pair<std::string, std::vector<ManifestUpstream>>> upstream;  ///< per chart, sorted by name
  std::vector<ManifestDependency> dependencies;                                 ///< sorted by chart, name, version
  std::optional<std::string> source_date_epoch;

  [[nodiscard]] ManifestChart const* chart(std::string_view name) const;

  friend bool operator==(ReleaseManifest const&, ReleaseManifest const&) = default;
};

/// The manifest after `run`: packaged charts only, no ids. `upstream` holds the entries of status `verified` alone.
ReleaseManifest manifest_of(ReleaseRecord const& record, ReleasePlaces const& files);

/// Two-space indent, LF, UTF-8, keys in the order of A-75.
std::string manifest_text(ReleaseManifest const& manifest);

/// Strict: what manifest_text() can write, with any white space. Refused (code "manifest-invalid"): other or missing
/// keys, wrong types, digests or ids of another form, charts out of order or twice, attestation keys that are neither
/// `tag-verification` nor `build-<chart of the manifest>` nor `oci-<chart that has an OCI digest>`, over 8 MiB.
Verdict<ReleaseManifest> read_manifest(std::string_view text);

/// The manifest with `ids` set: values of present keys are replaced, new keys take their place in the order of
/// Refused (code "attestation-key"): a key of another kind or of a chart that is not in the manifest, an id that
/// is not decimal.
Verdict<ReleaseManifest> with_attestations(ReleaseManifest manifest, AttestationIds const& ids);

/// once the overall attestation has signed `signed_bytes`, the manifest must stay byte for byte. Refused (code
/// "manifest-frozen") when `completed` would be written differently.
Verdict<void> check_frozen(std::string_view signed_bytes, ReleaseManifest const& completed);

}  // namespace acr::report
