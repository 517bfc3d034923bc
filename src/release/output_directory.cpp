#include "release/output_directory.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "chart/limits.hpp"
#include "oci/manifest.hpp"
#include "report/checksums.hpp"
#include "support/atomic_file.hpp"
#include "support/errors.hpp"

namespace acr::release {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t checksums_limit = 524'288;

// What an earlier run may have left in the output directory under names of its own.
std::set<std::string> names_of_earlier_run(fs::path const& directory) {
  std::set<std::string> ours{std::string(checksums_name), std::string(report_name), std::string(vsa_name),
                             std::string(oci_subjects_name)};
  std::error_code error;
  if (!fs::exists(fs::symlink_status(directory / checksums_name, error))) return ours;
  try {
    if (auto const earlier = report::parse_checksums(read_file(directory / checksums_name, checksums_limit)))
      for (auto const& line : *earlier) ours.insert(line.name);
  } catch (std::runtime_error const&) {
    // Unreadable: then it names nothing, and what lies there is reported as somebody else's.
  }
  return ours;
}

// The manifest, and what a run that was killed while writing it has left beside it.
void remove_manifest(fs::path const& manifest) {
  std::error_code error;
  if (fs::is_regular_file(fs::symlink_status(manifest, error))) fs::remove(manifest);
  for (auto const& item : fs::directory_iterator(manifest.parent_path(), error))
    if (is_temporary_of(item.path().filename().string(), manifest.filename().string()) &&
        fs::is_regular_file(item.symlink_status()))
      fs::remove(item.path());
}

}  // namespace

std::vector<std::string> remove_stale(RunSettings const& settings) {
  fs::path const directory = settings.workspace / settings.inputs.output_dir;
  if (settings.inputs.clean) remove_manifest(settings.workspace / settings.inputs.manifest_path);
  std::error_code error;
  if (!fs::is_directory(directory, error)) return {};
  auto const ours = names_of_earlier_run(directory);
  std::vector<std::string> others;
  for (auto const& item : fs::directory_iterator(directory)) {
    auto const name = item.path().filename().string();
    // Checksums are written first (publish()): they name every package that a killed run was about to write.
    bool const left_over = std::ranges::any_of(ours, [&](auto const& target) { return is_temporary_of(name, target); });
    if (!ours.contains(name) && !left_over) {
      others.push_back(name);
    } else if (settings.inputs.clean && !fs::is_directory(item.symlink_status())) {
      fs::remove(item.path());
    }
  }
  std::ranges::sort(others);
  return others;
}

void publish(std::vector<ProvenChart> const& charts, ReleaseFiles const& files, RunSettings const& settings) {
  fs::path const directory = settings.workspace / settings.inputs.output_dir;
  std::vector<fs::path> written;
  auto const make_place = [&](fs::path const& target) {
    std::vector<fs::path> made;
    for (auto parent = target.parent_path(); !fs::exists(parent); parent = parent.parent_path()) made.push_back(parent);
    written.insert(written.end(), made.rbegin(), made.rend());  // outermost first: removal goes backwards
    fs::create_directories(target.parent_path());
    written.push_back(target);
  };
  auto const write = [&](fs::path const& target, std::string const& bytes, std::optional<std::int64_t> time = {}) {
    make_place(target);
    return write_file(target, bytes, time);
  };
  auto const write_pieces = [&](PublishedFile const& file) {
    auto const target = settings.workspace / file.path;
    make_place(target);
    AtomicFile out(target);
    file.content([&](std::string_view piece) { out.write(piece); });
    out.commit();
  };
  // O-14: what Helm will take for the time of the package.
  auto const write_package = [&](PackagedChart const& chart) {
    auto const target = directory / chart.name();
    bool const kept = write(target, read_file(chart.file(), chart::Limits{}.chart_bytes * 2), chart.time());
    if (kept || !chart.oci()) return;
    auto const lost = oci::time_not_kept(target.string(), chart.oci()->ref, chart.time());
    throw RunError(ExitStatus::refused, lost.code, lost.sentence());
  };
  try {
    if (!files.checksums.empty()) write(directory / checksums_name, files.checksums);
    for (auto const& chart : charts) write_package(chart.packaged());
    for (auto const& file : files.others) write_pieces(file);
    for (auto const& path : written) adopt_owner(path, settings.workspace);
  } catch (...) {
    std::error_code ignored;
    for (auto path = written.rbegin(); path != written.rend(); ++path) fs::remove(*path, ignored);
    throw;
  }
}

}  // namespace acr::release
