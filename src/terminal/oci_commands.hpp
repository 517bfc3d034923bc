#pragma once

// Terminal commands about OCI digests: src/terminal/oci_commands.hpp (O-17, O-18)

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart/package_command.hpp"
#include "oci/chart_reference.hpp"
#include "report/release_record.hpp"
#include "terminal/command.hpp"
#include "terminal/commands.hpp"

namespace acr::terminal {

/// What `package --oci-repository` tells of each chart besides its package.
class PlannedPushes {
 public:
  /// Hooks into `command`, which must have one time for each chart (BadEnvironment "oci-time") and be run while this lives.
  PlannedPushes(oci::Repository repository, chart::PackageCommand& command);
  PlannedPushes(PlannedPushes const&) = delete;
  PlannedPushes& operator=(PlannedPushes const&) = delete;

  /// Nothing for a chart that was refused.
  [[nodiscard]] std::optional<report::OciPlace> const& of(std::size_t chart) const { return places_[chart]; }
  [[nodiscard]] oci::Repository const& repository() const { return repository_; }

 private:
  oci::Repository repository_;
  std::vector<std::optional<report::OciPlace>> places_;
};

/// Says when capitals of `--oci-repository` were read as small letters (O-10).
void warn_of_capitals(oci::Repository const& repository, Terminal const& terminal);

/// One line: the packages that were written, in the order of the arguments.
std::string packages_json(std::vector<chart::PackageOutcome> const& outcomes, PlannedPushes const* pushes);

Command oci_digest_command();

}  // namespace acr::terminal
