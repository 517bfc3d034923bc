#pragma once

// What `digest` and `changed` have found, as a result: src/action/source_digests_result.hpp (B-3, B-13)

#include "action/step.hpp"
#include "release/source_digests.hpp"

namespace acr::action {

/// Logs each chart's digest and the charts that are skipped; refused charts are findings, and make the status 1.
CommandResult source_digests_result(Step const& step, release::SourceDigests const& found, report::Outputs outputs);

}  // namespace acr::action
