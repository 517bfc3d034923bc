// Workflow files from hostile bytes (U-20): what is read stays within bounds, and is read alike twice; then the whole audit
// over it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "audit/audit.hpp"
#include "audit/gate_files.hpp"
#include "audit/limits.hpp"
#include "audit/workflow_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::audit;
  std::string const text(reinterpret_cast<char const*>(data), size);
  auto const workflow = read_workflow(text, "w.yaml");
  if (!workflow) {
    if (workflow.error().code != "workflow-unreadable" || !workflow.error().where.starts_with("w.yaml")) std::abort();
    return 0;
  }
  if (workflow->jobs.size() > limits::yaml_visits) std::abort();
  for (auto const& job : workflow->jobs) {
    if (job.steps.size() > limits::yaml_visits) std::abort();
    if (job.uses) (void)parse_uses(job.uses->text).is_pinned();
  }
  Question question;
  question.source_branch = question.source.branch = question.source_rules.branch = "main";
  question.release_branch = question.release.branch = question.release_rules.branch = "release";
  question.tag_format = "{name}-v{version}";
  question.action_repository = "org/atomic-chart-release";
  question.source.workflows = {{".github/workflows/w.yaml", text}};
  auto const report = audit(question);
  if (report.answer() != Answer::forgeable) std::abort();  // there are no rules
  return 0;
}
