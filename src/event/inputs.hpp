#pragma once

// The inputs, typed: src/event/inputs.hpp (A-12, A-13, A-39 … A-42)
// Reading touches neither disk nor network. Lists with a grammar of their own (lineage-subjects, required-attestations,
// signer-workflows, predicate-types, dependency hosts, registry credentials) stay lists: the rooms that understand them check
// the items (release/input_lists.hpp).

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::event {

enum class Command { run, finalize, verify_package, annotate, digest, changed, package, tags, ruleset, audit };
enum class DiffMode { tree, merge_base };
enum class ObjectSourceChoice { automatic, local, api };
enum class Level { off, warn, fail };
enum class MissingLineage { fail, warn, ignore };
enum class VerifyPolicy { block, flag };
enum class SourceDigest { off, tag_commit };
enum class TrustedRootRefresh { automatic, require, off };
enum class DependencyPins { warn, require };
enum class SubjectBinding { require, warn, off };
enum class OciCheck { off, free, pushed };

/// An item of a list, with the number of its line in the input, 1-based; empty lines count.
struct ListLine {
  std::size_t number = 0;
  std::string text;
  friend bool operator==(ListLine const&, ListLine const&) = default;
};

/// Members are named like the inputs. Text is trimmed; an empty one has become its default.
struct ActionInputs {
  Command command = Command::run;
  std::string token;  ///< secret; empty only where it is not needed
  std::string source_branch, release_branch;
  std::vector<std::string> charts_dirs;     ///< workspace-relative, normalised, no duplicates; "" is the repository's root
  std::vector<std::string> exclude_charts;  ///< names, or paths when there is a `/` (B-19)
  bool charts_outside_fails = true;
  std::string tag_format;
  std::chrono::seconds tag_wait{};
  DiffMode diff_mode = DiffMode::tree;
  ObjectSourceChoice object_source = ObjectSourceChoice::automatic;
  std::size_t max_charts = 0;  ///< 0: no limit
  Level title_check = Level::off;
  bool build_dependencies = true;  ///< `dependencies: build`
  DependencyPins dependency_pins = DependencyPins::warn;
  std::vector<std::string> dependency_hosts, dependency_private_hosts;
  std::vector<std::string> registry_credentials;  ///< secret
  std::string oci_repository;                     ///< as given; empty: no OCI digests (O-10)
  OciCheck oci_check = OciCheck::off;             ///< what the registry is asked for (O-22)
  VerifyPolicy verify_policy = VerifyPolicy::block;
  MissingLineage missing_lineage = MissingLineage::fail;
  bool unresolved_id_fails = true;
  std::vector<ListLine> lineage_subjects;
  SubjectBinding subject_binding = SubjectBinding::warn;  ///< `require` has made dependency_pins `require` (B-6a)
  std::vector<ListLine> required_attestations;
  std::vector<ListLine> signer_workflows;
  std::vector<ListLine> build_signer_workflows;  ///< empty: the workflow that this action ships (B-16a)
  bool pull_request_signers = false;             ///< builders at refs/pull/… may be listed
  std::string oidc_issuer;
  std::vector<ListLine> predicate_types;
  bool deny_self_hosted = false;
  bool self_hosted_builders = false;  ///< `deny-self-hosted: false` was given: builders too may run there (B-16a)
  SourceDigest source_digest = SourceDigest::off;
  std::string trusted_root;  ///< path, empty: built-in
  TrustedRootRefresh trusted_root_refresh = TrustedRootRefresh::automatic;
  std::string output_dir;     ///< workspace-relative, normalised
  std::string manifest_path;  ///< workspace-relative, normalised
  bool clean = true;
  std::size_t max_parallel = 4;
  std::uint64_t retention_days = 30;  ///< clamped to 1 … 90
  bool declare_artifacts = false;
  bool update_pr = true;
  std::string attestations;         ///< JSON text
  std::string attestation_ids_dir;  ///< workspace-relative, normalised
  std::string build_attestation_id, verification_attestation_id, oci_attestation_id,
      overall_attestation_id;             ///< decimal or empty
  std::vector<std::string> bundle_paths;  ///< as given (A-74)
  std::string chart;                      ///< directory name of one chart; `digest`: a name or a path, empty: all
  std::vector<std::string> lineage;       ///< lines of a lineage block; `annotate`
  bool push = false;                      ///< `tags`: create them
  bool declares_no_attestations = false;  ///< `no-attestations: declare`
  Level require_check = Level::off;
  std::string check_name;
  bool audit = false;  ///< `run`: the audit in the job summary
  bool summary = true;
  std::chrono::seconds timeout{};
  std::string api_version;

  /// Each input's text after defaults, for the report's policy and for `--help`-like listings; secrets are left out. Items of a
  /// list are trimmed, one per line; booleans are "true" or "false".
  std::map<std::string, std::string> texts;
};

/// The text of an input by its name ("charts-dir"), nothing when it was not mentioned.
using InputLookup = std::function<std::optional<std::string>(std::string_view name)>;

/// The variable that carries an input: "INPUT_CHARTS-DIR".
std::string input_variable(std::string_view name);

/// Reads INPUT_… variables by way of `environment` (std::getenv in the program).
InputLookup from_environment(std::function<std::optional<std::string>(std::string const& variable)> environment);
/// For the terminal and tests: option names are input names.
InputLookup from_map(std::map<std::string, std::string> values);

enum class TokenRule { required, optional };

struct InputReading {
  ActionInputs inputs;              ///< usable only when there are no mistakes
  std::vector<Rejection> mistakes;  ///< code "bad-input", `where` = "input <name>"; all of them, in the order of the table,
                                    ///< then those that concern several inputs
  std::vector<Rejection> warnings;  ///< e.g. a retention that was clamped
};

/// Reads and checks all inputs. `workspace` is GITHUB_WORKSPACE: an absolute path below it counts as relative to it,
/// another one is a mistake. Values of secrets never appear in a mistake. `token` counts as required for `run` and
/// `finalize` only.
InputReading read_inputs(InputLookup const& lookup, std::string_view workspace, TokenRule token = TokenRule::required);

/// INPUT_… variables that carry no input (B-21), one mistake each: code "unknown-input", `where` = "input <name>", with the
/// nearest name. `variables` are names from the environment; `args` and `entrypoint` are the runner's own.
std::vector<Rejection> unknown_inputs(std::vector<std::string> const& variables);

}  // namespace acr::event
