#pragma once

// One scenario folder, ready to be run: tests/scenario/release_world.hpp
// A workspace cloned from repo.bundle, the stand-in for GitHub, and the runner's environment around the program.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "loopback/github_stand_in.hpp"
#include "scenario/program.hpp"
#include "support/temporary_directory.hpp"

namespace acr::test {

enum class Checkout {
  full,
  shallow,   ///< the merge commit alone, the checkout step's default
  sparse,    ///< as `sparse-checkout`: shallow, without file contents, with the work tree's settings
  blobless,  ///< as `filter: blob:none` with `fetch-depth: 0`: all commits and trees, no file contents
  none,
};

class ReleaseWorld {
 public:
  explicit ReleaseWorld(std::filesystem::path const& scenario, Checkout checkout = Checkout::full,
                        std::function<void(loopback::StandInSettings&)> const& adjust = {});

  /// Runs a step with the scenario's inputs; `extra` overrides inputs ("tag-wait") and variables ("GITHUB_JOB").
  ProgramResult run(std::map<std::string, std::string> const& extra = {});
  /// The same, for a step that is interfered with while it runs.
  std::unique_ptr<RunningProgram> start(std::map<std::string, std::string> const& extra = {}, bool watch_memory = false);

  [[nodiscard]] std::filesystem::path const& workspace() const { return workspace_; }
  /// RUNNER_TEMP of the step.
  [[nodiscard]] std::filesystem::path temporary() const { return directory_.path() / "temp"; }
  [[nodiscard]] std::filesystem::path file(std::string const& name) const { return workspace_ / name; }
  /// Outputs of the last run, parsed as the runner does.
  [[nodiscard]] std::map<std::string, std::string> outputs() const;
  [[nodiscard]] std::string summary() const;
  /// Names in the output directory, sorted.
  [[nodiscard]] std::vector<std::string> packages() const;
  loopback::GithubStandIn& github() { return *github_; }
  /// Variables of the last run, for tests that change them.
  std::map<std::string, std::string> environment;

 private:
  TemporaryDirectory directory_;
  std::filesystem::path scenario_, workspace_;
  std::unique_ptr<loopback::GithubStandIn> github_;
};

/// Whole file; "" when it is not there.
std::string text_of(std::filesystem::path const& path);

}  // namespace acr::test
