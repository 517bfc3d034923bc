#pragma once

// Packages on disk: staged aside, published together: src/release/packages.hpp (A-6, A-7, A-17; section 11: disk space, clean)

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "chart/source_tree.hpp"
#include "chart/warning.hpp"
#include "release/chart_work.hpp"
#include "release/dependency_build.hpp"
#include "release/settings.hpp"
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

/// Packages the chart from the head's tree with the committer time of the tag's commit (P-130) into the staging directory;
/// refusals and warnings go into `work`, its source digest too when it is not known; refused without (B-1b). Nothing is kept in
/// memory, and large charts wait for one another (B-25). `dependencies` is null when nothing is built (D-1).
void stage_package(ChartWork& work, chart::SourceTree const& head, DependencyBuild const* dependencies, Staging const& staging,
                   RunSettings const& settings);

/// "no-space" when staging or output cannot hold twice the content of the charts that were read and 64 MiB (section 11);
/// nothing when they can.
std::optional<Rejection> no_space(std::vector<ChartWork> const& works, Staging const& staging, RunSettings const& settings);

/// Removes what an earlier run left in the output directory: the packages that its checksums.txt names, our own files, and what
/// it left of them when it was killed; the manifest too. Returns the file names that stay although nobody of ours put
/// them there. Removes nothing with `clean: false`.
std::vector<std::string> remove_stale(RunSettings const& settings);

/// Takes a file's content, piece after piece.
using TakePiece = std::function<void(std::string_view piece)>;

/// A file to be published: workspace-relative path and content.
struct PublishedFile {
  std::string path;
  std::function<void(TakePiece const&)> content;  ///< called once
};
/// One whose content is at hand.
PublishedFile published_file(std::string path, std::string bytes);

/// Writes checksums.txt first, so that a killed run leaves nothing that the next one does not know of, then the staged
/// packages, then `files`; each appears whole, packages with the time of their entries (O-14). All belong to the workspace's
/// owner. After a failure none of them is left; a time that the file system does not keep is one for charts with an OCI
/// digest (RunError, code "oci-time").
void publish(std::vector<ChartWork> const& works, std::string const& checksums, std::vector<PublishedFile> const& files,
             RunSettings const& settings);

/// The text of oci-subjects.txt: subject name and digest of each chart that has one (O-16). Code "checksums".
Verdict<std::string> oci_subjects(report::ReleaseRecord const& record);

/// Names inside the output directory.
inline constexpr std::string_view checksums_name = "checksums.txt";
inline constexpr std::string_view report_name = "tag-verification.json";
inline constexpr std::string_view oci_subjects_name = "oci-subjects.txt";
inline constexpr std::string_view vsa_name = "verification-summary.json";

}  // namespace acr::release
