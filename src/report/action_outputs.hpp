#pragma once

// The step's outputs: src/report/action_outputs.hpp (A-23 to, section 12 of the action contract)

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/release_record.hpp"

namespace acr::report {

/// An ordered set of outputs. Names compare without letter case; the last value of a name wins.
class Outputs {
 public:
  /// `name` must match `[A-Za-z0-9_][A-Za-z0-9._-]*`, else std::logic_error. A value over 512 KiB, or one that is not
  /// UTF-8 or holds a NUL, is left out and named in omitted().
  void set(std::string name, std::string value);
  void set(std::string name, bool value) { set(std::move(name), std::string(value ? "true" : "false")); }
  void set(std::string name, Code code) { set(std::move(name), std::string(code.text())); }
  void set(std::string name, char const* value) { set(std::move(name), std::string(value)); }
  void set(std::string name, std::uint64_t value) { set(std::move(name), std::to_string(value)); }

  /// In the order of first setting.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> const& values() const { return values_; }
  /// Names whose value was left out; the log warns about them.
  [[nodiscard]] std::vector<std::string> const& omitted() const { return omitted_; }
  /// Null when not set.
  [[nodiscard]] std::string const* find(std::string_view name) const;

  /// The bytes to append to GITHUB_OUTPUT: block form, a fresh random delimiter for each value.
  [[nodiscard]] std::string command_file_text() const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
  std::vector<std::string> omitted_;
};

/// Appends all outputs with one write. Throws BadEnvironment.
void append_outputs(std::filesystem::path const& command_file, Outputs const& outputs);

/// Every output of `run`. `result`, `reason` and `chart-count` are always set; files that were not written
/// have no output. More than 256 packaged charts: `matrix` is set all the same, the caller warns (max_matrix_jobs).
Outputs run_outputs(ReleaseRecord const& record, ReleasePlaces const& files, std::uint64_t retention_days);

/// JSON array of all changed charts, one line of ASCII: {name, version, path, tag, commit, package, digest, size,
/// verified, status, source-digest}. `package`: workspace-relative path below `packages_dir`, "" unless packaged.
std::string charts_json(ReleaseRecord const& record, std::string_view packages_dir);

/// {"include":[…]} of the packaged charts, each with `file` = the package's base name.
std::string matrix_json(ReleaseRecord const& record, std::string_view packages_dir);

}  // namespace acr::report
