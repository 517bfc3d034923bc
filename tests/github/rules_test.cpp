#include "github/rules.hpp"

#include "github/scripted_github.hpp"
#include "net/http.hpp"
#include "support/catch2.hpp"

namespace acr::github {
namespace {

using test::json_reply;
using test::ScriptedGithub;

TEST_CASE("required checks are read from all pages, other rules passed over", "[github]") {  // G-21
  ScriptedGithub github([](net::Request const& request) {
    if (request.url.query == "per_page=100")
      return json_reply(
          R"([{"type":"deletion","ruleset_id":1},{"type":"some_future_rule","parameters":7},
              {"type":"required_status_checks","ruleset_id":2,"ruleset_source_type":"Organization","parameters":{
                "strict_required_status_checks_policy":false,
                "required_status_checks":[{"context":"atomic-chart-release","integration_id":15368},{"context":"lint"}]}}])",
          200,
          {{"Link",
            "<https://api.github.com/repos/acme/helm-charts/rules/branches/release%2F1?per_page=100&page=2>; "
            "rel=\"next\""}});
    return json_reply(
        R"([{"type":"required_status_checks","parameters":{"required_status_checks":[{"context":"third","integration_id":null}]}}])");
  });
  auto const checks = required_checks(github.api, "release/1");
  CHECK(github.asked().at(0) == "GET https://api.github.com/repos/acme/helm-charts/rules/branches/release/1?per_page=100");
  CHECK(checks ==
        std::vector<RequiredCheck>{{"atomic-chart-release", 15368, 2}, {"lint", std::nullopt, 2}, {"third", std::nullopt, 0}});
  CHECK(github.problems().empty());
}

TEST_CASE("rules of another shape are an error, not the absence of rules", "[github]") {  // G-34
  auto const body = one_of({"{}", "<html>", "[7]", R"([{"type":"required_status_checks"}])",
                            R"([{"type":"required_status_checks","parameters":{}}])",
                            R"([{"type":"required_status_checks","parameters":{"required_status_checks":[{}]}}])"});
  CAPTURE(body);
  ScriptedGithub github([&](net::Request const&) { return json_reply(body); });
  CHECK_THROWS_AS(required_checks(github.api, "release"), ApiError);
}

}  // namespace
}  // namespace acr::github
