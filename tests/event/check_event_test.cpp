#include "event/check_event.hpp"

#include "support/catch2.hpp"

namespace check_event_test {
namespace {

using acr::event::compared_commit;

std::string const id(40, 'a');

TEST_CASE("a push is compared with the commit before it, a pull request with its base (B-13)", "[event]") {
  struct Row {
    char const* event;
    std::string payload;
    bool known;
  };
  auto const row = one_of<Row>({
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
  });
  CAPTURE(row.event, row.payload);
  auto const commit = compared_commit(row.event, row.payload);
  CHECK(commit.has_value() == row.known);
  if (commit) CHECK(*commit == id);
}

TEST_CASE("without an event file there is nothing to compare with", "[event]") {
  CHECK_FALSE(compared_commit("push", std::nullopt));
}

}  // namespace
}  // namespace check_event_test
