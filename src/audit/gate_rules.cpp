#include "audit/gate_rules.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "audit/limits.hpp"
#include "audit/patterns.hpp"

namespace acr::audit {
namespace {

constexpr std::int64_t github_actions = 15368;  ///< the app whose checks count (A-79)
constexpr char const* ruleset_fix = "let an administrator create the ruleset that `command: ruleset` prints";

std::string joined(std::vector<std::string> const& items) {
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), limits::named); ++i) text += (i == 0 ? "" : ", ") + items[i];
  if (items.size() > limits::named) text += ", and " + std::to_string(items.size() - limits::named) + " more";
  return text;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  if (auto const at = text.find(what); at != std::string::npos) text.replace(at, what.size(), by);
  return text;
}

/// What no ruleset asks for may still be asked for by classic protection that could not be seen: then it is not known.
Finding missing_rule(BranchRules const& rules, Code code, std::string const& why, char const* number) {
  auto what = reject(code, "branch " + rules.branch, why).rule(number).fix(ruleset_fix);
  if (!rules.classic_gap) return {Severity::forgeable, std::move(what)};
  what.why += "; whether classic branch protection does is unknown: " + *rules.classic_gap;
  return {Severity::unknown, std::move(what)};
}

}  // namespace

std::vector<Finding> check_findings(BranchRules const& rules, std::vector<std::string> const& checks) {
  if (rules.unreadable || checks.empty()) return {};
  std::vector<std::string> required;
  bool by_anybody = false;
  for (auto const& each : rules.checks) {
    bool const ours = std::ranges::find(checks, each.context) != checks.end();
    if (ours && each.app == github_actions) return {};
    by_anybody = by_anybody || ours;
    required.push_back(each.context + (each.app ? " (app " + std::to_string(*each.app) + ")" : " (any app)"));
  }
  auto const expected = joined(checks) + " (app " + std::to_string(github_actions) + ", GitHub Actions)";
  if (by_anybody) {
    auto finding = missing_rule(
        rules, "check-any-app",
        "the gate's check is required, but not from GitHub Actions: any token with statuses: write can set it", "U-10");
    finding.what = std::move(finding.what).expected(expected).found(joined(required));
    return {std::move(finding)};
  }
  auto finding = missing_rule(
      rules, "check-not-required",
      required.empty() ? "no rule requires the gate's check" : "the rules require checks, but none of the gate's name", "U-10");
  if (!rules.required_workflows.empty()) {
    finding.severity = Severity::unknown;
    finding.what.why += "; a rule of the organisation requires workflows, which lie elsewhere and were not read: " +
                        joined(rules.required_workflows);
  }
  finding.what = std::move(finding.what).expected(expected).found(required.empty() ? "no required check" : joined(required));
  return {std::move(finding)};
}

std::vector<Finding> branch_findings(BranchRules const& rules, bool is_release) {
  if (rules.unreadable) return {{Severity::unknown, *rules.unreadable}};
  std::vector<Finding> found;
  auto const where = "branch " + rules.branch;
  if (!rules.pull_request) {
    found.push_back(missing_rule(rules, "pull-request-not-required",
                                 "no rule requires a pull request: commits can be pushed directly", "U-11"));
  } else {
    if (!rules.code_owner_review)
      found.push_back(missing_rule(rules, "code-owner-review-off",
                                   "no rule requires the review of code owners: workflows can be changed without it", "U-11"));
    if (!rules.stale_reviews_end)
      found.push_back(missing_rule(rules, "stale-reviews-count",
                                   "an approval goes on counting for commits that are pushed after it", "U-11"));
    if (rules.approvals == 0)
      found.push_back({Severity::warning, reject("reviews-not-required", where, "no rule requires an approving review")
                                              .rule("U-11")
                                              .expected("at least one")
                                              .fix(ruleset_fix)});
  }
  if (!is_release) {
    // The printed ruleset requires the gate's check, which a pull request to this branch never has.
    for (auto& finding : found)
      finding.what.fix_text =
          "create a ruleset for the branch: pull requests, review of code owners, stale approvals dismissed";
    return found;
  }
  if (!rules.deletion)
    found.push_back(missing_rule(rules, "branch-deletable",
                                 "no rule forbids to delete the branch: it can then be created anew at any commit", "U-13"));
  if (!rules.force_push && !rules.pull_request)
    found.push_back(missing_rule(rules, "force-push-allowed", "no rule forbids force pushes", "U-13"));
  std::vector<std::string> hindering;
  if (rules.up_to_date) hindering.emplace_back("branches must be up to date before merging");
  if (rules.merge_queue) hindering.emplace_back("a merge queue");
  if (rules.pull_request && !rules.merge_commits_only) hindering.emplace_back("no rule allows merge commits alone");
  if (!hindering.empty())
    found.push_back({Severity::warning, reject("rules-stop-releases", where, "rules that stop this release or the next one")
                                            .rule("U-13")
                                            .found(joined(hindering))
                                            .expected("merge commits alone, no merge queue, not \"up to date\"")
                                            .fix("change the rule (docs/getting-started.md, step 4)")});
  return found;
}

std::vector<Finding> owner_findings(BranchFiles const& files) {
  auto const where = "branch " + files.branch;
  auto const none = [&](std::string why) {
    return reject("no-code-owner", where, std::move(why))
        .rule("U-12")
        .fix("add `.github/ @your-security-team` as the last line of CODEOWNERS");
  };
  if (!files.code_owners)
    return {{Severity::forgeable, none("CODEOWNERS is missing: changes to the workflows need no review")}};
  if (files.code_owners_too_large)
    return {{Severity::forgeable, none("CODEOWNERS is larger than GitHub reads, so nothing has an owner")}};
  auto const owners = CodeOwners::read(files.code_owners->bytes, files.owner_errors);
  if (owners.is_too_long()) return {{Severity::unknown, none("CODEOWNERS has more lines than are read")}};
  // A file that does not exist yet: one more workflow can report any check, and a CODEOWNERS in a better place replaces this
  // one.
  std::vector<std::string> paths{".github/workflows/any-new-file.yaml", ".github/CODEOWNERS"};
  if (files.code_owners->path.starts_with("docs/")) paths.emplace_back("CODEOWNERS");
  paths.insert(paths.end(), files.owned_paths.begin(), files.owned_paths.end());
  std::vector<std::string> critical, others;
  for (auto const& path : paths) {
    if (owners.rule_of(path) != nullptr) continue;
    bool const matters =
        path.starts_with(".github/workflows/") || path.starts_with(".github/actions/") || path.ends_with("CODEOWNERS");
    auto& list = matters ? critical : others;
    if (std::ranges::find(list, path) == list.end() && list.size() <= limits::named * 4) list.push_back(path);
  }
  std::vector<Finding> found;
  if (!critical.empty())
    found.push_back(
        {Severity::forgeable, none("changes to these files need no review by a code owner").found(joined(critical))});
  if (!others.empty())
    found.push_back({Severity::warning, none("files below .github have no code owner").found(joined(others))});
  for (auto& one : found) one.what.where = where + ", " + files.code_owners->path;
  return found;
}

std::vector<Finding> tag_findings(Question const& question) {
  if (question.rulesets_unreadable) return {{Severity::unknown, *question.rulesets_unreadable}};
  // Names that no pattern for single charts happens to fit.
  constexpr std::array<std::pair<char const*, char const*>, 3> samples{
      std::pair{"anychart", "1.2.3"}, std::pair{"x", "0.0.1-rc.1"}, std::pair{"Zz_9.a", "10.20.30+b5"}};
  struct Wanted {
    char const* rule;
    bool there = true;
  };
  std::array wanted{Wanted{"creation"}, Wanted{"update"}, Wanted{"deletion"}};
  std::vector<std::string> patterns;
  bool unsure = false;
  for (auto const& ruleset : question.rulesets) {
    if (ruleset.target != "tag" || ruleset.enforcement != "active") continue;
    patterns.insert(patterns.end(), ruleset.include.begin(), ruleset.include.end());
  }
  for (auto const& [name, version] : samples) {
    auto const tag = "refs/tags/" + replaced(replaced(question.tag_format, "{name}", name), "{version}", version);
    std::set<std::string> rules;
    for (auto const& ruleset : question.rulesets) {
      if (ruleset.target != "tag" || ruleset.enforcement != "active") continue;
      auto const covers = ruleset_covers(ruleset.include, ruleset.exclude, tag);
      unsure = unsure || !covers;
      if (covers.value_or(false)) rules.insert(ruleset.rules.begin(), ruleset.rules.end());
    }
    for (auto& each : wanted) each.there = each.there && rules.contains(each.rule);
  }
  std::vector<std::string> missing;
  for (auto const& each : wanted)
    if (!each.there) missing.emplace_back(each.rule);
  if (missing.empty()) return {};
  auto const pattern = "refs/tags/" + replaced(replaced(question.tag_format, "{name}", "*"), "{version}", "*");
  return {
      {Severity::forgeable,
       reject("tags-unprotected", "tags " + pattern,
              "no ruleset restricts the " + joined(missing) +
                  " of the charts' tags: who can push tags chooses what they vouch for" +
                  std::string(unsure ? "; a pattern that cannot be read does not count" : ""))
           .rule("U-14")
           .expected("one for all charts: " + pattern)
           .found(patterns.empty() ? "no active ruleset for tags" : "rulesets for " + joined(patterns))
           .fix(
               "create a ruleset with target tag, this pattern, and the rules creation, update and deletion; let the App that tags bypass "
               "it, never GitHub Actions")}};
}

std::vector<Finding> bypass_findings(std::vector<Ruleset> const& rulesets) {
  std::vector<Finding> found;
  std::vector<std::string> hidden;
  for (auto const& ruleset : rulesets) {
    if (ruleset.enforcement != "active") continue;
    auto const where = "ruleset " + ruleset.name;
    if (!ruleset.bypass) {
      if (ruleset.token_can_bypass.empty() || ruleset.token_can_bypass == "never")
        hidden.push_back(ruleset.name);
      else
        found.push_back({Severity::warning,
                         reject("bypass-actors", where, "this token may bypass the ruleset; who else may is not shown to it")
                             .rule("U-15")
                             .found(ruleset.token_can_bypass)
                             .fix("remove the bypass if this is the token of a job")});
      continue;
    }
    std::vector<std::string> actors;
    for (auto const& actor : *ruleset.bypass) {
      if (actor.type == "Integration" && actor.id == github_actions) {
        found.push_back(
            {Severity::forgeable, reject("bypass-actors", where,
                                         "GitHub Actions may bypass it: every workflow of every branch can do what it forbids")
                                      .rule("U-15")
                                      .found("Integration 15368, " + actor.mode)
                                      .fix("remove GitHub Actions from the bypass list; let an App of your own push tags")});
        continue;
      }
      actors.push_back(actor.type + (actor.id ? " " + std::to_string(*actor.id) : "") + " (" + actor.mode + ")");
    }
    if (!actors.empty())
      found.push_back(
          {Severity::warning, reject("bypass-actors", where, "some may bypass it: what the audit says does not hold for them")
                                  .rule("U-15")
                                  .found(joined(actors))
                                  .fix("keep the list as short as can be")});
  }
  if (!hidden.empty())
    found.push_back({Severity::warning,
                     reject("bypass-unknown", "rulesets " + joined(hidden), "who may bypass them is not shown to this token")
                         .rule("U-15")
                         .fix("look at their bypass lists, or run the audit with a token that may edit rulesets")});
  return found;
}

}  // namespace acr::audit
