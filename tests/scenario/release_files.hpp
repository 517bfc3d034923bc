#pragma once

// What a step leaves behind, to be compared: tests/scenario/release_files.hpp

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "scenario/release_world.hpp"

namespace acr::test {

/// tests/data/lab
std::filesystem::path lab_folder();

/// Names of the nine lab releases; with `network`, those that get past the gate.
std::vector<std::string> lab_releases(bool network = false);

/// Every file that a release leaves, with its bytes: the output directory's and, as "manifest", the manifest's.
std::map<std::string, std::string> release_of(ReleaseWorld const& world);

/// All that can be seen of a run: status, outputs, files.
struct Outcome {
  int status = -1;
  std::map<std::string, std::string> outputs, files;
  friend bool operator==(Outcome const&, Outcome const&) = default;
};
Outcome outcome_of(ReleaseWorld const& world, ProgramResult const& result);

/// Where two outcomes differ, for a failing test's message; "" when they are equal.
std::string difference(Outcome const& expected, Outcome const& found);

/// Files below `folder` (links not followed, .git left out) that hold `text`.
std::vector<std::string> files_with(std::filesystem::path const& folder, std::string const& text);

}  // namespace acr::test
