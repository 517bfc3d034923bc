#include "event/runner_environment.hpp"

#include <map>

#include "support/catch2.hpp"

namespace runner_environment_test {
namespace {

using namespace acr::event;

std::map<std::string, std::string> usual() {
  return {{"GITHUB_ACTIONS", "true"},
          {"GITHUB_EVENT_NAME", "pull_request"},
          {"GITHUB_EVENT_PATH", "/github/workflow/event.json"},
          {"GITHUB_REPOSITORY", "o/r"},
          {"GITHUB_REPOSITORY_ID", "7"},
          {"GITHUB_REPOSITORY_OWNER_ID", "8"},
          {"GITHUB_API_URL", "https://api.github.com"},
          {"GITHUB_SERVER_URL", "https://github.com"},
          {"GITHUB_WORKSPACE", "/github/workspace"},
          {"RUNNER_TEMP", "/github/runner_temp"},
          {"RUNNER_DEBUG", "1"},
          {"ACTIONS_ID_TOKEN_REQUEST_URL", "https://secret.example"},
          {"GITHUB_RETENTION_DAYS", "14"}};
}

RunnerEnvironment read(std::map<std::string, std::string> const& values) {
  return read_runner_environment([&](std::string const& name) -> std::optional<std::string> {
    auto const found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST_CASE("the runner's variables are read (A-8)", "[event]") {
  auto const environment = read(usual());
  CHECK(environment.in_actions);
  CHECK(environment.debug);
  CHECK(environment.can_request_id_token);
  CHECK(environment.repository == "o/r");
  CHECK(environment.retention_days == 14U);
  CHECK(check_runner_environment(environment).empty());
}

TEST_CASE("outside Actions nothing is there, and all of it is said at once", "[event]") {
  auto const environment = read({});
  CHECK_FALSE(environment.in_actions);
  CHECK_FALSE(environment.can_request_id_token);
  auto const mistakes = check_runner_environment(environment);
  CHECK(mistakes.size() == 8);
  CHECK(mistakes[0].code == "bad-environment");
  CHECK(mistakes[0].where == "GITHUB_EVENT_NAME");
}

TEST_CASE("values of another shape are refused", "[event]") {
  auto const row = one_of<std::tuple<std::string, std::string>>({{"GITHUB_REPOSITORY", "o"},
                                                                 {"GITHUB_REPOSITORY", "/r"},
                                                                 {"GITHUB_REPOSITORY", "o/r/x"},
                                                                 {"GITHUB_REPOSITORY_ID", "x"},
                                                                 {"GITHUB_API_URL", "api.github.com"},
                                                                 {"GITHUB_WORKSPACE", "work"},
                                                                 {"RUNNER_TEMP", "tmp"},
                                                                 {"GITHUB_REPOSITORY_OWNER_ID", "-1"}});
  auto values = usual();
  values[std::get<0>(row)] = std::get<1>(row);
  auto const mistakes = check_runner_environment(read(values));
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].where == std::get<0>(row));
  CHECK(mistakes[0].found_value == std::get<1>(row));
}

TEST_CASE("retention never exceeds the repository's (A-76)", "[event]") {
  auto const environment = read(usual());
  CHECK(clamped_retention(30, environment) == 14);
  CHECK(clamped_retention(7, environment) == 7);
  CHECK(clamped_retention(0, environment) == 1);
  CHECK(clamped_retention(400, read({})) == 90);
  CHECK(clamped_retention(30, read({{"GITHUB_RETENTION_DAYS", "0"}})) == 30);
}

TEST_CASE("each variable that a run needs is missed by its name, alone", "[event]") {
  auto const name = one_of<std::string>({"GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_REPOSITORY_ID",
                                         "GITHUB_API_URL", "GITHUB_SERVER_URL", "GITHUB_WORKSPACE", "RUNNER_TEMP"});
  auto values = usual();
  values.erase(name);
  auto const mistakes = check_runner_environment(read(values));
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].code == "bad-environment");
  CHECK(mistakes[0].where == name);
  CHECK(mistakes[0].why == "the variable is not set; the runner sets it for every step");
}

TEST_CASE("the server's address has a scheme", "[event]") {
  auto values = usual();
  values["GITHUB_SERVER_URL"] = "github.com";
  auto const mistakes = check_runner_environment(read(values));
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].where == "GITHUB_SERVER_URL");
  CHECK(mistakes[0].why == "the variable has an unexpected value");
}

}  // namespace
}  // namespace runner_environment_test
