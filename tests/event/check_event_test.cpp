#include "event/check_event.hpp"

#include "support/catch2.hpp"

namespace check_event_test {
namespace {

using acr::event::compared_commit;
using acr::event::workflow_file;

std::string const id(40, 'a');

TEST_CASE("a push is compared with the commit before it, a pull request with its base (B-13)", "[event]") {
  struct Row {
    char const* event;
    std::string payload;
    bool known;
  };
  auto const row = GENERATE(values<Row>({
      {"push", R"({"before":")" + id + R"("})", true},
      {"push", R"({"before":")" + std::string(40, '0') + R"("})", false},  // a new branch
      {"push", R"({"before":"main"})", false},
      {"push", R"({"pull_request":{"base":{"sha":")" + id + R"("}}})", false},
      {"pull_request", R"({"pull_request":{"base":{"sha":")" + id + R"("}}})", true},
      {"pull_request", R"({"pull_request":{}})", false},
      {"pull_request", R"({"before":")" + id + R"("})", false},
      {"workflow_dispatch", R"({"before":")" + id + R"("})", false},
      {"push", "[", false},
      {"push", "7", false},
  }));
  CAPTURE(row.event, row.payload);
  auto const commit = compared_commit(row.event, row.payload);
  CHECK(commit.has_value() == row.known);
  if (commit) CHECK(*commit == id);
}

TEST_CASE("the file of GITHUB_WORKFLOW_REF is a path of the job's own repository (B-13)", "[event]") {
  std::string const repository = "acme/helm-charts";
  CHECK(workflow_file("acme/helm-charts/.github/workflows/a.yaml@refs/heads/main", repository) == ".github/workflows/a.yaml");
  CHECK(workflow_file("Acme/helm-charts/.github/workflows/a.yaml@refs/heads/x@y", repository) == ".github/workflows/a.yaml");
  auto const other = GENERATE(as<std::string>(), "", "acme/helm-charts", "acme/helm-charts/@refs/heads/main",
                              "acme/helm-charts/.github/workflows/a.yaml", "acme/helm-charts-2/.github/workflows/a.yaml@main",
                              "acme/other/.github/workflows/a.yaml@refs/heads/main");
  CAPTURE(other);
  CHECK_FALSE(workflow_file(other, repository));
}

TEST_CASE("without an event file there is nothing to compare with", "[event]") {
  CHECK_FALSE(compared_commit("push", std::nullopt));
}

}  // namespace
}  // namespace check_event_test
