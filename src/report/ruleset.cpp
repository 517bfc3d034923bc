#include "report/ruleset.hpp"

#include <algorithm>

#include "report/json_text.hpp"

namespace acr::report {

namespace json = boost::json;

std::string ruleset_payload(std::string_view release_branch, std::string_view check_name) {
  json::object const pull_request{
      {"type", "pull_request"},
      {"parameters",
       json::object{
           {"allowed_merge_methods", json::array{"merge"}},  // squash and rebase break the next release's merge
           {"dismiss_stale_reviews_on_push", true},
           {"require_code_owner_review", true},
           {"require_last_push_approval", false},
           {"required_approving_review_count", 1},
           {"required_review_thread_resolution", false},
       }},
  };
  json::object const status_checks{
      {"type", "required_status_checks"},
      {"parameters",
       json::object{
           // Strict would jam: after a merge commit `release` has a commit that `main` lacks, indefinitely.
           {"strict_required_status_checks_policy", false},
           {"do_not_enforce_on_create", true},
           {"required_status_checks", json::array{json::object{
                                          {"context", json_text(check_name)},
                                          {"integration_id", github_actions_app},
                                      }}},
       }},
  };
  json::object const payload{
      {"name", "release-protection"},
      {"target", "branch"},
      {"enforcement", "active"},
      {"conditions", json::object{{"ref_name",
                                   json::object{
                                       {"include", json::array{json_text("refs/heads/" + std::string(release_branch))}},
                                       {"exclude", json::array{}},
                                   }}}},
      {"rules",
       json::array{
           json::object{{"type", "deletion"}},
           json::object{{"type", "non_fast_forward"}},
           pull_request,
           status_checks,
       }},
  };
  return to_pretty_json(payload);
}

Verdict<void> check_required(std::vector<RequiredCheck> const& required, std::string_view release_branch,
                             std::string_view check_name) {
  auto const app = std::to_string(github_actions_app);
  std::string others;
  for (auto const& each : required) {
    if (each.context == check_name && each.integration_id == github_actions_app) return {};
    if (!others.empty()) others += ", ";
    others += each.context +
              (each.integration_id ? " (integration " + std::to_string(*each.integration_id) + ")" : " (any integration)");
  }
  return reject("check-not-required", "branch " + std::string(release_branch),
                "no ruleset requires the status check " + std::string(check_name) +
                    " set by GitHub Actions (classic branch protection cannot be seen from here)")
      .rule("A-80")
      .expected(std::string(check_name) + " (integration " + app + ")")
      .found(others.empty() ? "no required status check in any ruleset" : others)
      .fix("let an administrator create the ruleset that `command: ruleset` prints");
}

}  // namespace acr::report
