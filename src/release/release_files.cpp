#include "release/release_files.hpp"

#include <utility>

#include "report/checksums.hpp"
#include "report/release_manifest.hpp"
#include "report/verification_report.hpp"
#include "report/vsa.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"
#include "support/errors.hpp"

namespace acr::release {
namespace {

constexpr std::string_view verifier_id = "https://github.com/org/atomic-chart-release";

std::string value_or_end(Verdict<std::string> text) {
  if (!text) throw RunError(ExitStatus::refused, text.error().code, text.error().sentence());
  return *std::move(text);
}

// Written twice, once to be hashed: the text of many charts is not held.
std::string report_digest(report::ReleaseRecord const& record) {
  Hasher hasher(HashAlgorithm::sha256);
  report::write_verification_report(record, [&](std::string_view piece) { hasher.update(piece); });
  return "sha256:" + hex(hasher.finish());
}

std::string checksums_of(report::ReleaseRecord const& record) {
  std::vector<report::Checksum> sums;
  for (auto const& chart : record.charts)
    if (chart.status == report::ChartStatus::packaged) sums.push_back({chart.package, chart.digest.substr(7)});
  return value_or_end(report::checksums_text(std::move(sums)));
}

}  // namespace

PublishedFile published_file(std::string path, std::string bytes) {
  return {std::move(path), [content = std::move(bytes)](TakePiece const& take) { take(content); }};
}

Verdict<std::string> oci_subjects(report::ReleaseRecord const& record) {
  std::vector<report::Checksum> subjects;
  for (auto const& chart : record.charts)
    if (chart.oci) subjects.push_back({chart.oci->subject_name(), chart.oci->digest.substr(7)});
  return report::oci_subjects_text(std::move(subjects));
}

ReleaseFiles release_files(RunSettings const& settings, report::ReleaseRecord const& record) {
  ReleaseFiles files;
  auto const below = [&](std::string_view name) { return settings.inputs.output_dir + "/" + std::string(name); };
  auto& places = files.places;
  places.packages_dir = settings.inputs.output_dir;
  places.verification_path = below(report_name);
  places.verification_digest = report_digest(record);
  files.others.push_back(
      {places.verification_path, [&record](TakePiece const& take) { report::write_verification_report(record, take); }});
  places.vsa_path = below(vsa_name);
  files.others.push_back(published_file(places.vsa_path, report::vsa_predicate(record, verifier_id)));
  if (record.result != report::Result::success && record.result != report::Result::partial) return files;

  files.checksums = checksums_of(record);
  places.checksums_path = below(checksums_name);
  if (settings.lists.oci_repository) {
    places.oci_subjects_path = below(oci_subjects_name);
    files.others.push_back(published_file(places.oci_subjects_path, value_or_end(oci_subjects(record))));
  }
  places.manifest_path = settings.inputs.manifest_path;
  auto manifest = report::manifest_text(report::manifest_of(record, places));
  places.manifest_digest = sha256_text(manifest);
  files.others.push_back(published_file(places.manifest_path, std::move(manifest)));
  return files;
}

}  // namespace acr::release
