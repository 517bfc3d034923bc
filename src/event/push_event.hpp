#pragma once

// A push to the release branch, for the stage that publishes: src/event/push_event.hpp (B-16; A-48 … A-50 for the payload)

#include <optional>
#include <string>

#include "event/event.hpp"
#include "support/verdict.hpp"

namespace acr::event {

struct PushEvent {
  std::string before;  ///< commit id; empty: the branch was created by this push
  std::string after;   ///< commit id
  Repository repository;
};

struct PushQuestion {
  std::string event_name;              ///< GITHUB_EVENT_NAME
  std::optional<std::string> payload;  ///< content of the event file; nothing: no file
  std::string repository;              ///< GITHUB_REPOSITORY
  std::string ref, sha;                ///< GITHUB_REF and GITHUB_SHA, compared when not empty (A-52)
  std::string release_branch = "release";
};

/// The push, when it is one to the release branch of this repository. Codes: unsupported-event, bad-payload (also for a branch
/// that was deleted), repository-mismatch, wrong-branch.
Verdict<PushEvent> push_gate(PushQuestion const& question);

}  // namespace acr::event
