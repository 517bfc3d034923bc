#pragma once

// May this event be released? src/event/branch_gate.hpp (A-47 … A-52)
// A pure function; the checks stand in the order of A-47 and the first that fails decides.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.hpp"
#include "support/verdict.hpp"

namespace acr::event {

struct GateQuestion {
  std::string event_name;              ///< GITHUB_EVENT_NAME
  std::optional<std::string> payload;  ///< content of the event file; nothing: no file
  std::string repository;              ///< GITHUB_REPOSITORY
  RefVariables refs;
  std::string source_branch = "main", release_branch = "release";
};

enum class GateOutcome { accept, skip, reject };

struct GateDecision {
  GateOutcome outcome = GateOutcome::reject;
  /// What was read; nothing for a foreign event or a bad payload.
  std::optional<PullRequestEvent> event;
  /// Why, unless accepted. Codes: unsafe-event, unsupported-event, bad-payload, pr-closed (skip), repository-mismatch,
  /// wrong-base, head-repo-deleted, fork-head, wrong-head.
  std::optional<Rejection> reason;
};

GateDecision branch_gate(GateQuestion const& question);

/// Input `title-check`: the title must be `release: <chart>-v<version>` of one of the changed charts, given here as
/// "<chart>-v<version>". Code "title-mismatch".
Verdict<void> check_title(std::string_view title, std::vector<std::string> const& releases);

}  // namespace acr::event
