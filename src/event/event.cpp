#include "event/event.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "event/limits.hpp"
#include "support/encoding.hpp"
#include "support/json.hpp"

namespace acr::event {
namespace {

namespace json = boost::json;

// A text that may be null or absent, like a description nobody wrote.
std::string text_or_empty(json::value const& value, std::string_view name) {
  return string_in(value, name).value_or(std::string());
}

bool true_in(json::value const& value, std::string_view name) {
  auto const* found = find(value, name);
  return found != nullptr && found->is_bool() && found->get_bool();
}

Verdict<Repository> read_repository(json::value const* value, std::string const& where) {
  if (value == nullptr || !value->is_object()) return bad_payload(where, "the payload has no repository here");
  auto const id = integer_in(*value, "id");
  if (!id) return bad_payload(where + ".id", "the repository has no integer id");
  auto full_name = string_in(*value, "full_name");
  if (!full_name || full_name->empty()) return bad_payload(where + ".full_name", "the repository has no full name");
  Repository repository;
  repository.id = *id;
  repository.full_name = std::move(*full_name);
  if (auto const* owner = find(*value, "owner"); owner != nullptr) {
    repository.owner_login = text_or_empty(*owner, "login");
    repository.owner_type = text_or_empty(*owner, "type");
  }
  return repository;
}

enum class MissingRepository { refused, deleted };

Verdict<Side> read_side(json::value const& pull_request, std::string const& name, MissingRepository when_null) {
  std::string const where = "pull_request." + name;
  auto const* value = find(pull_request, name);
  if (value == nullptr || !value->is_object()) return bad_payload(where, "the payload lacks this object");
  Side side;
  side.ref = text_or_empty(*value, "ref");
  if (side.ref.empty()) return bad_payload(where + ".ref", "the branch name is missing");
  side.sha = text_or_empty(*value, "sha");
  if (!is_lower_hex(side.sha, 40) && !is_lower_hex(side.sha, 64))
    return bad_payload(where + ".sha", "this is not a commit id").expected("40 or 64 lower-case hex digits").found(side.sha);
  auto const* repo = find(*value, "repo");
  if (when_null == MissingRepository::deleted && repo != nullptr && repo->is_null()) return side;
  auto repository = read_repository(repo, where + ".repo");
  if (!repository) return repository.error();
  side.repo = std::move(*repository);
  return side;
}

}  // namespace

Rejection bad_payload(std::string where, std::string why) {
  return reject("bad-payload", std::move(where), std::move(why)).rule("A-48");
}

std::optional<std::string> read_event_file(std::filesystem::path const& path) {
  int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  std::optional<std::string> text;
  struct stat status {};
  if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size >= 0 &&
      static_cast<std::uintmax_t>(status.st_size) <= max_payload_bytes) {
    text.emplace(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t filled = 0;
    while (filled < text->size()) {
      auto const got = ::read(file, text->data() + filled, text->size() - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      filled += static_cast<std::size_t>(got);
    }
    text->resize(filled);
  }
  ::close(file);
  return text;
}

std::string owner_type_of(std::string_view payload) {
  auto const parsed = parse_json(payload, "event payload", {.max_bytes = max_payload_bytes, .max_depth = max_payload_depth});
  auto const* repository = parsed ? find(*parsed, "repository") : nullptr;
  auto const* owner = repository ? find(*repository, "owner") : nullptr;
  return owner ? text_or_empty(*owner, "type") : std::string();
}

std::string repository_id_of(std::string_view payload, std::string_view full_name) {
  auto const parsed = parse_json(payload, "event payload", {.max_bytes = max_payload_bytes, .max_depth = max_payload_depth});
  auto const* repository = parsed ? find(*parsed, "repository") : nullptr;
  if (repository == nullptr || text_or_empty(*repository, "full_name") != full_name) return {};
  auto const id = integer_in(*repository, "id");
  return id && *id > 0 ? std::to_string(*id) : std::string();
}

Verdict<PullRequestEvent> read_event(std::string_view payload, RefVariables const& variables) {
  auto const parsed = parse_json(payload, "event payload", {.max_bytes = max_payload_bytes, .max_depth = max_payload_depth});
  if (!parsed) return bad_payload(parsed.error().where, parsed.error().why);
  if (!parsed->is_object()) return bad_payload("event payload", "the payload is not a JSON object");
  auto const* pull_request = find(*parsed, "pull_request");
  if (pull_request == nullptr || !pull_request->is_object())
    return bad_payload("pull_request", "the payload has no pull request");

  PullRequestEvent event;
  event.action = text_or_empty(*parsed, "action");
  auto const number = integer_in(*parsed, "number");
  if (!number || *number < 1) return bad_payload("number", "the payload has no pull request number");
  if (integer_in(*pull_request, "number") != number)
    return bad_payload("pull_request.number", "the payload names two different pull requests")
        .expected(std::to_string(*number));
  event.number = static_cast<std::uint64_t>(*number);
  event.state = text_or_empty(*pull_request, "state");
  event.draft = true_in(*pull_request, "draft");
  event.merged = true_in(*pull_request, "merged");
  event.title = text_or_empty(*pull_request, "title");
  event.body = text_or_empty(*pull_request, "body");
  if (auto const* user = find(*pull_request, "user"); user != nullptr) event.author = text_or_empty(*user, "login");

  auto repository = read_repository(find(*parsed, "repository"), "repository");
  if (!repository) return repository.error();
  event.repository = std::move(*repository);
  auto base = read_side(*pull_request, "base", MissingRepository::refused);
  if (!base) return base.error();
  event.base = std::move(*base);
  auto head = read_side(*pull_request, "head", MissingRepository::deleted);
  if (!head) return head.error();
  event.head = std::move(*head);

  // the runner says the same in two places; where they differ, something is not what it seems.
  if (!variables.head_ref.empty() && variables.head_ref != event.head.ref)
    return bad_payload("pull_request.head.ref", "GITHUB_HEAD_REF names another branch")
        .expected(variables.head_ref)
        .found(event.head.ref);
  if (!variables.base_ref.empty() && variables.base_ref != event.base.ref)
    return bad_payload("pull_request.base.ref", "GITHUB_BASE_REF names another branch")
        .expected(variables.base_ref)
        .found(event.base.ref);
  return event;
}

}  // namespace acr::event
