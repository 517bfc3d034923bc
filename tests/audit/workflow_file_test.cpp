#include "audit/workflow_file.hpp"

#include "audit/limits.hpp"
#include "support/catch2.hpp"

namespace workflow_file_test {
namespace {

using namespace acr::audit;

Workflow workflow_of(std::string const& text) {
  auto workflow = read_workflow(text, ".github/workflows/w.yaml");
  INFO(text);
  if (!workflow) FAIL(workflow.error().sentence());
  return std::move(*workflow);
}

TEST_CASE("a workflow's triggers, permissions, jobs and steps are read", "[audit]") {
  auto const workflow = workflow_of(R"(
name: Gate
on:
  pull_request: { branches: [release, "v*"], paths: ["charts/**"], types: [opened] }
  push:
    branches-ignore: dev
  schedule:
    - cron: "0 0 * * *"
  workflow_dispatch:
permissions: read-all
jobs:
  gate:
    name: The gate
    if: ${{ always() }}
    needs: [a, b]
    continue-on-error: false
    strategy: { matrix: { x: [1] } }
    permissions: { contents: read, id-token: write }
    steps:
      - uses: org/atomic-chart-release@v1
        if: always()
        continue-on-error: ${{ true }}
        with: { Command: run, charts-dir: charts }
      - run: echo
  called:
    uses: o/r/.github/workflows/x.yaml@v1
    needs: gate
    with: { list: "a" }
)");
  REQUIRE(workflow.triggers.size() == 4);
  auto const& pull = *workflow.trigger("pull_request");
  CHECK(pull.branches == std::vector<std::string>{"release", "v*"});
  CHECK_FALSE(pull.branches_ignore);
  CHECK(pull.types == std::vector<std::string>{"opened"});
  CHECK(pull.filters_paths);
  CHECK(pull.line == 4);
  CHECK(workflow.trigger("push")->branches_ignore == std::vector<std::string>{"dev"});
  CHECK_FALSE(workflow.trigger("push")->filters_paths);
  CHECK(workflow.trigger("merge_group") == nullptr);
  CHECK(workflow.permissions->of("contents") == "read");
  CHECK(workflow.permissions->of("id-token") == "none");
  REQUIRE(workflow.jobs.size() == 2);
  auto const& gate = workflow.jobs[0];
  CHECK(gate.id == "gate");
  CHECK(gate.name->text == "The gate");
  CHECK(gate.condition->text == "${{ always() }}");
  CHECK(gate.needs == std::vector<std::string>{"a", "b"});
  CHECK(gate.continue_on_error->is_false);
  CHECK(gate.has_matrix);
  CHECK(gate.permissions->of("id-token") == "write");
  CHECK(gate.permissions->of("packages") == "none");
  REQUIRE(gate.steps.size() == 2);
  CHECK(gate.steps[0].input("command") == "run");
  CHECK(gate.steps[0].input("charts-dir") == "charts");
  CHECK(gate.steps[0].input("token").empty());
  CHECK_FALSE(gate.steps[0].continue_on_error->is_false);
  CHECK(gate.steps[0].condition->line == 21);
  CHECK_FALSE(gate.steps[1].uses);
  CHECK(workflow.jobs[1].uses->text == "o/r/.github/workflows/x.yaml@v1");
  CHECK(workflow.jobs[1].needs == std::vector<std::string>{"gate"});
  CHECK_FALSE(workflow.jobs[1].has_matrix);
}

TEST_CASE("the short forms of `on` and `permissions`", "[audit]") {
  CHECK(workflow_of("on: push\njobs: {}\n").triggers.front().event == "push");
  auto const list = workflow_of("on: [push, pull_request]\npermissions: write-all\njobs: {}\n");
  CHECK(list.trigger("pull_request") != nullptr);
  CHECK(list.permissions->of("anything") == "write");
  CHECK(workflow_of("on: push\npermissions: {}\njobs: {}\n").permissions->names.empty());
  CHECK_FALSE(workflow_of("on: push\njobs: {}\n").permissions);
  CHECK(workflow_of("on: push\njobs: {a: {strategy: '${{ fromJSON(x) }}', steps: []}}\n").jobs[0].has_matrix);
}

TEST_CASE("values of a wrong kind are refused, as GitHub refuses them (U-20)", "[audit]") {
  struct Row {
    char const* text;
    char const* why;
  };
  auto const row = one_of<Row>({
      {"- a\n", "the workflow is not a map"},
      {"jobs: {}\n", "the workflow has no `on`"},
      {"on: push\n", "the workflow has no `jobs`"},
      {"on: push\njobs: []\n", "`jobs` is not a map"},
      {"on: {push: [main]}\njobs: {}\n", "`push` is not a map"},
      {"on: {push: {branches: {a: b}}}\njobs: {}\n", "`branches` is not a list"},
      {"on: {push: {branches: [[a]]}}\njobs: {}\n", "an item of `branches` is not a text"},
      {"on: push\npermissions: all\njobs: {}\n", "`permissions` is neither read-all nor write-all nor a map"},
      {"on: push\npermissions: [contents]\njobs: {}\n", "`permissions` is not a map"},
      {"on: push\npermissions: {contents: yes}\njobs: {}\n", "the permission contents is not read, write or none"},
      {"on: push\npermissions: {contents: [read]}\njobs: {}\n", "a permission is not a text"},
      {"on: push\njobs: {a: []}\n", "the job a is not a map"},
      {"on: push\njobs: {a: {if: []}}\n", "a job's `if` is not a text"},
      {"on: push\njobs: {a: {steps: x}}\n", "`steps` is not a list"},
      {"on: push\njobs: {a: {steps: [x]}}\n", "a step is not a map"},
      {"on: push\njobs: {a: {steps: [{uses: []}]}}\n", "a step's `uses` is not a text"},
      {"on: push\njobs: {a: {steps: [{with: x}]}}\n", "`with` is not a map"},
      {"on: push\njobs: {a: {continue-on-error: {}}}\n", "`continue-on-error` is not a text"},
  });
  CAPTURE(row.text);
  auto const workflow = read_workflow(row.text, "w.yaml");
  REQUIRE(workflow.has_error());
  CHECK(workflow.error().code == "workflow-unreadable");
  CHECK(workflow.error().why == row.why);
}

TEST_CASE("aliases that expand without end are refused", "[audit]") {
  std::string text = "on: push\nx: &steps [";
  for (int i = 0; i < 1000; ++i) text += "{run: a},";
  text += "]\njobs:\n";
  for (int i = 0; i < 400; ++i) text += "  j" + std::to_string(i) + ": {steps: *steps}\n";
  auto const workflow = read_workflow(text, "w.yaml");
  REQUIRE(workflow.has_error());
  CHECK(workflow.error().why == "the file expands to too many values");
}

}  // namespace
}  // namespace workflow_file_test
