#pragma once

// From a chart directory to the bytes of its package: src/chart/packager.hpp (P-1 … P-5, P-80 … P-87, P-130 …
// P-134) The tar stream is the one `helm package` of Helm 4.2 writes for the same files and times; siblings
// among subcharts come in the order of their names below charts/ (P-81).

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/chart_files.hpp"
#include "chart/limits.hpp"
#include "chart/source_tree.hpp"
#include "chart/warning.hpp"
#include "support/verdict.hpp"

namespace acr::chart {

enum class Profile {
  helm_4_2,   ///< as Helm 4.2: archives keep their inner times, Chart.lock keeps `generated` (P-132, P-133)
  epoch_all,  ///< as Helm's next release with SOURCE_DATE_EPOCH: all entries and `generated` get one time
};

/// A fetched dependency, placed as if it were committed as charts/<name> (D-28).
struct ExtraArchive {
  std::string name;                          ///< file name, e.g. "redis-17.0.1.tgz"
  std::shared_ptr<std::string const> bytes;  ///< the .tgz, never null; charts of a run share it
};

struct PackageOptions {
  /// T: the one time of all entries, seconds since 1970. Nothing: each file's own time (P-130, P-131); a
  /// source that knows none (a commit) then makes package() throw std::logic_error.
  std::optional<std::int64_t> time;
  Profile profile = Profile::helm_4_2;  ///< epoch_all needs `time`
  std::string version;                  ///< override; empty: as in Chart.yaml (P-3a, P-5)
  std::string app_version;              ///< override; empty: as in Chart.yaml
  std::vector<ExtraArchive> extra_archives;
  bool dependencies_must_be_present = true;  ///< P-75; false for the target of a `file://` dependency (P-90)
  bool case_collision_is_warning = false;    ///< P-156: paths equal but for case or normal form
  bool read_build_lock = false;              ///< load_chart() hands out the lock of D-7, which may refuse the chart
  bool entry_digests = false;                ///< fill PackageEntry::sha256
  Limits limits;
};

struct PackageEntry {
  std::string path;  ///< in the archive: "<chart>/templates/x.yaml"
  std::uint64_t size = 0;
  std::int64_t mtime = 0;
  std::string sha256;  ///< 64 lower-case hex digits; empty unless asked for
  friend bool operator==(PackageEntry const&, PackageEntry const&) = default;
};

struct Package {
  std::string name;       ///< of the chart, as written
  std::string version;    ///< as written, override included
  std::string file_name;  ///< "<name>-<version>.tgz"
  std::string bytes;      ///< the .tgz
  /// "sha256:<hex>" of the .tgz: what is published, attested and put into an index (P-122).
  std::string digest;
  /// "sha256:<hex>" of the uncompressed tar: equal to that of Helm's package (P-121).
  std::string content_digest;
  std::vector<PackageEntry> entries;
  std::vector<Warning> warnings;
  /// What was written as the chart's own Chart.yaml, and its requirements.yaml if the package holds one (O-2).
  std::string chart_yaml;
  std::optional<std::string> requirements_yaml;
};

/// Packages the chart at `chart_root` ("/"-separated, relative to the repository, "" for the repository
/// itself). Reads only through `tree`; writes nothing. `where` of a rejection starts with the chart's
/// directory.
Verdict<Package> package(SourceTree const& tree, std::string_view chart_root, PackageOptions const& options = {});

/// The tar stream alone: what the content digest is the digest of. For comparisons (P-109, P-136).
Verdict<std::string> package_tar(SourceTree const& tree, std::string_view chart_root, PackageOptions const& options = {});

}  // namespace acr::chart
