// Rejections and how they are filled in.

#include "support/verdict.hpp"

#include "support/catch2.hpp"

using namespace acr;

TEST_CASE("a rejection survives being filled in place", "[support]") {
  auto rejection = reject("chart-yaml", "place", "it is not right");
  rejection = std::move(rejection).rule("P-1").fix("fix it");
  CHECK(rejection.code == "chart-yaml");
  CHECK(rejection.why == "it is not right");
  CHECK(rejection.rule_number == "P-1");
  rejection = std::move(rejection).within("outer");
  CHECK(rejection.where == "outer: place");
  CHECK(rejection.fix_text == "fix it");
}

TEST_CASE("a rejection reads as one sentence", "[support]") {
  auto const rejection =
      reject("chart-yaml", "charts/web", "it is not right").rule("P-1").expected("a").found("b").fix("fix it");
  CHECK(rejection.sentence() == "charts/web: it is not right; expected a, found b; fix it [P-1]");
  CHECK(rejection.coded_sentence() == "chart-yaml: charts/web: it is not right; expected a, found b; fix it [P-1]");
}
