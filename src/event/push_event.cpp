#include "event/push_event.hpp"

#include <algorithm>
#include <utility>

#include "event/limits.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"
#include "support/text.hpp"

namespace acr::event {
namespace {

bool is_commit(std::string_view text) { return is_lower_hex(text, 40) || is_lower_hex(text, 64); }

// What GitHub writes where there is no commit.
bool is_zeros(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c == '0'; });
}

Verdict<PushEvent> read_push(boost::json::value const& payload, std::string& ref) {
  PushEvent push;
  ref = string_in(payload, "ref").value_or("");
  if (ref.empty()) return bad_payload("ref", "the payload names no ref");
  push.before = string_in(payload, "before").value_or("");
  if (!is_commit(push.before))
    return bad_payload("before", "not a commit id").expected("40 or 64 lower-case hex digits").found(push.before);
  push.after = string_in(payload, "after").value_or("");
  if (!is_commit(push.after))
    return bad_payload("after", "not a commit id").expected("40 or 64 lower-case hex digits").found(push.after);
  if (is_zeros(push.after)) return bad_payload("after", "the branch was deleted, so there is nothing to publish");
  if (is_zeros(push.before)) push.before.clear();
  auto const* repository = find(payload, "repository");
  auto const id = repository != nullptr ? integer_in(*repository, "id") : std::nullopt;
  if (!id) return bad_payload("repository.id", "the repository has no integer id");
  push.repository.id = *id;
  push.repository.full_name = string_in(*repository, "full_name").value_or("");
  return push;
}

}  // namespace

Verdict<PushEvent> push_gate(PushQuestion const& question) {
  if (question.event_name != "push")
    return reject("unsupported-event", "event " + question.event_name,
                  "packages are published after a push to the release branch")
        .rule("B-16")
        .expected("push")
        .found(question.event_name)
        .fix("run verify-package in a workflow that is triggered by a push to '" + question.release_branch + "'");
  if (!question.payload) return bad_payload("GITHUB_EVENT_PATH", "the event file is missing, or larger than 32 MiB");
  auto const parsed =
      parse_json(*question.payload, "event payload", {.max_bytes = max_payload_bytes, .max_depth = max_payload_depth});
  if (!parsed) return bad_payload(parsed.error().where, parsed.error().why);
  if (!parsed->is_object()) return bad_payload("event payload", "not a JSON object");
  std::string ref;
  auto push = read_push(*parsed, ref);
  if (!push) return push.error();
  // The runner says the same in two places; where they differ, something is not what it seems.
  if (!question.ref.empty() && question.ref != ref)
    return bad_payload("ref", "GITHUB_REF names another ref").expected(question.ref).found(ref);
  if (!question.sha.empty() && question.sha != push->after)
    return bad_payload("after", "GITHUB_SHA is another commit").expected(question.sha).found(push->after);
  if (!equal_ignoring_ascii_case(push->repository.full_name, question.repository))
    return reject("repository-mismatch", "repository.full_name",
                  "the push went to another repository than the one this job runs for")
        .rule("A-50")
        .expected(question.repository)
        .found(push->repository.full_name);
  if (ref != "refs/heads/" + question.release_branch)
    return reject("wrong-branch", "ref", "only what was merged into the release branch is published")
        .rule("B-16")
        .expected("refs/heads/" + question.release_branch)
        .found(ref)
        .fix("run verify-package in a workflow that is triggered by a push to '" + question.release_branch +
             "', or set release-branch");
  return push;
}

}  // namespace acr::event
