// The workflows that users call (B-12, B-13) against the table of inputs, and against what a called workflow must not do.
#include <yaml-cpp/yaml.h>

#include <set>
#include <string>
#include <vector>

#include "event/action_interface.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace called_workflows_test {
namespace {

using namespace acr::event;

std::string const image = "docker://ghcr.io/org/atomic-chart-release@sha256:" + std::string(64, '0');

YAML::Node workflow(std::string const& name) {
  return YAML::LoadFile((acr::test::source_folder() / ".github/workflows" / (name + ".yaml")).string());
}

std::vector<YAML::Node> steps_of(YAML::Node const& document) {
  std::vector<YAML::Node> steps;
  for (auto const& job : document["jobs"])
    for (auto const& step : job.second["steps"]) steps.push_back(step);
  return steps;
}

std::vector<YAML::Node> own_steps(YAML::Node const& document) {
  std::vector<YAML::Node> own;
  for (auto const& step : steps_of(document))
    if (step["uses"] && step["uses"].as<std::string>().starts_with("docker://")) own.push_back(step);
  return own;
}

bool is_for(InputRow const& row, std::string const& command) {
  if (row.commands == "all") return true;
  for (auto const one : acr::split(row.commands, ','))
    if (acr::trimmed(one) == command) return true;
  return false;
}

TEST_CASE("steps of called workflows give this action inputs that its command has, and the token", "[event]") {
  auto const name = one_of<std::string>({"release-charts", "check-charts", "tag-charts", "publish-charts"});
  CAPTURE(name);
  auto const steps = own_steps(workflow(name));
  REQUIRE_FALSE(steps.empty());
  for (auto const& step : steps) {
    CHECK(step["uses"].as<std::string>() == image);  // scripts/release puts the image in; nobody runs an unreleased one
    auto const command = step["with"]["command"].as<std::string>();
    CHECK(step["with"]["token"]);  // without action.yml nothing has a default
    for (auto const& given : step["with"]) {
      auto const key = given.first.as<std::string>();
      CAPTURE(command, key);
      auto const* row = input_row(key);
      REQUIRE(row != nullptr);
      CHECK(is_for(*row, command));
    }
  }
}

TEST_CASE("inputs of called workflows are named and preset as the action's", "[event]") {
  auto const name = one_of<std::string>({"release-charts", "check-charts", "tag-charts", "publish-charts"});
  std::set<std::string> const own{"attest-each", "runs-on", "environment", "registry", "registry-realm", "workflow"};
  for (auto const& input : workflow(name)["on"]["workflow_call"]["inputs"]) {
    auto const key = input.first.as<std::string>();
    CAPTURE(name, key);
    auto const* row = input_row(key);
    CHECK((row != nullptr) != own.contains(key));
    if (row != nullptr && input.second["default"]) CHECK(input.second["default"].as<std::string>() == row->default_value);
  }
}

TEST_CASE("no text of a caller or of the repository gets into a script, and every action is pinned", "[event]") {
  auto const name = one_of<std::string>({"release-charts", "check-charts", "tag-charts", "publish-charts"});
  CAPTURE(name);
  auto const document = workflow(name);
  CHECK(document["permissions"].size() == 0);
  for (auto const& step : steps_of(document)) {
    if (step["run"]) CHECK(step["run"].as<std::string>().find("${{") == std::string::npos);
    if (!step["uses"]) continue;
    // Artifacts can be replaced by any job of the caller's run: none is unpacked over the checkout.
    if (step["uses"].as<std::string>().starts_with("actions/download-artifact@")) CHECK(step["with"]["path"]);
    auto const uses = step["uses"].as<std::string>();
    CAPTURE(uses);
    auto const at = uses.rfind('@');
    REQUIRE(at != std::string::npos);
    CHECK((uses == image || uses.substr(at + 1).find_first_not_of("0123456789abcdef") == std::string::npos));
    CHECK(uses.size() - at > 40);
    CHECK(uses.find("cache") == std::string::npos);
  }
}

TEST_CASE(
    "the release workflow hands on every input of run that a caller has, and publish proves under all of them (B-12, B-16)",
    "[event]") {
  struct Row {
    std::string name, command;
    std::set<std::string> left_out;
  };
  auto const row = one_of<Row>({
      // Files of the checkout are the pull request's; how fast and where are this file's own affair.
      {"release-charts",
       "run",
       {"object-source", "oidc-issuer", "trusted-root", "output-dir", "manifest-path", "clean", "max-parallel",
        "declare-artifacts", "summary", "timeout", "api-version"}},
      {"publish-charts",
       "verify-package",
       {"charts-outside", "max-charts", "object-source", "oidc-issuer", "trusted-root", "trusted-root-refresh", "max-parallel",
        "summary", "timeout", "api-version"}},
  });
  CAPTURE(row.name);
  for (auto const& step : own_steps(workflow(row.name))) {
    if (step["with"]["command"].as<std::string>() != row.command) continue;
    for (auto const& input : input_table()) {
      std::string const key(input.name);
      CAPTURE(key);
      if (is_for(input, row.command)) CHECK(static_cast<bool>(step["with"][key]) != row.left_out.contains(key));
    }
  }
}

TEST_CASE("publish looks before and after the push, which is that of a new Helm in UTC (O-9, O-21, O-22)", "[event]") {
  std::vector<std::string> done;
  for (auto const& step : steps_of(workflow("publish-charts"))) {
    if (step["with"] && step["with"]["oci-check"]) done.push_back(step["with"]["oci-check"].as<std::string>());
    auto const script = step["run"] ? step["run"].as<std::string>() : std::string();
    auto const push = script.find("helm push");
    if (push == std::string::npos) continue;
    CHECK(script.substr(push - 7, 7) == "TZ=UTC ");
    CHECK(script.find("helm version --short") < push);
    CHECK(script.find("helm push", push + 1) == std::string::npos);
    done.emplace_back("push");
  }
  CHECK(done == std::vector<std::string>{"free", "push", "pushed"});
}

TEST_CASE("bundles of a release count only when the called workflow signed them (B-15)", "[event]") {
  for (auto const& step : own_steps(workflow("release-charts"))) {
    if (step["with"]["command"].as<std::string>() != "finalize") continue;
    CHECK(step["with"]["signer-workflows"].as<std::string>() == "${{ fromJSON(toJSON(job)).workflow_ref }}");
  }
}

TEST_CASE("the release workflow attests OCI digests in one step, and both ways of attesting record its id (O-19)", "[event]") {
  auto const document = workflow("release-charts");
  std::size_t attested = 0, recorded = 0;
  for (auto const& step : steps_of(document)) {
    auto const with = step["with"];
    if (!with) continue;
    if (with["subject-checksums"] &&
        with["subject-checksums"].as<std::string>() == "${{ steps.acr.outputs.oci-subjects-path }}") {
      ++attested;
      CHECK(step["if"].as<std::string>().find("oci-subjects-path != ''") != std::string::npos);
      CHECK_FALSE(with["push-to-registry"]);
    }
    if (with["oci-attestation-id"]) {
      ++recorded;
      CHECK(with["bundle-paths"].as<std::string>().find("oci") != std::string::npos);
    }
  }
  CHECK(attested == 1);
  CHECK(recorded == 2);
}

}  // namespace
}  // namespace called_workflows_test
