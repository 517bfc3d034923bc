#pragma once

// What a run writes beside its packages: src/release/release_files.hpp (A-7, A-31 … A-36, O-16)

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "release/settings.hpp"
#include "report/release_record.hpp"
#include "support/verdict.hpp"

namespace acr::release {

/// Takes a file's content, piece after piece.
using TakePiece = std::function<void(std::string_view piece)>;

/// A file to be published: workspace-relative path and content.
struct PublishedFile {
  std::string path;
  std::function<void(TakePiece const&)> content;  ///< called once
};
/// One whose content is at hand.
PublishedFile published_file(std::string path, std::string bytes);

struct ReleaseFiles {
  report::ReleasePlaces places;
  std::string checksums;              ///< text of checksums.txt; empty unless something is released
  std::vector<PublishedFile> others;  ///< report, VSA, OCI subjects, manifest, in this order
};

/// The report and its summary always; checksums, OCI subjects and manifest when something is released. `record` must outlive
/// the result. Throws RunError("checksums") for names that the format cannot hold.
ReleaseFiles release_files(RunSettings const& settings, report::ReleaseRecord const& record);

/// The text of oci-subjects.txt: subject name and digest of each chart that has one (O-16). Code "checksums".
Verdict<std::string> oci_subjects(report::ReleaseRecord const& record);

/// Names inside the output directory.
inline constexpr std::string_view checksums_name = "checksums.txt";
inline constexpr std::string_view report_name = "tag-verification.json";
inline constexpr std::string_view oci_subjects_name = "oci-subjects.txt";
inline constexpr std::string_view vsa_name = "verification-summary.json";

}  // namespace acr::release
