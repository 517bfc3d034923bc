#pragma once

// `command: tags`: outputs, log and summary, and the tags themselves over the API: src/release/tags_report.hpp (B-14)

#include <optional>
#include <string>

#include "github/api.hpp"
#include "release/missing_tags.hpp"
#include "report/action_outputs.hpp"
#include "report/workflow_log.hpp"
#include "support/errors.hpp"

namespace acr::release {

/// Creates the tags whose status is `missing`, one after the other: GitHub limits how fast things may be created. A tag that
/// was made meanwhile is `exists`; what GitHub refuses is a refusal of its chart alone, a token that may not write one of each.
/// Returns what ended the work early, so that the tags made so far are reported.
std::optional<Unreachable> create_missing_tags(MissingTags& found, github::Api& api, RunClock& clock);

/// The exit status: refused charts count unless `verify-policy: flag` and others can be tagged.
ExitStatus tags_status(MissingTags const& found, event::VerifyPolicy policy);

/// JSON array, one line of ASCII, in the order of the charts: name, version, path, tag, commit, source-digest, status, message,
/// attestations
/// ({key, id, predicate-type, time, signer}), passed-over (a number), reason.
std::string tags_json(MissingTags const& found);

report::Outputs tags_outputs(MissingTags const& found);
void log_tags(MissingTags const& found, report::WorkflowLog& log);
std::string tags_summary(MissingTags const& found);

}  // namespace acr::release
