#pragma once

// Block or flag: what a run's charts and findings come to: src/release/decision.hpp (A-20, D-6; `verify-policy`)
// Pure: the same charts and findings give the same record.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "release/findings.hpp"
#include "release/proven_chart.hpp"
#include "release/settings.hpp"
#include "report/release_record.hpp"
#include "support/errors.hpp"

namespace acr::release {

/// Nothing speaks against the chart, and still it is not proved: another chart or the run itself ended first.
struct HeldBack {};

/// Something counts against the chart.
struct Refused {
  bool out_of_reach = false;  ///< a host could not be reached: another run may release it (D-6)
  bool otherwise = false;     ///< anything else
};

using ChartVerdict = std::variant<ProvenChart, HeldBack, Refused>;

/// A chart about which nothing is open any more.
struct SettledChart {
  report::ChartRecord record;  ///< all that is reported of it, with its own status
  ChartVerdict verdict;
};

/// What is known of the run besides its charts.
struct RunFacts {
  Findings findings;
  std::vector<std::string> removed_charts;  ///< names, sorted
  std::vector<std::string> skipped_charts;  ///< directories, sorted (B-19)
  std::vector<report::TrustedRoot> trusted_roots;
  std::vector<std::string> hosts;         ///< dependency hosts asked, sorted (D-32)
  std::string oci_repository;             ///< where charts were given a place (O-10)
  std::optional<ExitStatus> ended_early;  ///< the status of the error that ended the run; it is among the findings
};

struct Decision {
  report::ReleaseRecord record;
  std::vector<ProvenChart> released;  ///< what may be written; empty unless the result is `success` or `partial`
  ExitStatus status = ExitStatus::refused;
};

/// `charts`: by name. Under `verify-policy: block` one refused chart holds back all; under `flag` the others are released, but
/// not when a host was out of reach (D-6), nor when something counts against the run itself.
Decision decide(RunSettings const& settings, RunFacts facts, std::vector<SettledChart> charts);

}  // namespace acr::release
