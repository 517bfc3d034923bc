#pragma once

// The audit as text: src/report/audit_report.hpp (U-22)

#include <string>
#include <vector>

#include "report/release_record.hpp"

namespace acr::report {

struct AuditRow {
  std::string severity;  ///< "forgeable", "unknown" or "warning"
  Finding finding;
};

struct AuditRecord {
  std::string answer;  ///< "binding", "unknown" or "forgeable"
  std::string source_branch, source_commit, release_branch, release_commit;
  std::vector<std::string> checks;  ///< names that the gate's check has
  std::vector<std::string> gates;   ///< files that hold the gate
  std::vector<AuditRow> rows;
};

/// "The gate can be forged: 2 findings; 1 unknown, 3 warnings."
std::string audit_verdict(AuditRecord const& record);
/// For a terminal: the verdict, then a paragraph a finding, what to do as its last line. Foreign text is escaped.
std::string audit_text(AuditRecord const& record);
/// One line of ASCII JSON and a line end: docs/audit.md has the members.
std::string audit_json(AuditRecord const& record);
/// A section of the job summary, at most max_audit_bytes.
std::string audit_section(AuditRecord const& record);

}  // namespace acr::report
