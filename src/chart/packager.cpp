// What a package holds, in which order and with which times: src/chart/packager.hpp (P-80 … P-87, P-130 …
// P-133, P-156)

#include "chart/packager.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "chart/chart_loader.hpp"
#include "chart/gzip_writer.hpp"
#include "chart/memory_bounds.hpp"
#include "chart/path_folding.hpp"
#include "chart/semver.hpp"
#include "chart/tar_writer.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"

namespace acr::chart {
namespace {

struct Entry {
  std::string path;
  std::string bytes;
  std::int64_t mtime = 0;
};

/// Puts the entries of a chart and its subcharts into the order of P-80. Takes the chart's contents along.
class Sequence {
 public:
  explicit Sequence(PackageOptions const& options) : options_(options) {
    if (options.profile == Profile::epoch_all && !options.time) throw std::logic_error("the profile epoch-all needs a time");
  }

  Verdict<void> add(LoadedChart& chart, std::string const& parent) {
    auto const base = joined(parent, chart.metadata.name);
    auto refuse = [&](Rejection rejection) {
      return chart.where.empty() ? rejection : std::move(rejection).within(chart.where);
    };

    auto metadata = write_metadata(chart.metadata);
    if (!metadata) return refuse(metadata.error());
    push(base, "Chart.yaml", std::move(*metadata), time_of(chart, chart.metadata_mtime));
    if (chart.metadata.api_version == "v2" && chart.lock) {
      auto const time = lock_time(chart);
      auto lock = write_lock(*chart.lock);
      if (!lock) return refuse(lock.error());
      push(base, "Chart.lock", std::move(*lock), time);
    }
    if (chart.values) push(base, chart, *chart.values);
    if (chart.schema) push(base, chart, *chart.schema);
    for (auto& file : chart.templates) push(base, chart, file);
    for (auto& file : chart.files) push(base, chart, file);
    if (path_bytes > path_bytes_together)
      return reject("too-many-files", chart.where, "the paths of the package would be too long together")
          .rule("B-25")
          .expected("at most " + std::to_string(path_bytes_together) + " bytes");
    for (auto& subchart : chart.subcharts)
      if (auto const fine = add(subchart, base + "/charts"); !fine) return fine.error();
    return {};
  }

  std::vector<Entry> entries;
  std::uint64_t content_size = 0, path_bytes = 0;

 private:
  PackageOptions const& options_;

  void push(std::string const& base, std::string_view path, std::string bytes, std::int64_t mtime) {
    content_size += bytes.size();
    // Beyond, the chart is refused: nothing more is kept.
    if ((path_bytes += base.size() + 1 + path.size()) > path_bytes_together) return;
    entries.push_back({joined(base, path), std::move(bytes), mtime});
  }
  void push(std::string const& base, LoadedChart const& chart, LoadedFile& file) {
    push(base, file.path, std::move(file.bytes), time_of(chart, file.mtime));
  }

  /// P-130 … P-133: content of archives keeps its times, all else has T where there is one.
  [[nodiscard]] std::int64_t time_of(LoadedChart const& chart, std::optional<std::int64_t> own) const {
    bool const keeps = chart.from_archive && options_.profile == Profile::helm_4_2 && own && *own != zero_time_seconds;
    if (options_.time && !keeps) return *options_.time;
    if (!own) throw std::logic_error("a source without file times needs one time for all entries");
    return *own;
  }

  /// P-86, P-132: the lock's own time, unless it has none.
  std::int64_t lock_time(LoadedChart& chart) const {
    if (options_.profile == Profile::epoch_all) {
      set_generated(*chart.lock, *options_.time);
      return *options_.time;
    }
    if (auto const generated = generated_time(*chart.lock)) return *generated;
    if (options_.time) return *options_.time;
    if (!chart.lock_mtime) throw std::logic_error("a source without file times needs one time for all entries");
    return *chart.lock_mtime;
  }
};

struct Tar {
  std::string name, version;
  std::string bytes;
  std::vector<PackageEntry> entries;
  std::vector<Warning> warnings;
  std::string chart_yaml;
  std::optional<std::string> requirements_yaml;
};

/// P-156: paths that are equal, here or on a system that ignores case or composition.
Verdict<void> check_collisions(std::vector<Entry> const& entries, bool only_warn, std::vector<Warning>& warnings) {
  std::unordered_map<std::string, std::string_view> seen;
  for (auto const& entry : entries) {
    auto const [other, fresh] = seen.emplace(folded_path(entry.path), entry.path);
    if (fresh) continue;
    if (other->second == entry.path)
      return reject("path-collision", entry.path, "two files of the package have the same path").rule("P-156");
    if (!only_warn)
      return reject("path-collision", entry.path,
                    "another path differs in case or composition only: extraction on macOS or Windows loses "
                    "one of the two")
          .rule("P-156")
          .found(std::string(other->second))
          .fix("rename one of them");
    warnings.push_back(
        {"path-collision", entry.path, 0, "differs in case or composition only from " + std::string(other->second), "P-156"});
  }
  return {};
}

/// P-3a, P-5: overrides are set after loading; the version must be one.
Verdict<void> apply_overrides(ChartMetadata& metadata, PackageOptions const& options) {
  if (!options.version.empty()) {
    if (!is_version(options.version))
      return reject("bad-version", "--version", "not a semantic version")
          .rule("P-5")
          .expected("a semantic version")
          .found(options.version);
    metadata.version = options.version;
  }
  if (!options.app_version.empty()) metadata.app_version = sanitized(options.app_version);
  return {};
}

Verdict<Tar> assembled(SourceTree const& tree, std::string_view chart_root, PackageOptions const& options) {
  auto loaded = load_chart(tree, chart_root, options);
  if (!loaded) return loaded.error();
  auto& chart = loaded->chart;
  if (auto const fine = apply_overrides(chart.metadata, options); !fine) return fine.error();

  Tar tar{chart.metadata.name, chart.metadata.version, {}, {}, std::move(loaded->warnings), {}, {}};
  Sequence sequence(options);
  if (auto const fine = sequence.add(chart, ""); !fine) return fine.error();
  if (sequence.content_size >= options.limits.chart_bytes)
    return reject("chart-too-large", "", "the package would hold too much: no Helm could load it")
        .rule("P-19")
        .expected("less than " + std::to_string(options.limits.chart_bytes) + " bytes")
        .found(std::to_string(sequence.content_size) + " bytes");
  if (sequence.entries.size() > options.limits.files)
    return reject("too-many-files", "", "the package would hold too many files")
        .rule("P-154")
        .expected("at most " + std::to_string(options.limits.files));
  if (auto const fine = check_collisions(sequence.entries, options.case_collision_is_warning, tar.warnings); !fine)
    return fine.error();

  // One allocation, and contents go as they are appended: the chart is never in memory twice.
  tar.bytes.reserve(static_cast<std::size_t>(sequence.content_size) + sequence.entries.size() * 2048 + 1024);
  TarWriter writer([&tar](std::string_view bytes) { tar.bytes.append(bytes); });
  tar.entries.reserve(sequence.entries.size());
  std::array<std::string, 2> const description_paths = {joined(tar.name, "Chart.yaml"), joined(tar.name, "requirements.yaml")};
  for (auto& entry : sequence.entries) {
    writer.file(entry.path, entry.bytes, entry.mtime);
    if (entry.path == description_paths[0]) tar.chart_yaml = entry.bytes;
    if (entry.path == description_paths[1]) tar.requirements_yaml = entry.bytes;
    tar.entries.push_back({std::move(entry.path), entry.bytes.size(), entry.mtime,
                           options.entry_digests ? hex(sha256(entry.bytes)) : std::string()});
    std::string().swap(entry.bytes);
  }
  writer.finish();
  return tar;
}

Rejection in_chart(Rejection rejection, std::string_view chart_root) {
  return std::move(rejection).within(chart_root.empty() ? "." : chart_root);
}

}  // namespace

Verdict<std::string> package_tar(SourceTree const& tree, std::string_view chart_root, PackageOptions const& options) {
  auto tar = assembled(tree, chart_root, options);
  if (!tar) return in_chart(tar.error(), chart_root);
  return std::move(tar->bytes);
}

Verdict<Package> package(SourceTree const& tree, std::string_view chart_root, PackageOptions const& options) {
  auto tar = assembled(tree, chart_root, options);
  if (!tar) return in_chart(tar.error(), chart_root);
  Package result;
  result.name = std::move(tar->name);
  result.version = std::move(tar->version);
  result.file_name = result.name + "-" + result.version + ".tgz";
  if (result.file_name.size() > file_name_bytes)
    return in_chart(reject("file-name-too-long", "Chart.yaml", "the package's file name would be too long")
                        .rule("P-3")
                        .expected("at most " + std::to_string(file_name_bytes) + " bytes")
                        .found(std::to_string(result.file_name.size()) + " bytes"),
                    chart_root);
  result.entries = std::move(tar->entries);
  result.warnings = std::move(tar->warnings);
  result.chart_yaml = std::move(tar->chart_yaml);
  result.requirements_yaml = std::move(tar->requirements_yaml);
  result.content_digest = sha256_text(tar->bytes);
  if (tar->bytes.size() > ordinary_chart_bytes) give_back_memory();  // of the files: the gzip comes instead
  result.bytes = gzip(std::move(tar->bytes));
  result.digest = sha256_text(result.bytes);
  return result;
}

}  // namespace acr::chart
