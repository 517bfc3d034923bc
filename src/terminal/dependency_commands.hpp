#pragma once

// Terminal commands about a chart's dependencies: src/terminal/dependency_commands.hpp (dependencies.md D-29, D-38)

#include <memory>
#include <vector>

#include "chart/directory_tree.hpp"
#include "chart/package_command.hpp"
#include "dependencies/builder.hpp"
#include "terminal/command.hpp"
#include "terminal/commands.hpp"
#include "terminal/dependency_network.hpp"

namespace acr::terminal {

/// Charts on disk with what they lack: planned offline, then fetched for all together (D-6). Refusals are kept by chart.
class DiskBuild {
 public:
  /// Throws BadEnvironment for a directory that is none.
  DiskBuild(std::vector<std::filesystem::path> const& charts, dependencies::PlanSettings const& settings, std::size_t workers);

  /// Charts that were refused offline stay as they are. Throws what the source throws.
  void fetch(dependencies::ArchiveSource& source);

  struct Chart {
    std::filesystem::path given;
    chart::ChartLocation location;
    std::unique_ptr<chart::DirectoryTree> tree;
    dependencies::BuildPlan plan;
    dependencies::ChartArchives fetched;
    /// Of planning and fetching.
    [[nodiscard]] std::vector<Rejection> refusals() const;
    [[nodiscard]] std::vector<Rejection> warnings() const;
  };
  [[nodiscard]] std::vector<Chart> const& charts() const { return charts_; }
  [[nodiscard]] bool refused() const;
  /// Hosts did not answer, and no chart is refused for another reason (D-6: exit 3).
  [[nodiscard]] bool out_of_reach() const;

 private:
  std::size_t workers_;
  std::vector<Chart> charts_;
};

/// Declared, locked, committed, pinned, where from; asks nobody.
Command dependencies_command();
/// Fetches what is missing and writes its digests into the lock.
Command pin_command();

/// What was fetched, one line each, with the line to paste where nothing is pinned.
void show_fetched(DiskBuild const& build, std::ostream& out);

}  // namespace acr::terminal
