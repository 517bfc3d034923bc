// `command: audit`, `audit` and `audit: true` with the built program (U-19, U-22 … U-26).
#include "scenario/release_world.hpp"
#include "signing/scenario.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/places.hpp"
#include "support/temporary_directory.hpp"

namespace audit_test {
namespace {

using acr::test::Checkout;
using acr::test::ReleaseWorld;
namespace fs = std::filesystem;
namespace json = boost::json;

std::string const gate = R"(name: Atomic Chart Releases
on: { pull_request: { branches: [release] } }
permissions: {}
jobs:
  atomic-chart-release:
    permissions: { contents: read, attestations: write, id-token: write, pull-requests: write }
    uses: org/atomic-chart-release/.github/workflows/release-charts.yaml@v1
)";

std::string rule(std::string const& type, std::string const& parameters = {}) {
  return R"({"type":")" + type + R"(","ruleset_source_type":"Repository","ruleset_source":"acme/helm-charts","ruleset_id":1)" +
         (parameters.empty() ? "" : R"(,"parameters":{)" + parameters + "}") + "}";
}

std::string const reviews =
    rule("pull_request",
         R"("allowed_merge_methods":["merge"],"dismiss_stale_reviews_on_push":true,"require_code_owner_review":true,
"require_last_push_approval":false,"required_approving_review_count":1,"required_review_thread_resolution":false)");
std::string const check = rule("required_status_checks", R"("strict_required_status_checks_policy":false,
"required_status_checks":[{"context":"atomic-chart-release / release","integration_id":15368}])");

std::string ruleset(int id, std::string const& name, std::string const& target, std::string const& pattern,
                    std::string const& rules, std::string const& more) {
  return R"({"id":)" + std::to_string(id) + R"(,"name":")" + name + R"(","target":")" + target +
         R"(","source_type":"Repository","source":"acme/helm-charts","enforcement":"active","conditions":{"ref_name":{"include":[")" +
         pattern + R"("],"exclude":[]}},"rules":[)" + rules + "]" + more + "}";
}

// A repository whose gate is binding, as an administrator's token sees it.
struct Audited {
  acr::test::TemporaryDirectory directory;
  fs::path const folder = directory.path() / "scenario";
  std::string workflow = gate, owners = ".github/ @acme/security\n",
              rules_of_release = reviews + "," + check + "," + rule("deletion"), rules_of_main = reviews,
              bypass = R"(,"bypass_actors":[],"current_user_can_bypass":"never")", protection = "{}", owner_errors = "[]";

  std::unique_ptr<ReleaseWorld> world(Checkout checkout = Checkout::full,
                                      std::function<void(acr::loopback::StandInSettings&)> const& adjust = {}) {
    acr::signing::write_scenario(
        folder, {.charts = 1,
                 .attestations = 1,
                 .more_files = {{".github/workflows/release.yaml", workflow}, {".github/CODEOWNERS", owners}}});
    acr::write_file(folder / "rules.json", R"({"release":[)" + rules_of_release + R"(],"main":[)" + rules_of_main + "]}");
    auto const update = R"({"type":"update","parameters":{"update_allows_fetch_and_merge":false}})";
    acr::write_file(folder / "rulesets.json",
                    "[" + ruleset(1, "branches", "branch", "~ALL", rule("deletion"), bypass) + "," +
                        ruleset(2, "tags", "tag", "refs/tags/*-v*",
                                R"({"type":"creation"},{"type":"deletion"},)" + std::string(update), bypass) +
                        "]");
    if (!protection.empty()) acr::write_file(folder / "protection.json", protection);
    acr::write_file(folder / "owner-errors.json", owner_errors);
    return std::make_unique<ReleaseWorld>(folder, checkout, adjust);
  }
};

std::map<std::string, std::string> step() { return {{"command", "audit"}, {"GITHUB_EVENT_NAME", "schedule"}}; }

acr::test::ProgramResult on_terminal(ReleaseWorld& world, std::vector<std::string> words) {
  words.insert(words.begin(), "audit");
  return acr::test::run_program(acr::test::built_program(),
                                {{"PATH", world.environment.at("PATH")},
                                 {"GITHUB_API_URL", world.environment.at("GITHUB_API_URL")},
                                 {"GH_TOKEN", "the-secret-token-of-the-test"}},
                                words, world.workspace());
}

TEST_CASE("a binding gate is green, with and without a checkout (U-19, U-22)", "[scenario]") {
  Audited audited;
  auto const world = audited.world(one_of({Checkout::full, Checkout::none}));
  auto const result = world->run(step());
  INFO(result.out);
  CHECK(result.status == 0);
  auto const outputs = world->outputs();
  CHECK(outputs.at("audit") == "binding");
  CHECK(outputs.at("result") == "success");
  CHECK(outputs.at("reason").empty());
  CHECK(outputs.at("chart-count") == "0");
  CHECK(result.out.find("The gate is binding; 0 warnings.") != std::string::npos);
  CHECK(world->summary().starts_with("## Audit: The gate is binding"));
  CHECK(world->github().violations() == std::vector<std::string>{});
}

TEST_CASE("a gate that can be forged is red, and the summary says what to do (U-22)", "[scenario]") {
  Audited audited;
  audited.workflow = gate + "    if: github.actor != 'dependabot[bot]'\n";
  audited.rules_of_release = reviews + "," + rule("deletion");
  auto const world = audited.world();
  auto const result = world->run(step());
  INFO(result.out);
  CHECK(result.status == 1);
  auto const outputs = world->outputs();
  CHECK(outputs.at("audit") == "forgeable");
  CHECK(outputs.at("result") == "failed");
  CHECK(outputs.at("reason") == "job-condition");
  CHECK(result.out.find("::error title=Refused::job-condition: branch main, .github/workflows/release.yaml:8") !=
        std::string::npos);
  CHECK(result.out.find("check-not-required") != std::string::npos);
  CHECK(world->summary().find("| ❌ forgeable | `check-not-required` |") != std::string::npos);
  CHECK(world->github().violations() == std::vector<std::string>{});
}

TEST_CASE("the job's own token sees neither classic protection nor bypass lists (U-24, U-25)", "[scenario]") {
  Audited audited;
  audited.bypass = R"(,"current_user_can_bypass":"never")";
  audited.protection = "";
  auto const complete = audited.world()->run(step());
  INFO(complete.out);
  CHECK(complete.status == 0);  // rulesets require all there is to require
  CHECK(complete.out.find("bypass-unknown") != std::string::npos);

  audited.rules_of_main = rule("deletion");
  auto const world = audited.world();
  auto const result = world->run(step());
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(world->outputs().at("audit") == "unknown");
  CHECK(result.out.find("whether classic branch protection does is unknown: the API answered 403") != std::string::npos);
}

TEST_CASE("classic protection counts, and so do the errors that GitHub finds in CODEOWNERS (U-23, U-26)", "[scenario]") {
  Audited audited;
  audited.rules_of_main = "";
  audited.protection =
      R"({"main":{"enforce_admins":{"url":"https://api.github.com/x","enabled":false},"required_pull_request_reviews":{
        "dismiss_stale_reviews":true,"require_code_owner_reviews":true,"required_approving_review_count":1}}})";
  {
    auto const world = audited.world();
    auto const result = world->run(step());
    INFO(result.out);
    CHECK(result.status == 0);
    CHECK(result.out.find("ruleset classic protection of main") != std::string::npos);  // administrators are exempt
    CHECK(world->github().violations() == std::vector<std::string>{});
  }
  audited.owner_errors = R"([{"line":1,"column":10,"kind":"Unknown owner","message":"x","path":".github/CODEOWNERS"}])";
  auto const world = audited.world();
  auto const result = world->run(step());
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(world->outputs().at("reason") == "no-code-owner");
}

TEST_CASE("rules that cannot be read are not good, and another failure ends the audit (U-18)", "[scenario]") {
  struct Row {
    std::string fault, code;
    int status;
  };
  auto const row = one_of<Row>({
      {"forbidden x* at api GET /repos/acme/helm-charts/rules/branches/release", "rules-unreadable", 1},
      {"not_found x* at api GET /repos/acme/helm-charts/rulesets?", "rules-unreadable", 1},
      {"not_found x* at api GET /repos/acme/helm-charts/git/ref/heads/release", "unknown-commit", 2},
      {"html_200 x* at api GET /repos/acme/helm-charts/rulesets?", "bad-response", 3},
      {"html_200 x* at api GET /repos/acme/helm-charts/rules/branches/release", "bad-response", 3},
  });
  CAPTURE(row.fault);
  Audited audited;
  auto const world = audited.world(Checkout::full, [&](acr::loopback::StandInSettings& settings) {
    settings.faults = {acr::loopback::planned_fault(row.fault)};
  });
  auto const result = world->run(step());
  INFO(result.out);
  CHECK(result.status == row.status);
  CHECK(world->outputs().at("reason") == row.code);
  if (row.status == 1) CHECK(world->outputs().at("audit") == "unknown");
}

TEST_CASE("on a terminal the audit says the same, as text and as JSON (U-22)", "[scenario]") {
  Audited audited;
  auto const world = audited.world();
  auto const text = on_terminal(*world, {"--repository", "acme/helm-charts"});
  INFO(text.out << text.err);
  CHECK(text.status == 0);
  CHECK(text.out.starts_with("The gate is binding; 0 warnings.\n"));
  CHECK(text.out.find("check: atomic-chart-release / release\n") != std::string::npos);

  auto const other =
      on_terminal(*world, {"--repository", "acme/helm-charts", "--check-name", "gate", "--ref", "main", "--json"});
  INFO(other.out << other.err);
  CHECK(other.status == 1);
  auto const value = acr::parse_json(other.out, "audit").value();
  CHECK(value.at("answer").as_string() == "forgeable");
  CHECK(value.at("findings").at(0).at("code").as_string() == "check-name-differs");

  auto const alone = on_terminal(*world, {});
  INFO(alone.out << alone.err);
  CHECK(alone.status == 1);
  CHECK(alone.out.starts_with("It is not known whether the gate is binding: 3 unknown"));
  CHECK(alone.out.find("fix: give --repository\n") != std::string::npos);

  auto const wrong = on_terminal(*world, {"--repository", "acme"});
  CHECK(wrong.status == 2);
  CHECK(wrong.err.find("usage: --repository needs OWNER/REPOSITORY") != std::string::npos);
  auto const nowhere = on_terminal(*world, {"--ref", "nowhere"});
  CHECK(nowhere.status == 2);
  CHECK(nowhere.err.find("unknown-commit") != std::string::npos);
}

TEST_CASE("a run with `audit: true` has the audit in its summary and keeps its own result (U-22)", "[scenario]") {
  Audited audited;
  audited.rules_of_main = "";
  auto const world = audited.world();
  auto const result = world->run({{"audit", "true"}});
  INFO(result.out);
  CHECK(result.status == 0);
  auto const outputs = world->outputs();
  CHECK(outputs.at("result") == "success");
  CHECK(outputs.at("audit") == "forgeable");
  CHECK(world->summary().starts_with("## Atomic chart release: 1 chart"));
  CHECK(world->summary().find("\n## Audit: The gate can be forged: 1 finding") != std::string::npos);
  CHECK(result.out.find("::warning::pull-request-not-required: branch main") != std::string::npos);

  auto const plain = world->run();
  CHECK(plain.status == 0);
  CHECK(world->summary().find("## Audit") == std::string::npos);
  CHECK_FALSE(world->outputs().contains("audit"));

  Audited broken;
  auto const server = broken.world(Checkout::full, [&](acr::loopback::StandInSettings& settings) {
    settings.faults = {acr::loopback::planned_fault("html_200 x* at api GET /repos/acme/helm-charts/rulesets?")};
  });
  auto const without = server->run({{"audit", "true"}});
  INFO(without.out);
  CHECK(without.status == 0);
  CHECK(without.out.find("the audit could not be made: bad-response") != std::string::npos);
}

}  // namespace
}  // namespace audit_test
