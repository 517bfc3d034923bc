#include "release/packages.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <set>
#include <utility>

#include "chart/memory_bounds.hpp"
#include "chart/packager.hpp"
#include "chart/source_list.hpp"
#include "oci/manifest.hpp"
#include "report/checksums.hpp"
#include "support/atomic_file.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t spare_bytes = std::uint64_t{64} << 20;
constexpr std::size_t checksums_limit = 524'288;

std::optional<std::uint64_t> free_bytes(fs::path path) {
  // The directory may not be there yet: its nearest parent is on the same file system.
  std::error_code ignored;
  while (!path.empty() && !fs::exists(path, ignored) && path != path.parent_path()) path = path.parent_path();
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) return std::nullopt;
  return std::uint64_t{info.f_bavail} * info.f_frsize;
}

}  // namespace

Rejection finding(chart::Warning const& warning, std::string const& root) {
  auto const file = chart::joined(root, warning.file);
  auto where = file;
  if (warning.line != 0) where += ":" + std::to_string(warning.line);
  auto told = reject(warning.code, std::move(where), warning.why).rule(warning.rule);
  if (warning.file.empty()) return told;
  // What lies within an archive has no line to point at: the archive has to do.
  auto const archive = file.find(".tgz/");
  if (archive == std::string::npos) return std::move(told).in_source(file, warning.line);
  return std::move(told).in_source(file.substr(0, archive + 4), 0);
}

Staging::Staging(fs::path const& runner_temp) {
  try {
    path_ = runner_temp / ("atomic-chart-release-" + random_hex(8));
    fs::create_directories(path_);
  } catch (std::exception const& error) {
    throw BadEnvironment("no-temporary-directory", "cannot make a directory below RUNNER_TEMP: " + std::string(error.what()));
  }
}

Staging::~Staging() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

namespace {

bool is_large(chart::SourceContent const& source) {
  return source.bytes >= chart::ordinary_chart_bytes || source.largest_bytes > chart::ordinary_file_bytes ||
         source.files > chart::ordinary_files;
}

}  // namespace

void stage_package(ChartWork& work, chart::SourceTree const& head, DependencyBuild const* dependencies, Staging const& staging,
                   RunSettings const& settings) {
  chart::PackageOptions options;
  options.time = settings.source_date_epoch ? *settings.source_date_epoch : work.tag->commit.committer_time;
  std::optional<MemoryGate::Pass> pass;  // until the package is written
  bool const large = !work.source || is_large(*work.source);
  auto const package =
      chart::made_in_memory(options.limits, large, pass, [&](chart::Limits const& limits) -> Verdict<chart::Package> {
        auto within = options;
        within.limits = limits;
        if (dependencies) {
          auto archives = dependencies->archives(head, work, within);
          if (!archives) return archives.error();
          within.extra_archives = std::move(*archives);
        }
        return chart::package(head, work.chart.path, within);
      });
  if (!package) return work.refuse(package.error());
  for (auto const& warning : package->warnings) work.warn(finding(warning, work.chart.path));
  // A version in Chart.yaml that Helm reads as another text would be tagged under one name and packaged under another.
  if (package->name != work.record.name || package->version != work.record.version)
    return work.refuse(reject("name-mismatch", work.chart.path, "the package is called differently than its Chart.yaml says")
                           .rule("A-45")
                           .expected(work.record.name + " " + work.record.version)
                           .found(package->name + " " + package->version)
                           .in_source(chart::joined(work.chart.path, "Chart.yaml"), 0));
  // B-1b: packaging has a reason of its own for most of this; what it would leave out unread is refused all the same.
  Verdict<std::string> const source_digest = work.source ? work.source->digest : chart::source_digest(head, work.chart.path);
  if (!source_digest) return work.refuse(source_digest.error());
  work.record.source_digest = *source_digest;
  if (work.reference) {
    auto const manifest = oci::chart_manifest(*package, *options.time);
    if (!manifest) return work.refuse(manifest.error().within(work.chart.path));
    work.record.oci = report::OciPlace{work.reference->text(), manifest->digest, manifest->created};
    work.oci_manifest = manifest->text;
  }
  auto const staged = staging.path() / package->file_name;
  if (!write_file(staged, package->bytes, *options.time) && work.reference)
    return work.refuse(oci::time_not_kept(staged.string(), work.reference->text(), *options.time));
  work.staged = staged;
  work.record.package_time = options.time;
  work.record.package = package->file_name;
  work.record.digest = package->digest;
  work.record.size = package->bytes.size();
}

std::optional<Rejection> no_space(std::vector<ChartWork> const& works, Staging const& staging, RunSettings const& settings) {
  std::uint64_t content = 0;
  for (auto const& work : works)
    if (work.source) content += work.source->bytes;
  std::uint64_t const needed = 2 * content + spare_bytes;
  for (auto const& path : {staging.path(), settings.workspace / settings.inputs.output_dir}) {
    auto const free = free_bytes(path);
    if (free && *free < needed)
      return reject("no-space", path.string(), "the disk is too full for the packages")
          .expected(std::to_string(needed) + " free bytes")
          .found(std::to_string(*free))
          .fix("free some space on the runner before this step");
  }
  return std::nullopt;
}

namespace {

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
    // Unreadable: then it names nothing, and what lies there is told as a stranger's.
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
  std::vector<std::string> strangers;
  for (auto const& item : fs::directory_iterator(directory)) {
    auto const name = item.path().filename().string();
    // Checksums are written first (publish()): they name every package that a killed run was about to write.
    bool const left_over = std::ranges::any_of(ours, [&](auto const& target) { return is_temporary_of(name, target); });
    if (!ours.contains(name) && !left_over) {
      strangers.push_back(name);
    } else if (settings.inputs.clean && !fs::is_directory(item.symlink_status())) {
      fs::remove(item.path());
    }
  }
  std::ranges::sort(strangers);
  return strangers;
}

PublishedFile published_file(std::string path, std::string bytes) {
  return {std::move(path), [content = std::move(bytes)](TakePiece const& take) { take(content); }};
}

void publish(std::vector<ChartWork> const& works, std::string const& checksums, std::vector<PublishedFile> const& files,
             RunSettings const& settings) {
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
  auto const write_package = [&](ChartWork const& work) {
    auto const target = directory / work.record.package;
    bool const kept = write(target, read_file(work.staged, chart::Limits{}.chart_bytes * 2), work.record.package_time);
    if (kept || !work.record.oci) return;
    auto const lost = oci::time_not_kept(target.string(), work.record.oci->ref, *work.record.package_time);
    throw RunError(ExitStatus::refused, lost.code, lost.sentence());
  };
  try {
    if (!checksums.empty()) write(directory / checksums_name, checksums);
    for (auto const& work : works)
      if (work.record.status == report::ChartStatus::packaged) write_package(work);
    for (auto const& file : files) write_pieces(file);
    for (auto const& path : written) adopt_owner(path, settings.workspace);
  } catch (...) {
    std::error_code ignored;
    for (auto path = written.rbegin(); path != written.rend(); ++path) fs::remove(*path, ignored);
    throw;
  }
}

Verdict<std::string> oci_subjects(report::ReleaseRecord const& record) {
  std::vector<report::Checksum> subjects;
  for (auto const& chart : record.charts)
    if (chart.oci) subjects.push_back({chart.oci->subject_name(), chart.oci->digest.substr(7)});
  return report::oci_subjects_text(std::move(subjects));
}

}  // namespace acr::release
