#pragma once

// The whole run: src/release/pipeline.hpp (mission 7.3 … 7.7; docs/architecture.md "Follow one run")
// changed charts → tags → attestations → packages → verdict → files. Refuses whatever it cannot prove.

#include "release/run_tools.hpp"
#include "release/settings.hpp"
#include "report/release_record.hpp"
#include "support/errors.hpp"

namespace acr::release {

struct RunOutcome {
  report::ReleaseRecord record;
  report::ReleasePlaces files;
  ExitStatus status = ExitStatus::refused;
};

/// Runs all steps. Refusals, unreachable services and spent time come back in the outcome (A-20: outputs are written in any
/// case); only Cancelled and our own mistakes are thrown. Files are published unless the run is refused; the report is written
/// all the same.
RunOutcome run_release(RunSettings const& settings, RunTools const& tools);

}  // namespace acr::release
