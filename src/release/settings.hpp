#pragma once

// What one run is asked to do: src/release/settings.hpp
// The inputs, validated, and what the runner or the command line says besides. Plain values.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "event/inputs.hpp"
#include "release/input_lists.hpp"
#include "release/repository.hpp"

namespace acr::release {

/// The change under release: what the gate has accepted, or what a dry run was given.
struct Change {
  std::uint64_t pr_number = 0;  ///< 0: none (dry run)
  std::string title;            ///< of the pull request, foreign bytes
  std::string head, base;       ///< commit ids
  std::string merge;            ///< test merge (GITHUB_SHA), empty when unknown
};

struct RunSettings {
  event::ActionInputs inputs;
  InputLists lists;  ///< the inputs' lists, parsed
  Change change;

  Repository repository;

  std::filesystem::path workspace;    ///< GITHUB_WORKSPACE
  std::filesystem::path runner_temp;  ///< RUNNER_TEMP
  bool dry_run = false;               ///< nothing is written

  std::optional<std::int64_t> source_date_epoch;  ///< SOURCE_DATE_EPOCH (P-130)
  std::string source_date_epoch_text;             ///< as it was given (A-75)
};

}  // namespace acr::release
