#include "event/event.hpp"

#include "support/encoding.hpp"
#include "support/json.hpp"

namespace acr::event {
namespace {

namespace json = boost::json;

Rejection malformed(std::string field, std::string why) {
  return reject("bad-payload", "event payload", "the field " + field + " " + std::move(why))
      .rule("A-48")
      .mend("re-run the job; the payload must be the one that GitHub wrote to GITHUB_EVENT_PATH");
}

std::string text_or_empty(json::value const& value, std::string_view name) { return string_in(value, name).value_or(std::string()); }

Verdict<EventRepository> repository(json::value const& value, std::string const& field) {
  if (!value.is_object()) return malformed(field, "is no object");
  EventRepository result;
  auto const id = integer_in(value, "id");
  if (!id) return malformed(field + ".id", "is no integer");
  result.id = *id;
  auto const name = string_in(value, "full_name");
  if (!name || name->empty()) return malformed(field + ".full_name", "is no text");
  result.full_name = *name;
  if (auto const* owner = find(value, "owner"); owner && owner->is_object()) {
    result.owner_login = text_or_empty(*owner, "login");
    result.owner_type = text_or_empty(*owner, "type");
    if (auto const number = integer_in(*owner, "id")) result.owner_id = std::to_string(*number);
  }
  return result;
}

Verdict<EventBranch> branch(json::value const& pull, std::string_view side, bool may_be_gone) {
  std::string const field = "pull_request." + std::string(side);
  auto const* value = find(pull, side);
  if (!value || !value->is_object()) return malformed(field, "is no object");
  EventBranch result;
  auto const ref = string_in(*value, "ref");
  if (!ref || ref->empty()) return malformed(field + ".ref", "is empty or no text");
  result.ref = *ref;
  auto const sha = string_in(*value, "sha");
  if (!sha || !(is_lower_hex(*sha, 40) || is_lower_hex(*sha, 64)))
    return malformed(field + ".sha", "is not 40 or 64 lower-case hex digits");
  result.sha = *sha;
  auto const* repo = find(*value, "repo");
  if (!repo) return malformed(field + ".repo", "is absent");
  if (repo->is_null()) {
    if (!may_be_gone) return malformed(field + ".repo", "is null");
    return result;
  }
  auto read = repository(*repo, field + ".repo");
  if (!read) return read.error();
  result.repository = std::move(*read);
  return result;
}

}  // namespace

Verdict<PullRequestEvent> parse_event(std::string_view text) {
  // GitHub's own writer never repeats a name; a payload that does was not written by it.
  auto const document = parse_json(text, "event payload");
  if (!document)
    return reject("bad-payload", document.error().where, document.error().why).rule("A-48").mend("re-run the job");
  if (!document->is_object()) return malformed("(root)", "is no object");
  PullRequestEvent event;
  event.action = text_or_empty(*document, "action");

  auto const* pull = find(*document, "pull_request");
  if (!pull || !pull->is_object()) return malformed("pull_request", "is missing");
  auto const number = integer_in(*document, "number");
  if (!number || *number < 1) return malformed("number", "is no integer from 1");
  if (integer_in(*pull, "number") != number) return malformed("pull_request.number", "differs from number");
  event.number = static_cast<std::uint64_t>(*number);

  auto const* top = find(*document, "repository");
  if (!top) return malformed("repository", "is missing");
  auto own = repository(*top, "repository");
  if (!own) return own.error();
  event.repository = std::move(*own);

  event.state = text_or_empty(*pull, "state");
  event.title = text_or_empty(*pull, "title");
  event.body = string_in(*pull, "body");
  if (auto const* draft = find(*pull, "draft"); draft && draft->is_bool()) event.draft = draft->get_bool();
  auto head = branch(*pull, "head", true);
  if (!head) return head.error();
  event.head = std::move(*head);
  auto base = branch(*pull, "base", false);
  if (!base) return base.error();
  event.base = std::move(*base);
  return event;
}

}  // namespace acr::event
