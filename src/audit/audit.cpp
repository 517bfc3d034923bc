#include "audit/audit.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "audit/gate_files.hpp"
#include "audit/gate_rules.hpp"
#include "support/text.hpp"

namespace acr::audit {
namespace {

/// Files of the gates, and those that they call.
std::set<std::string> files_of(std::vector<Gate const*> const& gates) {
  std::set<std::string> paths;
  for (auto const* gate : gates)
    for (auto const& part : gate->chain) paths.insert(part.workflow->path);
  return paths;
}

void append(std::vector<Finding>& all, std::vector<Finding> more) { std::ranges::move(more, std::back_inserter(all)); }

void gate_missing(Report& report, Question const& question, BranchWorkflows const& source, BranchWorkflows const& release) {
  auto what = reject("gate-missing", "branch " + question.source.branch,
                     "no workflow runs the gate on pull requests to " + question.release_branch)
                  .rule("U-1")
                  .expected("a job with `uses: " + question.action_repository + "/.github/workflows/release-charts.yaml@v1`")
                  .fix("add the workflow that README shows");
  if (!source.gates().empty())
    what.found_value = "the gate in " + source.gates().front().chain.front().workflow->path + ", for other branches";
  else if (!gates_of_release(release, question.release_branch).empty())
    what.found_value = "the gate on " + question.release_branch + " alone: this release removes it";
  else
    what.found_value = std::to_string(source.workflows().size()) + " workflows without it";
  report.findings.push_back({Severity::forgeable, std::move(what)});
}

int number_of(Finding const& finding) {
  auto const dash = finding.what.rule_number.find('-');
  return dash == std::string::npos ? 0
                                   : static_cast<int>(to_number(finding.what.rule_number.substr(dash + 1), 1000).value_or(0));
}

}  // namespace

std::string to_text(Severity severity) {
  switch (severity) {
    case Severity::forgeable:
      return "forgeable";
    case Severity::unknown:
      return "unknown";
    case Severity::warning:
      break;
  }
  return "warning";
}

std::string to_text(Answer answer) {
  switch (answer) {
    case Answer::binding:
      return "binding";
    case Answer::unknown:
      return "unknown";
    case Answer::forgeable:
      break;
  }
  return "forgeable";
}

Answer Report::answer() const {
  auto const has = [&](Severity severity) {
    return std::ranges::find(findings, severity, &Finding::severity) != findings.end();
  };
  return has(Severity::forgeable) ? Answer::forgeable : has(Severity::unknown) ? Answer::unknown : Answer::binding;
}

Report audit(Question const& question) {
  Report report;
  BranchWorkflows const source(question.source, question.action_repository);
  BranchWorkflows const release(question.release, question.action_repository);
  // U-20: a file that cannot be read may hold anything.
  for (auto const* branch : {&source, &release})
    for (auto const& why : branch->unreadable()) report.findings.push_back({Severity::unknown, why});

  auto const gates = gates_of_release(source, question.release_branch);
  if (gates.empty()) gate_missing(report, question, source, release);
  append(report.findings, gate_findings(source, question, nullptr));

  // U-16: a pull request runs the file of the merge, which is either's where they differ.
  auto const release_gates = gates_of_release(release, question.release_branch);
  std::set<std::string> differing;
  auto paths = files_of(gates);
  paths.merge(files_of(release_gates));
  for (auto const& path : paths) {
    auto const here = source.bytes_of(path), there = release.bytes_of(path);
    if (here == there) continue;
    if (!there.empty()) differing.insert(path);
    report.findings.push_back(
        {Severity::warning,
         reject("gate-differs", path,
                "the gate's workflow is another one on " + question.source.branch + " than on " + question.release.branch)
             .rule("U-16")
             .found(there.empty()  ? "it is not on " + question.release.branch + " yet"
                    : here.empty() ? "it is not on " + question.source.branch + " any more"
                                   : "the files differ")
             .fix("look at the difference: the next release pull request brings it to " + question.release.branch)});
  }
  if (!differing.empty()) append(report.findings, gate_findings(release, question, &differing));

  std::set<std::string> checks;
  if (!question.check_name.empty()) checks.insert(question.check_name);
  for (auto const* gate : gates) {
    report.gates.push_back(gate->chain.front().workflow->path);
    if (question.check_name.empty() && !gate->check.empty()) checks.insert(gate->check);
  }
  if (!question.check_name.empty() && !gates.empty() &&
      std::ranges::none_of(gates, [&](Gate const* gate) { return gate->check.empty() || gate->check == question.check_name; }))
    report.findings.push_back({Severity::forgeable, reject("check-name-differs", gates.front()->chain.front().workflow->path,
                                                           "the gate's check has another name than check-name says")
                                                        .rule("U-10")
                                                        .expected(question.check_name)
                                                        .found(gates.front()->check)
                                                        .fix("correct check-name, or leave it out")});
  report.checks.assign(checks.begin(), checks.end());
  std::ranges::sort(report.gates);
  report.gates.erase(std::unique(report.gates.begin(), report.gates.end()), report.gates.end());

  append(report.findings, check_findings(question.release_rules, report.checks));
  append(report.findings, branch_findings(question.release_rules, true));
  append(report.findings, branch_findings(question.source_rules, false));
  append(report.findings, owner_findings(question.source));
  append(report.findings, owner_findings(question.release));
  append(report.findings, tag_findings(question));
  append(report.findings, bypass_findings(question.rulesets));
  std::ranges::stable_sort(report.findings, [](Finding const& a, Finding const& b) {
    return a.severity != b.severity ? a.severity < b.severity : number_of(a) < number_of(b);
  });
  return report;
}

}  // namespace acr::audit
