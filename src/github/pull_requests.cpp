// Reading and describing a pull request (github-api.md G-23 … G-25).
#include "github/pull_requests.hpp"

#include "github/answer.hpp"

namespace acr::github {
namespace {

namespace json = boost::json;

Call pull_call(Api const& api, std::uint64_t number) {
  Call call;
  call.path = api.repository_path({"pulls", std::to_string(number)});
  return call;
}

PullRequest pull_in(Answer const& answer) {
  auto const value = json_of(answer);
  PullRequest pull;
  pull.number = number_field(answer, value, "number");
  pull.state = string_field(answer, value, "state");
  auto const flag = [&](std::string_view name) {
    auto const* found = find(value, name);
    return found && found->is_bool() && found->get_bool();
  };
  pull.draft = flag("draft");
  pull.merged = flag("merged");
  auto const* body = find(value, "body");
  if (!body || (!body->is_null() && !body->is_string()))
    bad_response(answer, "the field \"body\" is absent or neither string nor null");
  pull.body = string_in(value, "body");
  object_field(answer, value, "head");
  auto const& head = *find(value, "head");
  pull.head_ref = string_field(answer, head, "ref");
  pull.head_sha = object_id_field(answer, head, "sha");
  if (auto const* repository = find(head, "repo"); repository && repository->is_object())
    pull.head_repository_id = number_field(answer, *repository, "id");
  object_field(answer, value, "base");
  auto const& base = *find(value, "base");
  pull.base_ref = string_field(answer, base, "ref");
  pull.base_sha = object_id_field(answer, base, "sha");
  pull.updated_at = string_in(value, "updated_at").value_or("");
  return pull;
}

}  // namespace

PullRequest pull_request(Api& api, std::uint64_t number) {
  auto call = pull_call(api, number);
  call.conditional = true;
  return pull_in(api.call(call));
}

BodyWriteResult write_pull_request_body(Api& api, std::uint64_t number, std::string const& body) {
  auto call = pull_call(api, number);
  call.method = "PATCH";
  call.read = false;
  json::object const content{{"body", body}};
  call.body = json::serialize(content);
  call.expected = {403, 404, 409, 422};
  try {
    auto const answer = api.call(call);
    switch (answer.status) {
      case 403:
      case 404:
        return {BodyWrite::forbidden, {}, answer.message};
      case 409:
        return {BodyWrite::conflict, {}, answer.message};
      case 422:
        return {BodyWrite::refused, {}, answer.message};
      default:
        return {BodyWrite::written, pull_in(answer), {}};
    }
  } catch (Unreachable const& lost) {
    // Spent time and limits end the run; a lost answer is for the caller's next round (G-29, A-89).
    if (lost.code() != "unreachable") throw;
    return {BodyWrite::unknown, {}, lost.what()};
  }
}

bool same_text(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  auto const next = [](std::string_view text, std::size_t& at) {
    if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
    return text[at++];
  };
  while (i < a.size() && j < b.size())
    if (next(a, i) != next(b, j)) return false;
  return i == a.size() && j == b.size();
}

}  // namespace acr::github
