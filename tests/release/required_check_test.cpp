#include "release/required_check.hpp"

#include "support/catch2.hpp"

namespace required_check_test {
namespace {

using acr::release::check_requirement;
namespace event = acr::event;

TEST_CASE("require-check warns or refuses when no ruleset requires the check (A-80)", "[release]") {
  auto const none = [](std::string_view) { return std::vector<acr::github::RequiredCheck>{}; };
  auto const warned = check_requirement(event::Level::warn, none, "release", "acr");
  REQUIRE(warned.warning);
  CHECK_FALSE(warned.refusal);
  auto const refused = check_requirement(event::Level::fail, none, "release", "acr");
  REQUIRE(refused.refusal);
  CHECK(refused.refusal->code == "check-not-required");
  CHECK_FALSE(refused.warning);
}

TEST_CASE("a required check of GitHub Actions satisfies both modes (A-80)", "[release]") {
  auto const rules = [](std::string_view branch) {
    CHECK(branch == "release");
    return std::vector<acr::github::RequiredCheck>{{"lint", {}, 1}, {"acr", 15368, 2}};
  };
  auto const mode = one_of({event::Level::warn, event::Level::fail});
  auto const result = check_requirement(mode, rules, "release", "acr");
  CHECK_FALSE(result.warning);
  CHECK_FALSE(result.refusal);
}

TEST_CASE("switched off, nobody is asked", "[release]") {
  auto const nobody = [](std::string_view) -> std::vector<acr::github::RequiredCheck> { throw std::logic_error("asked"); };
  auto const result = check_requirement(event::Level::off, nobody, "release", "acr");
  CHECK_FALSE(result.warning);
}

TEST_CASE("rules that cannot be read are a warning, or end the run", "[release]") {
  auto const broken = [](std::string_view) -> std::vector<acr::github::RequiredCheck> {
    throw acr::github::ApiError(acr::ExitStatus::bad_input, "no-access", "GET /rules: 404", 404);
  };
  CHECK(check_requirement(event::Level::warn, broken, "release", "acr").warning->code == "rules-unreadable");
  CHECK_THROWS_AS(check_requirement(event::Level::fail, broken, "release", "acr"), acr::github::ApiError);
}

}  // namespace
}  // namespace required_check_test
