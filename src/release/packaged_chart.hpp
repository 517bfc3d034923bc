#pragma once

// A chart whose package is made: src/release/packaged_chart.hpp (A-7, A-45, B-1b, B-25, O-14, P-130; section 11: disk space)

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "chart/source_list.hpp"
#include "chart/source_tree.hpp"
#include "chart/warning.hpp"
#include "release/bound_chart.hpp"
#include "release/dependency_build.hpp"
#include "release/findings.hpp"
#include "release/settings.hpp"
#include "report/release_record.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// A directory of this run's own below RUNNER_TEMP, removed with everything in it at the end.
class Staging {
 public:
  /// Throws BadEnvironment("no-temporary-directory").
  explicit Staging(std::filesystem::path const& runner_temp);
  ~Staging();
  Staging(Staging const&) = delete;
  Staging& operator=(Staging const&) = delete;
  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A warning of the chart at `root` (relative to the repository), with the file and line that an annotation points at.
Rejection finding(chart::Warning const& warning, std::string const& root);

/// The package of a bound chart, in the staging directory and under the name that its tag says. Nothing of it is in memory.
class PackagedChart {
 public:
  /// Packages the chart from the head's tree with the committer time of the tag's commit (P-130), or `source_date_epoch`.
  /// `source`: what will be packaged, when it was read; a chart without a source digest is refused (B-1b). Large charts wait
  /// for one another (B-25). `dependencies` is null when nothing is built (D-1). Nothing: `findings` has the refusal; warnings
  /// go there, too.
  static std::optional<PackagedChart> stage(BoundChart const& bound, std::optional<chart::SourceContent> const& source,
                                            chart::SourceTree const& head, DependencyBuild const* dependencies,
                                            Staging const& staging, std::optional<std::int64_t> source_date_epoch,
                                            Findings& findings);

  [[nodiscard]] TaggedChart const& tagged() const { return *tagged_; }
  [[nodiscard]] std::filesystem::path const& file() const { return file_; }          ///< in the staging directory
  [[nodiscard]] std::string name() const { return file_.filename().string(); }       ///< "web-1.2.0.tgz"
  [[nodiscard]] std::string const& digest() const { return digest_; }                ///< "sha256:…"
  [[nodiscard]] std::string const& source_digest() const { return source_digest_; }  ///< "sha256:…" (B-1)
  [[nodiscard]] std::uint64_t size() const { return size_; }                         ///< bytes
  [[nodiscard]] std::int64_t time() const { return time_; }  ///< of the file and its entries, seconds since 1970
  /// With `oci-repository`: its place there, and the bytes of the manifest that has the digest (O-15).
  [[nodiscard]] std::optional<report::OciPlace> const& oci() const { return oci_; }
  [[nodiscard]] std::string const& oci_manifest() const { return oci_manifest_; }

 private:
  PackagedChart() = default;
  std::shared_ptr<TaggedChart const> tagged_;
  std::filesystem::path file_;
  std::string digest_, source_digest_;
  std::uint64_t size_ = 0;
  std::int64_t time_ = 0;
  std::optional<report::OciPlace> oci_;
  std::string oci_manifest_;
};

/// Refused (`no-space`) when staging or output cannot hold twice `content_bytes`, the content of the charts that were read, and
/// 64 MiB (section 11).
Verdict<void> check_space(std::uint64_t content_bytes, Staging const& staging, RunSettings const& settings);

}  // namespace acr::release
