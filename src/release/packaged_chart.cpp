#include "release/packaged_chart.hpp"

#include <sys/statvfs.h>

#include <utility>

#include "chart/memory_bounds.hpp"
#include "chart/packager.hpp"
#include "oci/manifest.hpp"
#include "support/atomic_file.hpp"
#include "support/errors.hpp"
#include "support/text.hpp"

namespace acr::release {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t spare_bytes = std::uint64_t{64} << 20;

std::optional<std::uint64_t> free_bytes(fs::path path) {
  // The directory may not be there yet: its nearest parent is on the same file system.
  std::error_code ignored;
  while (!path.empty() && !fs::exists(path, ignored) && path != path.parent_path()) path = path.parent_path();
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) return std::nullopt;
  return std::uint64_t{info.f_bavail} * info.f_frsize;
}

bool is_large(chart::SourceContent const& source) {
  return source.bytes >= chart::ordinary_chart_bytes || source.largest_bytes > chart::ordinary_file_bytes ||
         source.files > chart::ordinary_files;
}

// The package's bytes, large charts one after the other (B-25).
Verdict<chart::Package> packaged(std::string const& path, chart::SourceTree const& head,
                                 std::optional<chart::SourceContent> const& source, DependencyBuild const* dependencies,
                                 chart::PackageOptions const& options, std::optional<MemoryGate::Pass>& pass) {
  bool const large = !source || is_large(*source);
  return chart::made_in_memory(options.limits, large, pass, [&](chart::Limits const& limits) -> Verdict<chart::Package> {
    auto within = options;
    within.limits = limits;
    if (dependencies) {
      auto archives = dependencies->archives(head, path, within);
      if (!archives) return archives.error();
      within.extra_archives = std::move(*archives);
    }
    return chart::package(head, path, within);
  });
}

// A version in Chart.yaml that Helm reads as another text would be tagged under one name and packaged under another.
Rejection another_name(ChangedChart const& chart, chart::Package const& package) {
  return reject("name-mismatch", chart.path, "the package is called differently than its Chart.yaml says")
      .rule("A-45")
      .expected(chart.name + " " + chart.version)
      .found(package.name + " " + package.version)
      .in_source(chart::joined(chart.path, "Chart.yaml"), 0);
}

}  // namespace

Rejection finding(chart::Warning const& warning, std::string const& root) {
  auto const file = chart::joined(root, warning.file);
  auto where = file;
  if (warning.line != 0) where += ":" + std::to_string(warning.line);
  auto found = reject(warning.code, std::move(where), warning.why).rule(warning.rule);
  if (warning.file.empty()) return found;
  // What lies within an archive has no line to point at: the archive has to do.
  auto const archive = file.find(".tgz/");
  if (archive == std::string::npos) return std::move(found).in_source(file, warning.line);
  return std::move(found).in_source(file.substr(0, archive + 4), 0);
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

std::optional<PackagedChart> PackagedChart::stage(BoundChart const& bound, std::optional<chart::SourceContent> const& source,
                                                  chart::SourceTree const& head, DependencyBuild const* dependencies,
                                                  Staging const& staging, std::optional<std::int64_t> source_date_epoch,
                                                  Findings& findings) {
  auto const& chart = bound.tagged().chart();
  auto const refused = [&](Rejection why) {
    findings.refuse(std::move(why));
    return std::nullopt;
  };
  chart::PackageOptions options;
  options.time = source_date_epoch.value_or(bound.tagged().commit().committer_time);
  std::optional<MemoryGate::Pass> pass;  // until the package is written
  auto const package = packaged(chart.path, head, source, dependencies, options, pass);
  if (!package) return refused(package.error());
  for (auto const& warning : package->warnings) findings.warn(finding(warning, chart.path));
  if (package->name != chart.name || package->version != chart.version) return refused(another_name(chart, *package));
  // B-1b: packaging has a reason of its own for most of this; what it would leave out unread is refused all the same.
  Verdict<std::string> source_digest = source ? source->digest : chart::source_digest(head, chart.path);
  if (!source_digest) return refused(source_digest.error());

  PackagedChart staged;
  if (chart.reference) {
    auto const manifest = oci::chart_manifest(*package, *options.time);
    if (!manifest) return refused(manifest.error().within(chart.path));
    staged.oci_ = report::OciPlace{chart.reference->text(), manifest->digest, manifest->created};
    staged.oci_manifest_ = manifest->text;
  }
  staged.file_ = staging.path() / package->file_name;
  if (!write_file(staged.file_, package->bytes, *options.time) && chart.reference)
    return refused(oci::time_not_kept(staged.file_.string(), chart.reference->text(), *options.time));
  staged.tagged_ = bound.shared_tagged();
  staged.source_digest_ = std::move(*source_digest);
  staged.time_ = *options.time;
  staged.digest_ = package->digest;
  staged.size_ = package->bytes.size();
  return staged;
}

Verdict<void> check_space(std::uint64_t content_bytes, Staging const& staging, RunSettings const& settings) {
  std::uint64_t const needed = 2 * content_bytes + spare_bytes;
  for (auto const& path : {staging.path(), settings.workspace / settings.inputs.output_dir}) {
    auto const free = free_bytes(path);
    if (free && *free < needed)
      return reject("no-space", path.string(), "the disk is too full for the packages")
          .expected(std::to_string(needed) + " free bytes")
          .found(std::to_string(*free))
          .fix("free some space on the runner before this step");
  }
  return {};
}

}  // namespace acr::release
