#include "event/branch_gate.hpp"

#include <utility>

#include "support/text.hpp"

namespace acr::event {
namespace {

GateResult rejected(Rejection why) { return {GateResult::Kind::reject, {}, std::move(why).rule("A-47")}; }

bool same_repository(EventRepository const& a, EventRepository const& b) {
  // the number is the identity; names can be registered again.
  return a.id == b.id && equal_ignoring_ascii_case(a.full_name, b.full_name);
}

std::string described(EventRepository const& repository) {
  return repository.full_name + " (id " + std::to_string(repository.id) + ")";
}

}  // namespace

GateResult branch_gate(GateInput const& input) {
  if (input.event_name == "pull_request_target")
    return rejected(reject("unsafe-event", "event", "pull_request_target hands a write token to a run about foreign content")
                        .expected("pull_request")
                        .found("pull_request_target")
                        .mend("use `on: pull_request` in the workflow"));
  if (input.event_name != "pull_request")
    return rejected(reject("unsupported-event", "event", "a release is decided on a pull request only")
                        .expected("pull_request")
                        .found(input.event_name.empty() ? "no GITHUB_EVENT_NAME" : input.event_name)
                        .mend("use `on: pull_request` with `branches: [" + input.release_branch + "]`"));
  if (!input.payload)
    return {GateResult::Kind::reject, {}, reject("bad-payload", "event payload", "GITHUB_EVENT_PATH names no readable file").rule("A-48")};
  auto parsed = parse_event(*input.payload);
  if (!parsed) return {GateResult::Kind::reject, {}, parsed.error()};
  auto& event = *parsed;
  // the runner's own variables must tell the same story.
  if ((!input.head_ref.empty() && input.head_ref != event.head.ref) || (!input.base_ref.empty() && input.base_ref != event.base.ref))
    return {GateResult::Kind::reject,
            {},
            reject("bad-payload", "event payload", "the payload's branches are not those of GITHUB_HEAD_REF and GITHUB_BASE_REF")
                .rule("A-52")
                .expected(input.head_ref + " into " + input.base_ref)
                .found(event.head.ref + " into " + event.base.ref)};

  if (event.action == "closed" || event.state == "closed")
    return {GateResult::Kind::skip, std::move(event), reject("pr-closed", "pull request", "the pull request is closed").rule("A-47")};

  auto const& base = *event.base.repository;
  if (base.id != event.repository.id || !equal_ignoring_ascii_case(base.full_name, input.repository))
    return rejected(reject("repository-mismatch", "pull request", "the pull request is not one of this repository")
                        .expected(input.repository + " (id " + std::to_string(event.repository.id) + ")")
                        .found(described(base)));
  if (event.base.ref != input.release_branch)
    return rejected(reject("wrong-base", "pull request", "the pull request does not go into the release branch")
                        .expected(input.release_branch)
                        .found(event.base.ref)
                        .mend("change the base of the pull request and push, or set release-branch"));
  if (!event.head.repository)
    return rejected(reject("head-repo-deleted", "pull request", "the repository that the pull request comes from is gone")
                        .expected(described(base))
                        .found("a deleted fork")
                        .mend("open the pull request from " + input.source_branch + " of this repository"));
  if (!same_repository(*event.head.repository, base))
    return rejected(reject("fork-head", "pull request", "the pull request comes from a fork")
                        .expected(described(base))
                        .found(described(*event.head.repository))
                        .mend("open the pull request from " + input.source_branch + " of this repository"));
  if (event.head.ref != input.source_branch)
    return rejected(reject("wrong-head", "pull request",
                           "Only '" + input.source_branch + "' branch can merge to '" + input.release_branch + "'")
                        .expected(input.source_branch)
                        .found(event.head.ref)
                        .mend("merge the branch into " + input.source_branch + " first"));
  return {GateResult::Kind::accept, std::move(event), {}};
}

}  // namespace acr::event
