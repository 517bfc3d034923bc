#include "report/audit_report.hpp"

#include "report/limits.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"

namespace audit_report_test {
namespace {

using namespace acr::report;
using acr::reject;

AuditRecord record() {
  AuditRecord record;
  record.answer = "forgeable";
  record.source_branch = "main";
  record.source_commit = std::string(40, 'a');
  record.release_branch = "release";
  record.release_commit = std::string(40, 'b');
  record.checks = {"gate / release"};
  record.gates = {".github/workflows/gate.yaml"};
  record.rows = {
      {"forgeable",
       reject("job-condition", "branch main, x.yaml:3", "the job has an `if`").rule("U-2").found("if: a | b").fix("remove it")},
      {"unknown", reject("rules-unreadable", "branch main", "403").rule("U-18")},
      {"warning", reject("own-steps", "branch main", "line\nbreak ::error::").rule("U-9")}};
  return record;
}

TEST_CASE("the verdict counts what was found (U-22)", "[report]") {
  auto one = record();
  CHECK(audit_verdict(one) == "The gate can be forged: 1 finding; 1 unknown, 1 warning.");
  one.answer = "unknown";
  CHECK(audit_verdict(one) == "It is not known whether the gate is binding: 1 unknown; 1 warning.");
  one.answer = "binding";
  one.rows.clear();
  CHECK(audit_verdict(one) == "The gate is binding; 0 warnings.");
}

TEST_CASE("the text for a terminal has each finding with its fix, foreign text escaped", "[report]") {
  auto const text = audit_text(record());
  INFO(text);
  CHECK(text.starts_with("The gate can be forged: 1 finding"));
  CHECK(text.find("source branch: main at " + std::string(40, 'a')) != std::string::npos);
  CHECK(text.find("check: gate / release\n") != std::string::npos);
  CHECK(text.find("gate: .github/workflows/gate.yaml\n") != std::string::npos);
  CHECK(
      text.find(
          "\nforgeable: job-condition [U-2]\n  branch main, x.yaml:3\n  the job has an `if`\n  found: if: a | b\n  fix: remove it\n") !=
      std::string::npos);
  CHECK(text.find("line\\u{a}break") != std::string::npos);
}

TEST_CASE("the JSON form is one ASCII line with every member", "[report]") {
  auto odd = record();
  odd.gates = {"\xff", "ü"};
  auto const text = audit_json(odd);
  CHECK(text.find('\n') == text.size() - 1);
  auto const value = acr::parse_json(text.substr(0, text.size() - 1), "audit").value();
  CHECK(value.at("answer").as_string() == "forgeable");
  CHECK(value.at("source").at("branch").as_string() == "main");
  CHECK(value.at("release").at("commit").as_string() == std::string(40, 'b'));
  CHECK(value.at("checks").at(0).as_string() == "gate / release");
  CHECK(value.at("gates").as_array().size() == 2);
  auto const& finding = value.at("findings").at(0);
  CHECK(finding.at("severity").as_string() == "forgeable");
  CHECK(finding.at("code").as_string() == "job-condition");
  CHECK(finding.at("fix").as_string() == "remove it");
  CHECK(finding.as_object().size() == 8);
}

TEST_CASE("the section of the summary is a table that stays below its limit", "[report]") {
  auto const text = audit_section(record());
  INFO(text);
  CHECK(text.starts_with("## Audit: The gate can be forged"));
  CHECK(text.find("| ❌ forgeable | `job-condition` |") != std::string::npos);
  CHECK(text.find("| ❔ unknown |") != std::string::npos);
  CHECK(text.find("| ⚠️ warning |") != std::string::npos);
  CHECK(text.find("if: a | b") == std::string::npos);  // a bar would end the cell
  auto many = record();
  many.rows.assign(1000, {"warning", reject("own-steps", std::string(200, 'x'), std::string(900, 'y')).rule("U-9")});
  auto const cut = audit_section(many);
  CHECK(cut.size() <= max_audit_bytes);
  CHECK(cut.find("more; `atomic-chart-release audit` shows all.") != std::string::npos);
  auto clean = record();
  clean.rows.clear();
  CHECK(audit_section(clean).find("|---|") == std::string::npos);
}

}  // namespace
}  // namespace audit_report_test
