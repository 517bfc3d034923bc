// The audit, defect by defect: each starts from a gate that is binding (U-1 … U-18).
#include "audit/audit.hpp"

#include <functional>

#include "audit/gate_files.hpp"
#include "audit/limits.hpp"
#include "support/catch2.hpp"

namespace audit_test {
namespace {

using namespace acr::audit;
using acr::reject;

std::string const path = ".github/workflows/atomic-chart-releases.yaml";

std::string const called = R"(name: Atomic Chart Releases
on: { pull_request: { branches: [release] } }
permissions: {}
jobs:
  atomic-chart-release:
    permissions: { contents: read, attestations: write, id-token: write, pull-requests: write }
    uses: org/atomic-chart-release/.github/workflows/release-charts.yaml@v1
)";

std::string const own = R"(on: { pull_request: { branches: [release] } }
jobs:
  gate:
    runs-on: ubuntu-latest
    permissions: { contents: read, attestations: write }
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd
      - uses: org/atomic-chart-release@de0fac2e4500dabe0009e67214ff5f5447ce83dd
)";

std::string replaced(std::string text, std::string const& what, std::string const& by) {
  auto const at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

BranchFiles files_of(std::string const& branch, std::string const& workflow = called) {
  BranchFiles files;
  files.branch = branch;
  files.workflows = {{path, workflow}};
  files.owned_paths = {path, ".github/CODEOWNERS"};
  files.code_owners = File{".github/CODEOWNERS", ".github/ @acme/security\n"};
  return files;
}

BranchRules rules_of(std::string const& branch) {
  BranchRules rules;
  rules.branch = branch;
  rules.pull_request = rules.code_owner_review = rules.stale_reviews_end = rules.deletion = rules.force_push = true;
  rules.approvals = 1;
  return rules;
}

Question good() {
  Question question;
  question.source_branch = "main";
  question.release_branch = "release";
  question.tag_format = "{name}-v{version}";
  question.action_repository = "org/atomic-chart-release";
  question.source = files_of("main");
  question.release = files_of("release");
  question.source_rules = rules_of("main");
  question.release_rules = rules_of("release");
  question.release_rules.checks = {{"atomic-chart-release / release", 15368}};
  Ruleset tags;
  tags.id = 7;
  tags.name = "charts";
  tags.target = "tag";
  tags.enforcement = "active";
  tags.include = {"refs/tags/*-v*"};
  tags.rules = {"creation", "update", "deletion"};
  tags.bypass.emplace();
  question.rulesets = {tags};
  return question;
}

void set_workflow(Question& question, std::string const& text) {
  question.source.workflows[0].bytes = question.release.workflows[0].bytes = text;
}

std::string shown(Report const& report) {
  std::string text;
  for (auto const& finding : report.findings)
    text += to_text(finding.severity) + " " + std::string(finding.what.code.text()) + " " + finding.what.sentence() + "\n";
  return text;
}

TEST_CASE("a gate of called workflow, rules and owners is binding", "[audit]") {
  auto const report = audit(good());
  INFO(shown(report));
  CHECK(report.findings.empty());
  CHECK(report.answer() == Answer::binding);
  CHECK(report.checks == std::vector<std::string>{"atomic-chart-release / release"});
  CHECK(report.gates == std::vector<std::string>{path});
}

struct Row {
  char const* what;
  std::function<void(Question&)> defect;
  Severity severity;
  std::string code, where, rule;
};

void edit(Question& question, std::string const& what, std::string const& by) {
  set_workflow(question, replaced(called, what, by));
}

using enum Severity;
std::string const at_main = "branch main, " + path;

std::vector<Row> const rows{
    {"no gate", [](Question& q) { edit(q, "/release-charts.yaml", "/check-charts.yaml"); }, forgeable, "gate-missing",
     "branch main", "U-1"},
    {"a gate for another branch", [](Question& q) { edit(q, "[release]", "[other]"); }, forgeable, "gate-missing",
     "branch main", "U-1"},
    {"a gate that is removed", [](Question& q) { q.source.workflows.clear(); }, forgeable, "gate-missing", "branch main",
     "U-1"},
    {"an `if` on the job", [](Question& q) { edit(q, "    uses:", "    if: github.actor != 'x'\n    uses:"); }, forgeable,
     "job-condition", at_main + ":7", "U-2"},
    {"needs", [](Question& q) { edit(q, "    uses:", "    needs: [lint]\n    uses:"); }, forgeable, "job-needs", at_main + ":5",
     "U-3"},
    {"continue-on-error", [](Question& q) { edit(q, "    uses:", "    continue-on-error: true\n    uses:"); }, forgeable,
     "failure-ignored", at_main + ":7", "U-4"},
    {"continue-on-error as an expression",
     [](Question& q) { edit(q, "    uses:", "    continue-on-error: ${{ false }}\n    uses:"); }, forgeable, "failure-ignored",
     at_main + ":7", "U-4"},
    {"continue-on-error as a text", [](Question& q) { edit(q, "    uses:", "    continue-on-error: \"false\"\n    uses:"); },
     forgeable, "failure-ignored", at_main + ":7", "U-4"},
    {"pull_request_target beside", [](Question& q) { edit(q, "{ pull_request:", "{ pull_request_target: {}, pull_request:"); },
     forgeable, "unsafe-trigger", at_main + ":2", "U-5"},
    {"pull_request_target in another file",
     [](Question& q) {
       q.source.workflows.push_back({".github/workflows/label.yaml", "on: pull_request_target\njobs: {a: {steps: []}}\n"});
     },
     warning, "unsafe-trigger", "branch main, .github/workflows/label.yaml:1", "U-5"},
    {"a paths filter", [](Question& q) { edit(q, "[release] }", "[release], paths: [charts/**] }"); }, warning,
     "trigger-filtered", at_main + ":2", "U-6"},
    {"types without synchronize", [](Question& q) { edit(q, "[release] }", "[release], types: [opened, reopened] }"); },
     warning, "trigger-filtered", at_main + ":2", "U-6"},
    {"a filter that is not judged", [](Question& q) { edit(q, "[release] }", "[releas+e] }"); }, unknown, "trigger-filtered",
     at_main + ":2", "U-6"},
    {"a missing permission", [](Question& q) { edit(q, "id-token: write, ", ""); }, warning, "permissions-missing",
     at_main + ":6", "U-7"},
    {"a permission that only reads", [](Question& q) { edit(q, "attestations: write", "attestations: read"); }, warning,
     "permissions-missing", at_main + ":6", "U-7"},
    {"a permission too many", [](Question& q) { edit(q, "contents: read", "contents: write"); }, warning, "permissions-surplus",
     at_main + ":6", "U-7"},
    {"all permissions",
     [](Question& q) {
       edit(q, "{ contents: read, attestations: write, id-token: write, pull-requests: write }", "write-all");
     },
     warning, "permissions-surplus", at_main + ":6", "U-7"},
    {"no permissions",
     [](Question& q) {
       set_workflow(
           q,
           replaced(replaced(called, "permissions: {}\n", ""),
                    "    permissions: { contents: read, attestations: write, id-token: write, pull-requests: write }\n", ""));
     },
     warning, "permissions-surplus", at_main + ":4", "U-7"},
    {"the called workflow at a branch", [](Question& q) { edit(q, "@v1", "@main"); }, warning, "action-unpinned",
     at_main + ":7", "U-8"},
    {"the called workflow at a shortened version", [](Question& q) { edit(q, "@v1", "@v1.2"); }, warning, "action-unpinned",
     at_main + ":7", "U-8"},
    {"somebody else's action by tag",
     [](Question& q) { edit(q, "jobs:\n", "jobs:\n  lint:\n    steps: [{ uses: actions/checkout@v6 }]\n"); }, warning,
     "action-unpinned", at_main + ":6", "U-8"},
    {"somebody else's called workflow at a release tag",
     [](Question& q) { edit(q, "jobs:\n", "jobs:\n  lint:\n    uses: acme/lint/.github/workflows/lint.yaml@v1\n"); }, warning,
     "action-unpinned", at_main + ":6", "U-8"},
    {"an image by tag", [](Question& q) { edit(q, "jobs:\n", "jobs:\n  lint:\n    steps: [{ uses: 'docker://alpine:3' }]\n"); },
     warning, "action-unpinned", at_main + ":6", "U-8"},
    {"another repository of the same name", [](Question& q) { edit(q, "uses: org/", "uses: fork/"); }, warning,
     "gate-other-source", at_main + ":5", "U-9"},
    {"a check that no rule requires", [](Question& q) { q.release_rules.checks.clear(); }, forgeable, "check-not-required",
     "branch release", "U-10"},
    {"a check under another name", [](Question& q) { q.release_rules.checks[0].context = "atomic-chart-release"; }, forgeable,
     "check-not-required", "branch release", "U-10"},
    {"a check by any app", [](Question& q) { q.release_rules.checks[0].app.reset(); }, forgeable, "check-any-app",
     "branch release", "U-10"},
    {"a check by another app", [](Question& q) { q.release_rules.checks[0].app = 1; }, forgeable, "check-any-app",
     "branch release", "U-10"},
    {"no rule, and classic protection hidden",
     [](Question& q) { q.release_rules.checks.clear(), q.release_rules.classic_gap = "403"; }, unknown, "check-not-required",
     "branch release", "U-10"},
    {"a required workflow of the organisation",
     [](Question& q) { q.release_rules.checks.clear(), q.release_rules.required_workflows = {".github/workflows/gate.yaml"}; },
     unknown, "check-not-required", "branch release", "U-10"},
    {"a name made by an expression", [](Question& q) { edit(q, "    uses:", "    name: ${{ github.ref }}\n    uses:"); },
     unknown, "check-name-unknown", at_main + ":5", "U-10"},
    {"a matrix", [](Question& q) { edit(q, "    uses:", "    strategy: { matrix: { a: [1] } }\n    uses:"); }, unknown,
     "check-name-unknown", at_main + ":5", "U-10"},
    {"another name than check-name says",
     [](Question& q) { q.check_name = "gate", q.release_rules.checks[0].context = "gate"; }, forgeable, "check-name-differs",
     path, "U-10"},
    {"another job of the gate's name",
     [](Question& q) {
       q.source.workflows.push_back(
           {".github/workflows/x.yaml", "on: push\njobs: {x: {name: 'atomic-chart-release / release', steps: []}}\n"});
     },
     forgeable, "check-name-shared", "branch main, .github/workflows/x.yaml:2", "U-10"},
    {"another job whose name may be the gate's",
     [](Question& q) {
       q.source.workflows.push_back(
           {".github/workflows/x.yaml", "on: push\njobs: {x: {name: '${{ matrix.a }}release', steps: []}}\n"});
     },
     warning, "check-name-shared", "branch main, .github/workflows/x.yaml:2", "U-10"},
    {"another called workflow below the gate's name",
     [](Question& q) {
       q.source.workflows.push_back(
           {".github/workflows/x.yaml", "on: push\njobs: {atomic-chart-release: {uses: a/b/.github/workflows/c.yaml@v1}}\n"});
     },
     warning, "check-name-shared", "branch main, .github/workflows/x.yaml:2", "U-10"},
    {"direct pushes", [](Question& q) { q.release_rules.pull_request = false; }, forgeable, "pull-request-not-required",
     "branch release", "U-11"},
    {"direct pushes to main", [](Question& q) { q.source_rules.pull_request = false; }, forgeable, "pull-request-not-required",
     "branch main", "U-11"},
    {"no review of code owners", [](Question& q) { q.release_rules.code_owner_review = false; }, forgeable,
     "code-owner-review-off", "branch release", "U-11"},
    {"stale approvals", [](Question& q) { q.source_rules.stale_reviews_end = false; }, forgeable, "stale-reviews-count",
     "branch main", "U-11"},
    {"no approval", [](Question& q) { q.release_rules.approvals = 0; }, warning, "reviews-not-required", "branch release",
     "U-11"},
    {"no CODEOWNERS", [](Question& q) { q.release.code_owners.reset(); }, forgeable, "no-code-owner", "branch release", "U-12"},
    {"owners of one workflow alone", [](Question& q) { q.source.code_owners->bytes = "/" + path + " @a\n"; }, forgeable,
     "no-code-owner", "branch main, .github/CODEOWNERS", "U-12"},
    {"a CODEOWNERS that another one would replace",
     [](Question& q) {
       q.source.code_owners = File{"docs/CODEOWNERS", ".github/ @a\n/docs/ @a\n"};
     },
     forgeable, "no-code-owner", "branch main, docs/CODEOWNERS", "U-12"},
    {"an issue form without owner",
     [](Question& q) {
       q.source.owned_paths.emplace_back(".github/ISSUE_TEMPLATE/bug.yml");
       q.source.code_owners->bytes += ".github/ISSUE_TEMPLATE/\n";
     },
     warning, "no-code-owner", "branch main, .github/CODEOWNERS", "U-12"},
    {"a large CODEOWNERS", [](Question& q) { q.source.code_owners_too_large = true; }, forgeable, "no-code-owner",
     "branch main", "U-12"},
    {"a long CODEOWNERS",
     [](Question& q) {
       for (std::size_t i = 0; i < limits::code_owner_rules; ++i) q.source.code_owners->bytes += "* @a\n";
     },
     unknown, "no-code-owner", "branch main", "U-12"},
    {"a branch that can be deleted", [](Question& q) { q.release_rules.deletion = false; }, forgeable, "branch-deletable",
     "branch release", "U-13"},
    {"rules that stop releases", [](Question& q) { q.release_rules.up_to_date = true; }, warning, "rules-stop-releases",
     "branch release", "U-13"},
    {"squash merges", [](Question& q) { q.release_rules.merge_commits_only = false; }, warning, "rules-stop-releases",
     "branch release", "U-13"},
    {"a merge queue", [](Question& q) { q.release_rules.merge_queue = true; }, warning, "rules-stop-releases", "branch release",
     "U-13"},
    {"no ruleset of tags", [](Question& q) { q.rulesets.clear(); }, forgeable, "tags-unprotected", "tags refs/tags/*-v*",
     "U-14"},
    {"a ruleset of branches", [](Question& q) { q.rulesets[0].target = "branch"; }, forgeable, "tags-unprotected",
     "tags refs/tags/*-v*", "U-14"},
    {"a ruleset that is only evaluated", [](Question& q) { q.rulesets[0].enforcement = "evaluate"; }, forgeable,
     "tags-unprotected", "tags refs/tags/*-v*", "U-14"},
    {"a ruleset of one chart's tags", [](Question& q) { q.rulesets[0].include = {"refs/tags/web-v*"}; }, forgeable,
     "tags-unprotected", "tags refs/tags/*-v*", "U-14"},
    {"tags that may be moved", [](Question& q) { q.rulesets[0].rules.erase("update"); }, forgeable, "tags-unprotected",
     "tags refs/tags/*-v*", "U-14"},
    {"a pattern that cannot be read", [](Question& q) { q.rulesets[0].exclude = {"refs/tags/["}; }, forgeable,
     "tags-unprotected", "tags refs/tags/*-v*", "U-14"},
    {"GitHub Actions may bypass",
     [](Question& q) {
       q.rulesets[0].bypass->push_back({"Integration", 15368, "always"});
     },
     forgeable, "bypass-actors", "ruleset charts", "U-15"},
    {"a team may bypass",
     [](Question& q) {
       q.rulesets[0].bypass->push_back({"Team", 3, "always"});
     },
     warning, "bypass-actors", "ruleset charts", "U-15"},
    {"a token that may bypass", [](Question& q) { q.rulesets[0].bypass.reset(), q.rulesets[0].token_can_bypass = "always"; },
     warning, "bypass-actors", "ruleset charts", "U-15"},
    {"a bypass list that is not shown",
     [](Question& q) { q.rulesets[0].bypass.reset(), q.rulesets[0].token_can_bypass = "never"; }, warning, "bypass-unknown",
     "rulesets charts", "U-15"},
    {"another workflow on release", [](Question& q) { q.release.workflows[0].bytes += "# older\n"; }, warning, "gate-differs",
     path, "U-16"},
    {"no workflow on release yet", [](Question& q) { q.release.workflows.clear(); }, warning, "gate-differs", path, "U-16"},
    {"rules of release that cannot be read",
     [](Question& q) { q.release_rules.unreadable = reject("rules-unreadable", "branch release", "403").rule("U-18"); },
     unknown, "rules-unreadable", "branch release", "U-18"},
    {"rules of main that cannot be read",
     [](Question& q) { q.source_rules.unreadable = reject("rules-unreadable", "branch main", "403").rule("U-18"); }, unknown,
     "rules-unreadable", "branch main", "U-18"},
    {"rulesets that cannot be read",
     [](Question& q) {
       q.rulesets_unreadable = reject("rules-unreadable", "rulesets", "403").rule("U-18"), q.rulesets.clear();
     },
     unknown, "rules-unreadable", "rulesets", "U-18"},
    {"a workflow that cannot be read",
     [](Question& q) {
       q.source.workflows.push_back({".github/workflows/x.yaml", "on: [push\n"});
     },
     unknown, "workflow-unreadable", "branch main, .github/workflows/x.yaml:2", "U-20"},
    {"a workflow that was not read",
     [](Question& q) {
       q.release.unreadable.push_back(reject("workflow-unreadable", ".github/workflows/x.yaml", "a link").rule("U-20"));
     },
     unknown, "workflow-unreadable", "branch release, .github/workflows/x.yaml", "U-20"},
};

TEST_CASE("each defect is one finding, with its place and rule, and decides the answer (U-17)", "[audit]") {
  auto const index = GENERATE(range(std::size_t{0}, rows.size()));
  auto const& row = rows[index];
  CAPTURE(row.what);
  auto question = good();
  row.defect(question);
  auto const report = audit(question);
  INFO(shown(report));
  // A gate that is gone takes its name along; everything else is about one thing.
  auto const found = std::find_if(report.findings.begin(), report.findings.end(),
                                  [&](Finding const& finding) { return finding.what.code == row.code; });
  REQUIRE(found != report.findings.end());
  CHECK(found->severity == row.severity);
  CHECK(found->what.where == row.where);
  CHECK(found->what.rule_number == row.rule);
  CHECK_FALSE(found->what.why.empty());
  for (auto const& finding : report.findings)
    if (row.code != "gate-missing") CHECK(finding.what.code == row.code);
  CHECK(report.answer() == (row.severity == forgeable ? Answer::forgeable
                            : row.severity == unknown ? Answer::unknown
                                                      : Answer::binding));
}

std::vector<std::string> codes(Report const& report) {
  std::vector<std::string> found;
  for (auto const& finding : report.findings) found.emplace_back(finding.what.code.text());
  return found;
}

Question with_own_steps(std::string const& text = own) {
  auto question = good();
  set_workflow(question, text);
  question.release_rules.checks = {{"gate", 15368}};
  return question;
}

TEST_CASE("steps of one's own are a warning, and what does not bind is found in them, too (U-9)", "[audit]") {
  auto const plain = audit(with_own_steps());
  INFO(shown(plain));
  CHECK(codes(plain) == std::vector<std::string>{"own-steps"});
  CHECK(plain.answer() == Answer::binding);
  CHECK(plain.checks == std::vector<std::string>{"gate"});
  auto const step = "      - uses: org/atomic-chart-release@de0fac2e4500dabe0009e67214ff5f5447ce83dd\n";
  struct Change {
    std::string step;
    std::vector<std::string> codes;
  };
  std::string const action = "      - uses: org/atomic-chart-release@de0fac2e4500dabe0009e67214ff5f5447ce83dd\n        ";
  auto const row = one_of<Change>({
      {action + "if: success()\n", {"job-condition", "own-steps"}},
      {action + "if: always()\n", {"own-steps"}},
      {action + "continue-on-error: true\n", {"failure-ignored", "own-steps"}},
      {action + "continue-on-error: false\n", {"own-steps"}},
      {action + "with: { command: run }\n", {"own-steps"}},
      {action + "with: { command: '${{ inputs.x }}' }\n", {"own-steps"}},
      {action + "with: { command: changed }\n", {"gate-missing"}},
      {"      - uses: docker://ghcr.io/org/atomic-chart-release@sha256:" + std::string(64, 'a') + "\n", {"own-steps"}},
      {"      - uses: docker://ghcr.io/org/atomic-chart-release:v1\n", {"action-unpinned", "own-steps"}},
      {"      - uses: org/atomic-chart-release@v1\n", {"action-unpinned", "own-steps"}},
      {"      - uses: ./\n", {"gate-missing"}},
  });
  CAPTURE(row.step);
  auto const report = audit(with_own_steps(replaced(own, step, row.step)));
  INFO(shown(report));
  auto found = codes(report);
  if (found.front() == "gate-missing") found.resize(1);
  CHECK(found == row.codes);
}

TEST_CASE("`if: always()` is no condition, also beside needs (U-2, U-3)", "[audit]") {
  auto const condition = one_of<std::string>({"always()", "${{ always() }}", "\"${{always( )}}\""});
  auto question = good();
  edit(question, "    uses:", "    needs: lint\n    if: " + condition + "\n    uses:");
  auto const report = audit(question);
  INFO(shown(report));
  CHECK(report.findings.empty());
}

TEST_CASE("a gate in a called workflow of the same repository has both names", "[audit]") {
  auto question = good();
  std::string const caller = R"(on: pull_request
permissions: { contents: read, attestations: write, id-token: write, pull-requests: write }
jobs:
  outer:
    uses: ./.github/workflows/inner.yaml
)";
  std::string const inner = replaced(called, "{ pull_request: { branches: [release] } }", "workflow_call");
  for (auto* branch : {&question.source, &question.release})
    branch->workflows = {{path, caller}, {".github/workflows/inner.yaml", inner}};
  question.release_rules.checks = {{"outer / atomic-chart-release / release", 15368}};
  auto const report = audit(question);
  INFO(shown(report));
  CHECK(report.findings.empty());
  CHECK(report.checks == std::vector<std::string>{"outer / atomic-chart-release / release"});

  for (auto* branch : {&question.source, &question.release})
    branch->workflows[1].bytes = replaced(inner, "    uses:", "    if: false\n    uses:");
  auto const skipped = audit(question);
  INFO(shown(skipped));
  CHECK(codes(skipped) == std::vector<std::string>{"job-condition"});
  CHECK(skipped.findings[0].what.where == "branch main, .github/workflows/inner.yaml:7");
}

TEST_CASE("workflows that call themselves end", "[audit]") {
  auto question = good();
  std::string const loop =
      "on: pull_request\njobs:\n  a: {uses: ./.github/workflows/loop.yaml}\n  b: {uses: ./.github/workflows/loop.yaml}\n";
  question.source.workflows.push_back({".github/workflows/loop.yaml", loop});
  CHECK(audit(question).answer() == Answer::binding);
}

TEST_CASE("a file that differs on release is looked at, too (U-16)", "[audit]") {
  auto question = good();
  question.release.workflows[0].bytes = replaced(called, "    uses:", "    if: false\n    uses:");
  auto const report = audit(question);
  INFO(shown(report));
  CHECK(codes(report) == std::vector<std::string>{"job-condition", "gate-differs"});
  CHECK(report.findings[0].what.where == "branch release, " + path + ":7");
}

TEST_CASE("check-name stands for a name that cannot be known", "[audit]") {
  auto question = good();
  edit(question, "    uses:", "    name: ${{ github.ref }}\n    uses:");
  question.check_name = "refs/pull / release";
  question.release_rules.checks = {{"refs/pull / release", 15368}};
  auto const report = audit(question);
  INFO(shown(report));
  CHECK(report.findings.empty());
}

TEST_CASE("force pushes are a finding where commits can be pushed at all (U-13)", "[audit]") {
  auto question = good();
  question.release_rules.force_push = false;
  CHECK(audit(question).findings.empty());
  question.release_rules.pull_request = false;
  auto const report = audit(question);
  CHECK(codes(report) == std::vector<std::string>{"pull-request-not-required", "force-push-allowed"});
  CHECK(report.findings[1].severity == forgeable);
}

TEST_CASE("the source branch needs a ruleset of its own, not the printed one", "[audit]") {
  auto question = good();
  question.source_rules.pull_request = question.release_rules.pull_request = false;
  auto const report = audit(question);
  REQUIRE(report.findings.size() == 2);
  CHECK(report.findings[0].what.fix_text == "let an administrator create the ruleset that `command: ruleset` prints");
  CHECK(report.findings[1].what.where == "branch main");
  CHECK(report.findings[1].what.fix_text.starts_with("create a ruleset for the branch"));
}

TEST_CASE("rulesets for tags count together", "[audit]") {
  auto question = good();
  auto second = question.rulesets[0];
  question.rulesets[0].rules = {"creation"};
  second.rules = {"update", "deletion"};
  second.include = {"~ALL"};
  question.rulesets.push_back(second);
  CHECK(audit(question).findings.empty());
  question.rulesets[1].exclude = {"refs/tags/x-*"};
  CHECK(codes(audit(question)) == std::vector<std::string>{"tags-unprotected"});
}

TEST_CASE("what stands behind `uses` is taken apart", "[audit]") {
  struct Part {
    char const* text;
    Uses::Kind kind;
    char const *repository, *path, *ref;
    bool pinned;
  };
  using enum Uses::Kind;
  auto const row = one_of<Part>({
      {"actions/checkout@v6", repository, "actions/checkout", "", "v6", false},
      {"actions/checkout", repository, "actions/checkout", "", "", false},
      {"a/b@de0fac2e4500dabe0009e67214ff5f5447ce83dd", repository, "a/b", "", "de0fac2e4500dabe0009e67214ff5f5447ce83dd", true},
      {"a/b@DE0FAC2E4500DABE0009E67214FF5F5447CE83DD", repository, "a/b", "", "DE0FAC2E4500DABE0009E67214FF5F5447CE83DD", true},
      {"a/b@de0fac2", repository, "a/b", "", "de0fac2", false},
      {"a/b/c/d.yaml@refs/heads/x", repository, "a/b", "c/d.yaml", "refs/heads/x", false},
      {"./.github/actions/x", local, "", ".github/actions/x", "", true},
      {"$/.github/actions/x", other, "", "", "", true},
      {"docker://alpine", image, "alpine", "", "", false},
      {"docker://alpine:3.20", image, "alpine", "", "3.20", false},
      {"docker://ghcr.io/o/r:1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", image, "o/r", "",
       "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true},
      {"docker://localhost:5000/o/r:1", image, "o/r", "", "1", false},
      {"docker://o/r@sha256:aa", image, "o/r", "", "sha256:aa", false},
      {"nothing", other, "", "", "", true},
  });
  CAPTURE(row.text);
  auto const uses = parse_uses(row.text);
  CHECK(uses.kind == row.kind);
  CHECK(uses.repository == row.repository);
  CHECK(uses.path == row.path);
  CHECK(uses.ref == row.ref);
  CHECK(uses.is_pinned() == row.pinned);
}

}  // namespace
}  // namespace audit_test
