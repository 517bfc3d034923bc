#pragma once

// The terminal commands `package` and `list`: src/chart/package_command.hpp (P-5, P-130, P-131, P-170)
// Everything but the command line itself: options in, results and text out.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/directory_tree.hpp"
#include "chart/packager.hpp"
#include "chart/source_list.hpp"

namespace acr::chart {

/// SOURCE_DATE_EPOCH: decimal, not negative; empty is unset (P-130). Rejected: `source-date-epoch`.
Verdict<std::optional<std::int64_t>> source_date_epoch(std::string_view text);

/// "4.2" or "epoch-all" (P-132). Rejected: `profile`.
Verdict<Profile> profile_named(std::string_view name);

struct PackageCommand {
  std::vector<std::filesystem::path> charts;  ///< chart directories
  std::filesystem::path destination = ".";
  std::string version, app_version;   ///< empty: as in Chart.yaml
  std::optional<std::int64_t> epoch;  ///< one time for all files; wins over commit_time
  /// Asked for each chart when set and `epoch` is not: committer time of the last commit that touched the
  /// chart (P-131). A rejection refuses that chart.
  std::function<Verdict<std::int64_t>(ChartLocation const&)> commit_time;
  /// Asked for each chart when set, from several threads: fetched dependencies (D-38). `chart` is an index of `charts`;
  /// `options` are those that the chart will be packaged with.
  std::function<Verdict<std::vector<ExtraArchive>>(std::size_t chart, SourceTree const&, PackageOptions const& options)>
      dependencies;
  /// Asked for each package that was made, from several threads, before it is written to `file`; `time` is its T. A rejection
  /// refuses the chart.
  std::function<Verdict<void>(std::size_t chart, Package const&, std::optional<std::int64_t> time)> accept;
  /// The refusal of a chart whose file does not keep T (O-14); not set: that is no reason to refuse it.
  std::function<Rejection(std::filesystem::path const& file, std::int64_t time)> lost_time;
  Profile profile = Profile::helm_4_2;  ///< epoch_all without a time: every chart is refused (`profile`)
  bool case_collision_is_warning = false;
  bool strict = false;      ///< a warning refuses the chart (`warnings`)
  bool keep_going = false;  ///< write the good ones although others are refused (P-150)
  std::size_t workers = 1;
  Limits limits;
};

struct PackageOutcome {
  std::filesystem::path chart;       ///< as given
  std::optional<Rejection> refused;  ///< `where` begins with the chart as given
  std::filesystem::path file;        ///< written package; empty when none was written
  std::string name, version, digest, content_digest;
  std::uint64_t size = 0;  ///< bytes of the .tgz
  std::vector<Warning> warnings;
};

/// Packages all charts, at most `workers` at once; outcomes in the order given, whatever the number of
/// workers. Unless `keep_going`, one refusal means that no file is written. Two charts that make one file
/// name: `duplicate-package`. Throws errors.hpp's for a directory that is none or a disk that says no.
std::vector<PackageOutcome> run_package_command(PackageCommand const& command);

/// What `list CHART` shows.
struct ListOutcome {
  std::filesystem::path chart;
  SourceList list;
};
Verdict<ListOutcome> run_list_command(std::filesystem::path const& chart, Limits const& limits = {});

/// For people: kept files, ignored ones with rule and line, dropped groups. Foreign names are escaped.
std::string list_text(ListOutcome const& outcome);
/// For programs:
/// {"chart","files":[{"path","mode","content","size"}],"ignored":[{"path","kind","line","rule","negated"}],
/// "dropped":[…],"local-dependencies":[…]}; bytes that are not UTF-8 appear as U+FFFD.
std::string list_json(ListOutcome const& outcome);

}  // namespace acr::chart
