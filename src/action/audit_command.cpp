// `command: audit`: src/action/audit_command.cpp (U-22)

#include "action/commands.hpp"
#include "release/audit_facts.hpp"
#include "report/audit_report.hpp"

namespace acr::action {

CommandResult audit_command(Step const& step, Trigger const&, RunClock& clock) {
  auto const& inputs = step.inputs;
  release::Services services(service_settings(step, release::repository_of_runner(step.environment)), clock);
  log_notices(step, services);

  auto const record =
      release::audit_repository(release::audit_settings(inputs, release::branch_on_server(services.api(), inputs.source_branch),
                                                        release::branch_on_server(services.api(), inputs.release_branch)),
                                services.objects(), &services.api());
  step.log.line(report::audit_verdict(record));
  log_requests(step, services);

  CommandResult result{.status = release::audit_status(record), .outputs = {}, .summary = report::audit_section(record)};
  bool const binding = result.status == ExitStatus::done;
  for (auto const& row : record.rows)
    result.findings.push_back(
        {.what = row.finding, .kind = row.severity == "warning" ? LoggedFinding::Kind::warning : LoggedFinding::Kind::refusal});
  result.outputs.set("result", report::to_text(binding ? report::Result::success : report::Result::failed));
  result.outputs.set("reason", binding ? Code() : record.rows.front().finding.code);
  result.outputs.set("chart-count", std::uint64_t{0});
  result.outputs.set("audit", record.answer);
  return result;
}

}  // namespace acr::action
