#include "report/audit_report.hpp"

#include <algorithm>

#include "report/json_text.hpp"
#include "report/limits.hpp"
#include "report/markdown.hpp"
#include "support/text.hpp"

namespace acr::report {
namespace {}  // namespace

std::string audit_verdict(AuditRecord const& record) {
  auto const count = [&](char const* severity) {
    return static_cast<std::size_t>(std::ranges::count(record.rows, severity, &AuditRow::severity));
  };
  auto const unknown = std::to_string(count("unknown")) + " unknown";
  auto const warnings = counted(count("warning"), "warning");
  if (record.answer == "binding") return "The gate is binding; " + warnings + ".";
  if (record.answer == "unknown") return "It is not known whether the gate is binding: " + unknown + "; " + warnings + ".";
  return "The gate can be forged: " + counted(count("forgeable"), "finding") + "; " + unknown + ", " + warnings + ".";
}

std::string audit_text(AuditRecord const& record) {
  std::string text = audit_verdict(record) + "\n";
  auto const branch = [&](char const* role, std::string const& name, std::string const& commit) {
    text += std::string(role) + ": " + printable(name) + (commit.empty() ? "" : " at " + printable(commit)) + "\n";
  };
  branch("source branch", record.source_branch, record.source_commit);
  branch("release branch", record.release_branch, record.release_commit);
  for (auto const& check : record.checks) text += "check: " + printable(check) + "\n";
  for (auto const& gate : record.gates) text += "gate: " + printable(gate) + "\n";
  for (auto const& [severity, finding] : record.rows) {
    text += "\n" + severity + ": " + std::string(finding.code.text()) + " [" + finding.rule_number + "]\n  " +
            printable(finding.where) + "\n  " + printable(finding.why) + "\n";
    auto const line = [&](char const* name, std::string const& value) {
      if (!value.empty()) text += std::string("  ") + name + ": " + printable(value) + "\n";
    };
    line("expected", finding.expected_value);
    line("found", finding.found_value);
    line("fix", finding.fix_text);
  }
  return text;
}

std::string audit_json(AuditRecord const& record) {
  using boost::json::array;
  using boost::json::object;
  array checks, gates, findings;
  for (auto const& check : record.checks) checks.push_back(json_text(check));
  for (auto const& gate : record.gates) gates.push_back(json_text(gate));
  for (auto const& [severity, finding] : record.rows) {
    auto item = finding_object(finding);
    item["severity"] = severity;
    findings.push_back(std::move(item));
  }
  auto const branch = [](std::string const& name, std::string const& commit) {
    return object{{"branch", json_text(name)}, {"commit", json_text(commit)}};
  };
  return to_ascii_json(object{{"answer", record.answer},
                              {"source", branch(record.source_branch, record.source_commit)},
                              {"release", branch(record.release_branch, record.release_commit)},
                              {"checks", checks},
                              {"gates", gates},
                              {"findings", findings}}) +
         "\n";
}

std::string audit_section(AuditRecord const& record) {
  constexpr std::size_t reserve = 128;  // the closing line
  std::string text = "## Audit: " + audit_verdict(record) + "\n\n" + code_span(record.source_branch) + " at " +
                     code_span(record.source_commit) + ", " + code_span(record.release_branch) + " at " +
                     code_span(record.release_commit) + ".\n\n";
  if (record.rows.empty()) return text;
  text += "| | code | place | what is wrong | expected | found | what to do | rule |\n|---|---|---|---|---|---|---|---|\n";
  std::size_t shown = 0;
  for (auto const& [severity, finding] : record.rows) {
    auto const row = "| " +
                     std::string(severity == "forgeable" ? "❌ "
                                 : severity == "unknown" ? "❔ "
                                                         : "⚠️ ") +
                     severity + " | " + code_span(finding.code.text()) + " | " + code_span(finding.where) + " | " +
                     code_span(finding.why, 1000) + " | " + code_span(finding.expected_value, 500) + " | " +
                     code_span(finding.found_value, 500) + " | " + code_span(finding.fix_text, 500) + " | " +
                     code_span(finding.rule_number) + " |\n";
    if (text.size() + row.size() + reserve > max_audit_bytes) break;
    text += row;
    ++shown;
  }
  if (shown < record.rows.size())
    text += "\n… " + std::to_string(record.rows.size() - shown) + " more; `atomic-chart-release audit` shows all.\n";
  return text + "\n";
}

}  // namespace acr::report
