#pragma once

// Whole releases to try the program on, made by a program: a repository of charts with tags, the attestations these name, the
// event, and what GitHub would answer. Same folder format as tests/data/lab. Needs the git command.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "signing/world.hpp"

namespace acr::signing {

/// What a chart has besides.
struct ChartExtras {
  std::string chart_yaml;                    ///< appended to Chart.yaml in both versions
  std::map<std::string, std::string> files;  ///< by path below the chart, in both versions
};

struct Predicate {
  std::string type;
  std::string json;
};

struct ScenarioOptions {
  std::string name = "release";
  std::string repository = "acme/helm-charts";
  std::int64_t repository_id = 500000001;
  std::int64_t owner_id = 9001;
  std::size_t charts = 2;
  std::size_t attestations = 5;   ///< per chart
  std::size_t templates = 4;      ///< files below templates/, per chart
  bool vendored_subchart = true;  ///< the second chart carries one
  std::int64_t pull_request = 42;
  std::int64_t first_attestation_id = 24500001;
  std::map<std::string, ChartExtras> extras{};      ///< by chart: gateway and ledger, else service-001, …
  std::map<std::string, std::string> more_files{};  ///< by path in the repository
  std::map<std::string, Predicate> predicates{};    ///< by key, in every chart: instead of the provenance
  std::map<std::string, std::string> repeats{};     ///< key → an earlier key whose entry the annotation lists again under it
  std::map<std::string, std::string> more_links{};  ///< symbolic links: target by path
};

/// Writes scenario.json, event.json, github.json, trusted_root.json and repo.bundle below `folder`, which is created. All times
/// are fixed, and so are all object ids; keys and signatures are fresh. Throws std::runtime_error when git fails.
void write_scenario(std::filesystem::path const& folder, ScenarioOptions const& options);

/// The Sigstore that signs such releases, and the same with one that goes on signing afterwards, as the attest steps do.
World scenario_world();
void write_scenario(std::filesystem::path const& folder, ScenarioOptions const& options, World& world);

}  // namespace acr::signing
