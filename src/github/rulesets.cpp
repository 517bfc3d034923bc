// Rules for the audit (U-23 … U-26; github-api.md G-21, G-22).
#include "github/rulesets.hpp"

#include <algorithm>

#include "github/answer.hpp"

namespace acr::github {
namespace {

namespace json = boost::json;

bool flag(json::value const& value, std::string_view name) {
  auto const* found = find(value, name);
  return found != nullptr && found->is_bool() && found->get_bool();
}

/// {"enabled": true}
bool enabled(json::value const& value, std::string_view name) {
  auto const* found = find(value, name);
  return found != nullptr && flag(*found, "enabled");
}

std::vector<std::string> texts(json::value const& value, std::string_view name) {
  std::vector<std::string> found;
  if (auto const* list = array_in(value, name))
    for (auto const& each : *list)
      if (each.is_string()) found.emplace_back(each.get_string());
  return found;
}

void add_reviews(ActiveRules& rules, bool code_owners, bool stale_end, std::int64_t approvals) {
  rules.pull_request = true;
  rules.code_owner_review = rules.code_owner_review || code_owners;
  rules.stale_reviews_end = rules.stale_reviews_end || stale_end;
  rules.approvals = std::max(rules.approvals, static_cast<std::uint64_t>(std::max<std::int64_t>(approvals, 0)));
}

void add_rule(ActiveRules& rules, Answer const& answer, json::value const& rule) {
  auto const type = string_field(answer, rule, "type");
  static json::value const none = json::object{};
  auto const* given = find(rule, "parameters");
  auto const& parameters = given != nullptr ? *given : none;
  if (type == "pull_request") {
    // require_last_push_approval is not enough: anybody may give that one, and the code owner's goes on counting.
    add_reviews(rules, flag(parameters, "require_code_owner_review"), flag(parameters, "dismiss_stale_reviews_on_push"),
                integer_in(parameters, "required_approving_review_count").value_or(0));
    auto const methods = texts(parameters, "allowed_merge_methods");
    rules.merge_commits_only = rules.merge_commits_only || methods == std::vector<std::string>{"merge"};
  } else if (type == "required_status_checks") {
    rules.up_to_date = rules.up_to_date || flag(parameters, "strict_required_status_checks_policy");
    for (auto const& check : array_field(answer, parameters, "required_status_checks"))
      rules.checks.push_back({string_field(answer, check, "context"), integer_in(check, "integration_id"),
                              integer_in(rule, "ruleset_id").value_or(0)});
  } else if (type == "workflows") {
    if (auto const* workflows = array_in(parameters, "workflows"))
      for (auto const& each : *workflows) rules.workflows.push_back(string_field(answer, each, "path"));
  } else if (type == "deletion") {
    rules.deletion = true;
  } else if (type == "non_fast_forward") {
    rules.force_push = true;
  } else if (type == "merge_queue") {
    rules.merge_queue = true;
  }
  if (auto const id = integer_in(rule, "ruleset_id")) rules.ruleset_ids.push_back(*id);
}

RulesetDetails details_in(Answer const& answer) {
  auto const value = json_of(answer);
  RulesetDetails found;
  found.id = static_cast<std::int64_t>(number_field(answer, value, "id"));
  found.name = string_field(answer, value, "name");
  found.enforcement = string_field(answer, value, "enforcement");
  found.target = string_in(value, "target").value_or("branch");  // as in a payload without it
  if (auto const* conditions = find(value, "conditions"))
    if (auto const* refs = find(*conditions, "ref_name")) {
      found.include = texts(*refs, "include");
      found.exclude = texts(*refs, "exclude");
    }
  if (auto const* rules = array_in(value, "rules"))
    for (auto const& rule : *rules) found.rules.insert(string_field(answer, rule, "type"));
  if (auto const* actors = array_in(value, "bypass_actors")) {
    found.bypass.emplace();
    for (auto const& actor : *actors)
      found.bypass->push_back({string_field(answer, actor, "actor_type"), integer_in(actor, "actor_id"),
                               string_in(actor, "bypass_mode").value_or("always")});
  }
  found.token_can_bypass = string_in(value, "current_user_can_bypass").value_or("");
  return found;
}

}  // namespace

ActiveRules active_rules(Api& api, std::string_view branch) {
  ActiveRules rules;
  Call call;
  call.path = path_with_ref({"repos", api.repository().owner, api.repository().name, "rules", "branches"}, branch);
  call.query = {{"per_page", std::to_string(limits::page_entries)}};
  api.pages(call, [&](Answer const& answer) {
    auto const value = json_of(answer);
    for (auto const& rule : array_of(answer, value)) add_rule(rules, answer, rule);
    return true;
  });
  auto& ids = rules.ruleset_ids;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return rules;
}

ClassicProtection classic_protection(Api& api, std::string_view branch) {
  Call call;
  call.path = path_with_ref({"repos", api.repository().owner, api.repository().name, "branches"}, branch) + "/protection";
  call.expected = {403, 404};
  auto const answer = api.call(call);
  ClassicProtection found;
  if (answer.status == 404 && answer.message.starts_with("Branch not protected")) return found;
  if (answer.status == 403 || answer.status == 404) {
    found.gap = "the API answered " + std::to_string(answer.status) + (answer.message.empty() ? "" : " " + answer.message);
    return found;
  }
  auto const value = json_of(answer);
  if (!value.is_object()) bad_response(answer, "not an object");
  auto& rules = found.rules.emplace();
  if (auto const* reviews = find(value, "required_pull_request_reviews"); reviews != nullptr && reviews->is_object())
    add_reviews(rules, flag(*reviews, "require_code_owner_reviews"), flag(*reviews, "dismiss_stale_reviews"),
                integer_in(*reviews, "required_approving_review_count").value_or(0));
  if (auto const* checks = find(value, "required_status_checks"); checks != nullptr && checks->is_object()) {
    rules.up_to_date = flag(*checks, "strict");
    if (auto const* list = array_in(*checks, "checks"))
      for (auto const& check : *list)
        rules.checks.push_back({string_field(answer, check, "context"), integer_in(check, "app_id"), 0});
  }
  // In this listing what is not allowed is restricted.
  rules.deletion = find(value, "allow_deletions") != nullptr && !enabled(value, "allow_deletions");
  rules.force_push = find(value, "allow_force_pushes") != nullptr && !enabled(value, "allow_force_pushes");
  found.admins_exempt = !enabled(value, "enforce_admins");
  return found;
}

std::vector<RulesetDetails> rulesets(Api& api, std::vector<std::int64_t> const& ids) {
  std::set<std::int64_t> of_tags;
  Call call;
  call.path = api.repository_path({"rulesets"});
  call.query = {{"includes_parents", "true"}, {"per_page", std::to_string(limits::page_entries)}, {"targets", "tag"}};
  api.pages(call, [&](Answer const& answer) {
    auto const value = json_of(answer);
    for (auto const& each : array_of(answer, value))
      // A server that does not know `targets` lists all of them.
      if (string_in(each, "target").value_or("tag") == "tag")
        of_tags.insert(static_cast<std::int64_t>(number_field(answer, each, "id")));
    return true;
  });
  std::set<std::int64_t> wanted(ids.begin(), ids.end());
  wanted.insert(of_tags.begin(), of_tags.end());
  if (wanted.size() > limits::rulesets)
    throw ApiError("listing-too-long", "the repository has more than " + std::to_string(limits::rulesets) + " rulesets", 200);
  std::vector<RulesetDetails> found;
  for (auto const id : wanted) {
    Call one;
    one.path = api.repository_path({"rulesets", std::to_string(id)});
    one.query = {{"includes_parents", "true"}};
    // An organisation's ruleset of a branch may be hidden; its rules are known all the same. One for tags is not known without
    // this.
    if (!of_tags.contains(id)) one.expected = {403, 404};
    auto const answer = api.call(one);
    if (answer.status == 200) {
      found.push_back(details_in(answer));
      continue;
    }
    auto& hidden = found.emplace_back();
    hidden.id = id;
    hidden.name = std::to_string(id);
    hidden.target = "branch";
    hidden.enforcement = "active";
  }
  return found;
}

std::vector<OwnerLineError> owner_line_errors(Api& api, std::string_view commit) {
  Call call;
  call.path = api.repository_path({"codeowners", "errors"});
  call.query = {{"ref", std::string(commit)}};
  call.expected = {404};
  auto const answer = api.call(call);
  std::vector<OwnerLineError> found;
  if (answer.status == 404) return found;
  auto const value = json_of(answer);
  for (auto const& each : array_field(answer, value, "errors")) {
    if (found.size() >= limits::owner_errors) break;
    found.push_back(
        {number_field(answer, each, "line"), string_field(answer, each, "kind"), string_field(answer, each, "path")});
  }
  return found;
}

}  // namespace acr::github
