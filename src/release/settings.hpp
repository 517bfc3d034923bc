#pragma once

// What one run is asked to do: src/release/settings.hpp
// Filled from the inputs and the runner's environment (release/from_environment.hpp) or from the command line; plain values, all
// validated before the first of them is used.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "git/lineage_subjects.hpp"

namespace acr::release {

enum class DiffMode { tree, merge_base };
enum class VerifyPolicy { block, flag };
enum class MissingLineage { fail, warn, ignore };
enum class Strictness { off, warn, fail };

/// The change under release: what the gate has accepted, or what a dry run was given.
struct Change {
  std::uint64_t pr_number = 0;  ///< 0: none (dry run)
  std::string title;            ///< of the pull request, foreign bytes
  std::string head, base;       ///< commit ids
  std::string merge;            ///< test merge (GITHUB_SHA), empty when unknown
};

struct RunSettings {
  Change change;

  std::string server_url = "https://github.com";
  std::string repository;     ///< "owner/repo"
  std::string repository_id;  ///< decimal
  std::string owner_id;       ///< decimal, may be empty
  std::string source_branch = "main", release_branch = "release";

  std::filesystem::path workspace;    ///< GITHUB_WORKSPACE
  std::filesystem::path runner_temp;  ///< RUNNER_TEMP
  std::string output_dir = ".cr-release-packages";                  ///< workspace-relative, checked (A-6)
  std::string manifest_path = "release-attestation-manifest.json";  ///< likewise
  bool clean = true;
  bool dry_run = false;  ///< nothing is written

  std::vector<std::string> charts_dirs{"charts"};
  std::string tag_format = "{name}-v{version}";
  std::chrono::seconds tag_wait{240};
  DiffMode diff_mode = DiffMode::tree;
  std::size_t max_charts = 0;  ///< 0: no limit
  Strictness title_check = Strictness::off;

  VerifyPolicy verify_policy = VerifyPolicy::block;
  MissingLineage missing_lineage = MissingLineage::fail;
  bool unresolved_id_fails = true;
  git::LineageSubjects lineage_subjects;
  std::vector<std::string> signer_workflows;
  std::string oidc_issuer = "https://token.actions.githubusercontent.com";
  std::vector<std::string> predicate_types;
  bool deny_self_hosted = false;
  bool source_digest_is_tag_commit = false;

  bool build_dependencies = true;  ///< `dependencies: build`
  std::size_t max_parallel = 4;
  std::optional<std::int64_t> source_date_epoch;  ///< SOURCE_DATE_EPOCH (P-130)
  std::string source_date_epoch_text;             ///< as it was given (A-75)

  /// Inputs that decide a verdict, for report and VSA, in a fixed order.
  std::vector<std::pair<std::string, std::string>> policy;
};

}  // namespace acr::release
