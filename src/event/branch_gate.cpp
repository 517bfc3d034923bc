#include "event/branch_gate.hpp"

#include <algorithm>
#include <utility>

#include "support/text.hpp"

namespace acr::event {
namespace {

Rejection refusal(Code code, std::string where, std::string why) {
  return reject(code, std::move(where), std::move(why)).rule("A-47");
}

// A-49, A-50: identity is the numeric id; names compare without ASCII case, as GitHub does.
bool same_repository(Repository const& a, Repository const& b) {
  return a.id == b.id && equal_ignoring_ascii_case(a.full_name, b.full_name);
}

std::string described(Repository const& repository) {
  return repository.full_name + " (id " + std::to_string(repository.id) + ")";
}

Verdict<void> check_event(GateQuestion const& question) {
  if (question.event_name == "pull_request_target")
    return refusal("unsafe-event", "event pull_request_target",
                   "this event gives a run about foreign content a token that may write")
        .expected("pull_request")
        .found(question.event_name)
        .fix("let the workflow run on: pull_request");
  if (question.event_name != "pull_request")
    return refusal("unsupported-event", "event " + question.event_name, "this action runs only on pull requests")
        .expected("pull_request")
        .found(question.event_name)
        .fix("let the workflow run on: pull_request");
  return {};
}

Verdict<void> check_pull_request(GateQuestion const& question, PullRequestEvent const& event) {
  std::string const place = "pull request #" + std::to_string(event.number);
  auto const& base = *event.base.repo;
  if (base.id != event.repository.id || !equal_ignoring_ascii_case(base.full_name, question.repository))
    return refusal("repository-mismatch", place,
                   "the pull request's base is in another repository than the one this job runs for")
        .expected(question.repository + " (id " + std::to_string(event.repository.id) + ")")
        .found(described(base));
  if (event.base.ref != question.release_branch)
    return refusal("wrong-base", place, "the pull request does not target the release branch")
        .expected(question.release_branch)
        .found(event.base.ref)
        .fix("open a pull request from '" + question.source_branch + "' to '" + question.release_branch + "'");
  if (!event.head.repo)
    return refusal("head-repo-deleted", place, "the repository that the pull request came from does not exist any more")
        .expected(described(base))
        .fix("open a pull request from '" + question.source_branch + "' of " + question.repository);
  if (!same_repository(*event.head.repo, base))
    return refusal("fork-head", place, "the pull request comes from another repository, whose branches anyone can name")
        .expected(described(base))
        .found(described(*event.head.repo))
        .fix("open a pull request from '" + question.source_branch + "' of " + question.repository);
  if (event.head.ref != question.source_branch)
    // A-51: the mission's own words.
    return refusal("wrong-head", place,
                   "Only '" + question.source_branch + "' branch can merge to '" + question.release_branch + "'")
        .expected(question.source_branch)
        .found(event.head.ref)
        .fix("merge the change into '" + question.source_branch + "' first, then open the pull request from there");
  return {};
}

}  // namespace

GateDecision branch_gate(GateQuestion const& question) {
  GateDecision decision;
  if (auto const fine = check_event(question); !fine) {
    decision.reason = fine.error();
    return decision;
  }
  if (!question.payload) {
    decision.reason =
        reject("bad-payload", "GITHUB_EVENT_PATH", "the event file is missing, or larger than 32 MiB").rule("A-48");
    return decision;
  }
  auto event = read_event(*question.payload, question.refs);
  if (!event) {
    decision.reason = event.error();
    return decision;
  }
  decision.event = std::move(*event);
  if (decision.event->action == "closed" || decision.event->state == "closed") {
    decision.outcome = GateOutcome::skip;
    decision.reason = refusal("pr-closed", "pull request #" + std::to_string(decision.event->number),
                              "the pull request is closed, so there is nothing to release");
    return decision;
  }
  if (auto const fine = check_pull_request(question, *decision.event); !fine) {
    decision.reason = fine.error();
    return decision;
  }
  decision.outcome = GateOutcome::accept;
  return decision;
}

Verdict<void> check_title(std::string_view title, std::vector<std::string> const& releases) {
  auto const wanted = [&](std::string const& release) { return title == "release: " + release; };
  if (std::ranges::any_of(releases, wanted)) return {};
  std::string expected;
  for (auto const& release : releases) expected += (expected.empty() ? "release: " : " or release: ") + release;
  return reject("title-mismatch", "pull request title", "the title names none of the changed charts with its version")
      .rule("A-47")
      .expected(expected)
      .found(std::string(title))
      .fix("change the pull request's title");
}

}  // namespace acr::event
