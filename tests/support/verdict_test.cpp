// Rejections and how they are filled in.

#include "support/verdict.hpp"

#include <optional>
#include <stdexcept>
#include <type_traits>

#include "support/catch2.hpp"

namespace verdict_test {
namespace {

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

Verdict<void> checked(int number) {
  if (number > 1) return reject("bad-input", "number", "it is too large");
  return {};
}

// Nothing that is not a rejection says no, and nothing but a question tells the two apart.
static_assert(!std::is_convertible_v<Verdict<void>, bool> && std::is_constructible_v<bool, Verdict<void>>);
static_assert(!std::is_convertible_v<bool, Verdict<void>> && !std::is_convertible_v<std::optional<Rejection>, Verdict<void>>);

TEST_CASE("a verdict without a value says that something is right, or why not", "[support]") {
  CHECK(checked(1).has_value());
  CHECK_FALSE(checked(2).has_value());
  CHECK(checked(2).error().code == "bad-input");
  auto outcome = checked(1);
  outcome = checked(2);
  CHECK(outcome.has_error());
  outcome = {};
  CHECK(outcome.has_value());
  CHECK_THROWS_AS(outcome.error(), std::logic_error);
}

}  // namespace
}  // namespace verdict_test
