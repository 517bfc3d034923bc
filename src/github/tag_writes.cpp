// Creating annotated tags (B-14).
#include "github/tag_writes.hpp"

#include <optional>
#include <utility>

#include "github/answer.hpp"
#include "github/git_answers.hpp"
#include "github/pull_requests.hpp"
#include "support/text.hpp"

namespace acr::github {
namespace {

namespace json = boost::json;

Rejection refused(NewTag const& tag, Answer const& answer) {
  std::string found = std::to_string(answer.status) + (answer.message.empty() ? "" : ", " + answer.message);
  if (answer.status == 403 || answer.status == 404)
    return reject("tag-forbidden", "tag " + tag.name, "the token may not create tags in this repository")
        .rule("B-14")
        .expected("`contents: write`, and no rule against it")
        .found(std::move(found))
        .fix("grant the job `contents: write`, or pass the token of an App that may bypass the tag ruleset");
  return reject("tag-rejected", "tag " + tag.name, "GitHub refuses to create the tag")
      .rule("B-14")
      .found(std::move(found))
      .fix("look at the rulesets for tags, and whether the commit was pushed");
}

Call post(Api const& api, std::string_view what, json::object const& content) {
  Call call;
  call.method = "POST";
  call.path = api.repository_path({"git", what});
  call.read = false;
  call.body = json::serialize(content);
  call.expected = {403, 404, 409, 422};
  return call;
}

// The tag object's id. It is read back whole: what counts at a release is what GitHub keeps.
Verdict<git::ObjectId> create_object(Api& api, NewTag const& tag) {
  auto call = post(api, "tags", {{"tag", tag.name}, {"message", tag.message}, {"object", tag.commit}, {"type", "commit"}});
  call.read = true;  // an object that nothing points at changes nothing: it may be made twice
  auto const answer = api.call(call);
  if (answer.status >= 400) return refused(tag, answer);
  auto const id = object_id_field(answer, json_of(answer), "sha");
  auto const kept = read_tag_answer(answer, id);
  bool const same = kept.name == tag.name && kept.target == tag.commit && kept.target_type == git::ObjectType::commit &&
                    same_text(trimmed(kept.message), trimmed(tag.message));
  if (!same)
    return reject("tag-altered", "tag " + tag.name, "the tag object that GitHub made is not the one that was sent")
        .rule("B-14");
  return id;
}

std::optional<git::Ref> ref_now(Api& api, std::string const& name) {
  Call call;
  call.path = path_with_ref({"repos", api.repository().owner, api.repository().name, "git", "ref"}, name.substr(5));
  call.expected = {404};
  auto const answer = api.call(call);
  if (answer.status == 404) return std::nullopt;
  return read_ref_answer(answer, name);
}

}  // namespace

Verdict<TagWrite> create_tag(Api& api, NewTag const& tag) {
  auto const object = create_object(api, tag);
  if (!object) return object.error();
  std::string const name = "refs/tags/" + tag.name;
  std::optional<Answer> answer;
  std::optional<Unreachable> lost;
  try {
    answer = api.call(post(api, "refs", {{"ref", name}, {"sha", *object}}));
  } catch (Unreachable const& error) {
    // Spent time and limits end the run; a lost answer may have been a yes.
    if (error.code() != "unreachable") throw;
    lost = error;
  }
  if (answer && answer->status < 300) {
    if (read_ref_answer(*answer, name).target != *object) bad_response(*answer, "the ref does not point at the tag object");
    return TagWrite::created;
  }
  if (answer && (answer->status == 403 || answer->status == 404)) return refused(tag, *answer);
  // 422 is the answer for a ref that exists and for one that must not be: only the ref itself tells.
  if (auto const ref = ref_now(api, name)) return ref->target == *object ? TagWrite::created : TagWrite::exists;
  if (lost) throw *lost;
  return refused(tag, *answer);
}

}  // namespace acr::github
