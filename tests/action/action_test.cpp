// run_action() up to the first question to the network: everything that ends a step before, and what guarded() makes of what is
// thrown.
#include "action/action.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <sstream>

#include "loopback/server.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/temporary_directory.hpp"
#include "support/thrown.hpp"

namespace action_test {
namespace {

using namespace acr;
namespace fs = std::filesystem;
namespace json = boost::json;

// A step in memory; only the command files, the event and the workspace are on the disk.
struct Step {
  test::TemporaryDirectory directory;
  std::map<std::string, std::string> variables;
  std::ostringstream log;
  bool clock_started = false;
  std::function<void()> at_start = [] {};
  RunClock clock;

  Step() {
    fs::create_directories(path("workspace"));
    fs::create_directories(path("temp"));
    auto const file = [&](char const* name) { return path(name).string(); };
    variables = {{"GITHUB_ACTIONS", "true"},
                 {"GITHUB_EVENT_NAME", "pull_request"},
                 {"GITHUB_EVENT_PATH", file("event.json")},
                 {"GITHUB_REPOSITORY", "o/r"},
                 {"GITHUB_REPOSITORY_ID", "7"},
                 {"GITHUB_REPOSITORY_OWNER_ID", "8"},
                 {"GITHUB_API_URL", "http://127.0.0.1:9"},
                 {"GITHUB_SERVER_URL", "https://github.com"},
                 {"GITHUB_JOB", "gate"},
                 {"GITHUB_SHA", std::string(40, 'c')},
                 {"GITHUB_WORKSPACE", file("workspace")},
                 {"RUNNER_TEMP", file("temp")},
                 {"GITHUB_OUTPUT", file("output")},
                 {"GITHUB_STEP_SUMMARY", file("summary")},
                 {"INPUT_TOKEN", "the-secret-token"}};
    write_event("open", "main", 7);
  }

  [[nodiscard]] fs::path path(std::string const& name) const { return directory.path() / name; }

  void push(std::string const& ref, std::int64_t id) {
    variables["GITHUB_EVENT_NAME"] = "push";
    json::object const event{{"ref", ref},
                             {"before", std::string(40, 'b')},
                             {"after", std::string(40, 'c')},
                             {"repository", json::object{{"id", id}, {"full_name", "o/r"}}}};
    write_file(path("event.json"), json::serialize(event));
  }
  void write_event(std::string const& state, std::string const& head, std::int64_t id) const {
    json::object const repository{
        {"id", id}, {"full_name", "o/r"}, {"owner", json::object{{"login", "o"}, {"type", "Organization"}}}};
    json::object const event{
        {"action", "opened"},
        {"number", 5},
        {"repository", repository},
        {"pull_request",
         json::object{{"number", 5},
                      {"state", state},
                      {"head", json::object{{"ref", head}, {"sha", std::string(40, 'a')}, {"repo", repository}}},
                      {"base", json::object{{"ref", "release"}, {"sha", std::string(40, 'b')}, {"repo", repository}}}}}};
    write_file(path("event.json"), json::serialize(event));
  }

  ExitStatus run() {
    std::vector<std::string> names;
    for (auto const& [name, value] : variables) names.push_back(name);
    return action::run_action({.environment = [&](std::string const& name) -> std::optional<std::string> {
                                 auto const found = variables.find(name);
                                 return found == variables.end() ? std::nullopt : std::optional(found->second);
                               },
                               .log = log,
                               .start_clock = [&](std::chrono::seconds) -> RunClock& {
                                 clock_started = true;
                                 at_start();
                                 return clock;
                               },
                               .variable_names = names});
  }

  // "name<<delimiter LF value LF delimiter LF"
  [[nodiscard]] std::string output(std::string const& name) const {
    std::istringstream stream(read_file(path("output"), 1 << 20));
    std::string found = "(not set)";
    for (std::string line; std::getline(stream, line);)
      if (line.rfind(name + "<<", 0) == 0) {
        auto const delimiter = line.substr(name.size() + 2);
        found.clear();
        for (std::string part; std::getline(stream, part) && part != delimiter;) found += part;
      }
    return found;
  }

  [[nodiscard]] bool says(std::string const& text) const { return log.str().find(text) != std::string::npos; }

  // A-20, A-45: result, reason and chart-count are always set, and the refusal is an error line with its code.
  void check_refused(ExitStatus status, ExitStatus expected, std::string const& code) const {
    INFO(log.str());
    CHECK(status == expected);
    CHECK(output("result") == "failed");
    CHECK(output("reason") == code);
    CHECK(output("chart-count") == "0");
    CHECK(log.str().find("::error") != std::string::npos);
    CHECK(log.str().find(code + ": ") != std::string::npos);
  }
};

TEST_CASE("a step that nothing speaks against starts its clock", "[action]") {
  for (auto const* command : {"run", "finalize", "verify-package", "annotate"}) {
    CAPTURE(command);
    Step step;
    step.variables["INPUT_COMMAND"] = command;
    if (std::string(command) == "annotate") {
      step.variables["INPUT_CHART"] = "web";
      step.variables["INPUT_LINEAGE"] = "lint: 1 sha256:" + std::string(64, 'a');
    }
    if (std::string(command) == "verify-package") step.push("refs/heads/release", 7);
    step.at_start = [] { throw Cancelled(ExitStatus::interrupted); };
    CHECK_THROWS_AS(step.run(), Cancelled);
    CHECK(step.clock_started);
  }
}

TEST_CASE("verify-package runs on a push to the release branch alone (B-16)", "[action]") {
  Step step;
  step.variables["INPUT_COMMAND"] = "verify-package";
  step.check_refused(step.run(), ExitStatus::refused, "unsupported-event");
  step.push("refs/heads/main", 7);
  step.check_refused(step.run(), ExitStatus::refused, "wrong-branch");
  step.push("refs/heads/release", 9);
  step.check_refused(step.run(), ExitStatus::refused, "repository-mismatch");
  CHECK_FALSE(step.clock_started);
}

TEST_CASE("masks are the first lines of the log (A-37)", "[action]") {
  Step step;
  step.variables["INPUT_REGISTRY-CREDENTIALS"] = "registry.example=user:a-long-password\nnonsense=user:other-password";
  step.run();
  auto const log = step.log.str();
  CHECK(log.rfind("::add-mask::the-secret-token\n::add-mask::", 0) == 0);
  std::size_t masks = 0;
  for (auto at = log.find("::add-mask::"); at != std::string::npos; at = log.find("::add-mask::", at + 1)) masks = at;
  for (auto const* secret : {"a-long-password", "other-password"}) CHECK(log.find(secret) != std::string::npos);
  auto const rest = log.substr(log.find('\n', masks));
  for (auto const* secret : {"the-secret-token", "a-long-password", "other-password"})
    CHECK(rest.find(secret) == std::string::npos);
}

TEST_CASE("a token comes by input only: the variables of a terminal do not count (A-8)", "[action]") {
  Step step;
  step.variables.erase("INPUT_TOKEN");
  for (auto const* name : {"GITHUB_TOKEN", "GH_TOKEN"}) step.variables[name] = "another-secret-token";
  step.check_refused(step.run(), ExitStatus::bad_input, "bad-input");
  CHECK(step.says("input token: the token is missing"));
  CHECK_FALSE(step.clock_started);
}

TEST_CASE("mistakes of inputs and environment end the step with 2, before the event is read and the clock started",
          "[action]") {
  struct Row {
    char const *variable, *value, *code, *place;
  };
  auto const row = one_of<Row>({
      {"INPUT_SIGNER-WORKFLOW", "o/r/.github/workflows/a.yml@refs/heads/main", "unknown-input", "input signer-workflow: "},
      {"INPUT_DIFF-MODE", "all", "bad-input", "input diff-mode: "},
      {"INPUT_TAG-WAIT", "360", "bad-input", "input tag-wait: "},
      {"INPUT_SIGNER-WORKFLOWS", "\nvalidate.yaml", "bad-input", "input signer-workflows, line 2: "},
      {"INPUT_PREDICATE-TYPES", "https://x.example/a\n\na, b", "bad-input", "input predicate-types, line 3: "},
      {"INPUT_LINEAGE-SUBJECTS", "lint", "lineage-subjects", "input lineage-subjects, line 1: "},
      {"INPUT_DEPENDENCY-HOSTS", "a b", "bad-input", "input dependency-hosts: "},
      {"GITHUB_REPOSITORY", "", "bad-environment", "GITHUB_REPOSITORY: "},
      {"SOURCE_DATE_EPOCH", "yesterday", "source-date-epoch", "SOURCE_DATE_EPOCH"},
  });
  CAPTURE(row.variable, row.value);
  Step step;
  step.variables[row.variable] = row.value;
  fs::remove(step.path("event.json"));
  step.check_refused(step.run(), ExitStatus::bad_input, row.code);
  CHECK(step.says(row.place));
  CHECK_FALSE(step.clock_started);
  auto const summary = read_file(step.path("summary"), 10'000);
  CHECK(summary.starts_with("## Atomic chart release: refused\n\nDo what each ❌ says, then re-run this job.\n\n- ❌ "));
  CHECK(summary.find("\n\nReason: `" + std::string(row.code) + "`.\n") != std::string::npos);
  CHECK(summary.find("### Refused") != std::string::npos);
}

TEST_CASE("all mistakes are reported together, one per bad line (A-42, B-10)", "[action]") {
  Step step;
  step.variables["INPUT_NAME"] = "x";
  step.variables["INPUT_DIFF-MODE"] = "all";
  step.variables["INPUT_SIGNER-WORKFLOWS"] =
      "a.yml\no/r/.github/workflows/a.yml@refs/heads/main\no/r/.github/workflows/a.yml@v1\n";
  step.variables["INPUT_PREDICATE-TYPES"] = "slsa.dev";
  step.check_refused(step.run(), ExitStatus::bad_input, "unknown-input");
  for (auto const* place : {"input name: ", "input diff-mode: ", "input signer-workflows, line 1: ",
                            "input signer-workflows, line 3: ", "input predicate-types, line 1: "}) {
    CAPTURE(place);
    CHECK(step.says(place));
  }
  CHECK_FALSE(step.says("input signer-workflows, line 2: "));
}

TEST_CASE("a path that the disk shows to be wrong is a mistake of the inputs", "[action]") {
  Step step;
  write_file(step.path("workspace") / "file", "x");
  step.variables["INPUT_OUTPUT-DIR"] = "file";
  step.check_refused(step.run(), ExitStatus::bad_input, "bad-input");
  CHECK_FALSE(step.clock_started);
}

TEST_CASE("a warning of the inputs does not end the step", "[action]") {
  Step step;
  step.variables["INPUT_RETENTION-DAYS"] = "400";
  step.at_start = [] { throw Unreachable("unreachable", "gone"); };
  step.check_refused(step.run(), ExitStatus::unreachable, "unreachable");
  CHECK(step.says("retention-clamped"));
}

TEST_CASE("the gate's refusals end the step with 1, a closed pull request with 0", "[action]") {
  Step step;
  SECTION("another branch") {
    step.write_event("open", "feature", 7);
    step.check_refused(step.run(), ExitStatus::refused, "wrong-head");
  }
  SECTION("another event") {
    step.variables["GITHUB_EVENT_NAME"] = "push";
    step.check_refused(step.run(), ExitStatus::refused, "unsupported-event");
  }
  SECTION("no event file") {
    fs::remove(step.path("event.json"));
    step.check_refused(step.run(), ExitStatus::refused, "bad-payload");
  }
  SECTION("the runner's id is another repository's (A-50)") {
    step.variables["GITHUB_REPOSITORY_ID"] = "9";
    step.check_refused(step.run(), ExitStatus::refused, "repository-mismatch");
    CHECK(step.says("GITHUB_REPOSITORY_ID is not the repository of the event"));
  }
  SECTION("a runner that does not tell the id: the event does") {
    step.variables.erase("GITHUB_REPOSITORY_ID");
    step.write_event("open", "feature", 7);
    step.check_refused(step.run(), ExitStatus::refused, "wrong-head");
    CHECK(step.says("GITHUB_REPOSITORY_ID is not set: the repository's id is the event's, 7"));
  }
  SECTION("an event of another repository does not") {
    step.variables.erase("GITHUB_REPOSITORY_ID");
    step.variables["GITHUB_REPOSITORY"] = "o/other";
    step.check_refused(step.run(), ExitStatus::bad_input, "bad-environment");
  }
  SECTION("finalize passes the same gate") {
    step.variables["INPUT_COMMAND"] = "finalize";
    step.write_event("open", "feature", 7);
    step.check_refused(step.run(), ExitStatus::refused, "wrong-head");
  }
  SECTION("closed") {
    step.write_event("closed", "feature", 7);
    CHECK(step.run() == ExitStatus::done);
    CHECK(step.output("result") == "skipped");
    CHECK(step.output("reason") == "pr-closed");
    CHECK(step.output("chart-count") == "0");
  }
  CHECK_FALSE(step.clock_started);
}

TEST_CASE("what a command throws ends the step with its status, and our own mistakes and a cancelled run pass", "[action]") {
  Step step;
  SECTION("with a status of its own") {
    step.at_start = [] { throw RunError(ExitStatus::refused, "no-space", "the disk is full"); };
    step.check_refused(step.run(), ExitStatus::refused, "no-space");
  }
  SECTION("unreachable") {
    step.at_start = [] { throw Unreachable("timeout", "the time is over"); };
    step.check_refused(step.run(), ExitStatus::unreachable, "timeout");
  }
  SECTION("the operating system's") {
    step.at_start = [] { throw std::runtime_error("cannot read it"); };
    step.check_refused(step.run(), ExitStatus::bad_input, "environment");
  }
  SECTION("our own mistake") {
    step.at_start = [] { throw std::logic_error("we were wrong"); };
    CHECK_THROWS_AS(step.run(), std::logic_error);
  }
  SECTION("cancelled") {
    step.at_start = [] { throw Cancelled(ExitStatus::terminated); };
    CHECK_THROWS_AS(step.run(), Cancelled);
  }
}

TEST_CASE("stages without a pull request need the runner's word on the repository", "[action]") {
  Step step;
  auto const command = one_of<std::string>({"verify-package", "annotate"});
  step.variables["INPUT_COMMAND"] = command;
  step.variables["INPUT_CHART"] = "web";
  step.variables["INPUT_LINEAGE"] = "lint: 1 sha256:" + std::string(64, 'a');
  step.variables["GITHUB_REPOSITORY_ID"] = "0";
  step.push("refs/heads/release", 0);
  step.check_refused(step.run(), ExitStatus::bad_input, "bad-input");
  CHECK(step.says("do not name a repository"));
}

TEST_CASE("a trusted root that cannot be used, and a checkout that is missing, are the environment's fault", "[action]") {
  Step step;
  SECTION("no such file") {
    step.variables["INPUT_TRUSTED-ROOT"] = "nowhere.json";
    step.check_refused(step.run(), ExitStatus::bad_input, "trusted-root");
  }
  SECTION("not a trusted root") {
    write_file(step.path("workspace") / "root.json", "{}");
    step.variables["INPUT_TRUSTED-ROOT"] = "root.json";
    step.check_refused(step.run(), ExitStatus::bad_input, "trusted-root");
  }
  SECTION("object-source: local without a checkout") {
    step.variables["INPUT_OBJECT-SOURCE"] = "local";
    step.check_refused(step.run(), ExitStatus::bad_input, "checkout-unavailable");
  }
}

// GitHub that knows this repository's rules, which are none, and nothing else.
struct StepWithApi : Step {
  loopback::LoopbackServer server{[](loopback::Seen const& seen) {
    return seen.path().find("/rules/branches/") != std::string::npos ? loopback::json_answer("[]")
                                                                     : loopback::json_answer(R"({"message":"Not Found"})", 404);
  }};
  StepWithApi() {
    variables["GITHUB_API_URL"] = server.base();
    variables["INPUT_TRUSTED-ROOT-REFRESH"] = "off";
    variables["INPUT_TAG-WAIT"] = "0";
  }
};

TEST_CASE("a check that no ruleset requires ends the run when it must be (A-80)", "[action]") {
  StepWithApi step;
  step.variables["INPUT_REQUIRE-CHECK"] = "fail";
  step.check_refused(step.run(), ExitStatus::refused, "check-not-required");
}

TEST_CASE("a job that cannot ask for an id-token is warned of it once (A-10)", "[action]") {
  StepWithApi step;
  bool const can = one_of({false, true});
  if (can) step.variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://pipelines.example/idtoken";
  step.run();
  INFO(step.log.str());
  CHECK(step.clock_started);
  std::size_t told = 0;
  auto const log = step.log.str();
  for (auto at = log.find("id-token: write"); at != std::string::npos; at = log.find("id-token: write", at + 1)) ++told;
  CHECK(told == (can ? 0 : 1));
  CHECK(step.says("::warning::the job has no id-token: write; the attest step that follows will fail without it") != can);
}

TEST_CASE("annotate is refused when nobody has the commit", "[action]") {
  StepWithApi step;
  step.variables["INPUT_COMMAND"] = "annotate";
  step.variables["INPUT_CHART"] = "web";
  step.variables["INPUT_LINEAGE"] = "lint: 1 sha256:" + std::string(64, 'a');
  step.check_refused(step.run(), ExitStatus::refused, "object-missing");
  CHECK_FALSE(fs::exists(step.path("workspace") / ".cr-release-packages/annotation.txt"));
}

TEST_CASE("stages before the release need the commit that the workflow runs on (B-3, B-13)", "[action]") {
  StepWithApi step;
  step.variables["INPUT_COMMAND"] = one_of<std::string>({"digest", "changed", "package"});
  step.variables["INPUT_CHART"] = "web";
  step.check_refused(step.run(), ExitStatus::bad_input, "object-missing");
  CHECK(step.says("the commit of the run, GITHUB_SHA " + std::string(40, 'c')));
}

TEST_CASE("tags are made for commits of the source branch alone (B-13)", "[action]") {
  StepWithApi step;
  step.variables["INPUT_COMMAND"] = "tags";
  step.variables["INPUT_PUSH"] = "true";
  step.variables["INPUT_SIGNER-WORKFLOWS"] = "o/r/.github/workflows/check.yaml@refs/heads/main";
  step.variables["GITHUB_REF"] = "refs/heads/feature";
  step.check_refused(step.run(), ExitStatus::refused, "wrong-branch");
  CHECK(step.server.request_count() == 0);
}

TEST_CASE("ruleset prints its payload and sends nothing, and needs neither token nor event (G-22)", "[action]") {
  StepWithApi step;
  step.variables["INPUT_COMMAND"] = "ruleset";
  step.variables.erase("INPUT_TOKEN");
  fs::remove(step.path("event.json"));
  SECTION("for this job") {
    CHECK(step.run() == ExitStatus::done);
    CHECK(step.says("\"gate\""));
  }
  SECTION("for the check that is named") {
    step.variables["INPUT_CHECK-NAME"] = "other";
    CHECK(step.run() == ExitStatus::done);
    CHECK(step.says("\"other\""));
    CHECK_FALSE(step.says("\"gate\""));
  }
  CHECK_FALSE(step.clock_started);
  CHECK(step.server.request_count() == 0);
}

TEST_CASE("outputs that cannot be written end the step with a reason", "[action]") {
  Step step;
  step.variables["GITHUB_OUTPUT"] = (step.path("missing") / "output").string();
  CHECK(test::thrown_code([&] { step.run(); }) == "command-file");
}

TEST_CASE("a summary that cannot be written ends the step with a reason", "[action]") {
  Step step;
  step.variables["INPUT_COMMAND"] = "verify-package";
  step.push("refs/heads/release", 7);
  SECTION("it can") {
    step.check_refused(step.run(), ExitStatus::unreachable, "unreachable");  // no API answers here
    CHECK(fs::file_size(step.path("summary")) > 0);
  }
  SECTION("a full disk") {
    step.variables["GITHUB_STEP_SUMMARY"] = "/dev/full";
    step.check_refused(step.run(), ExitStatus::bad_input, "command-file");
  }
}

}  // namespace
}  // namespace action_test
