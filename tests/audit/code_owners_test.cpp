#include "audit/code_owners.hpp"

#include "audit/limits.hpp"
#include "support/catch2.hpp"

namespace code_owners_test {
namespace {

using namespace acr::audit;

std::string const path = ".github/workflows/gate.yaml";

std::uint32_t line_of(std::string const& text, std::vector<OwnerError> const& errors = {}) {
  auto const owners = CodeOwners::read(text, errors);
  auto const* rule = owners.rule_of(path);
  return rule == nullptr ? 0 : rule->line;
}

TEST_CASE("the last rule that matches decides who owns a file (U-12)", "[audit]") {
  CHECK(line_of("* @acme/all\n.github/ @acme/security\n") == 2);
  CHECK(line_of(".github/ @acme/security\n* @acme/all # everything\n") == 2);
  CHECK(line_of("* @acme/all\n/docs/ @acme/writers\n") == 1);
  CHECK(line_of("# comment\n\n.github/ ada@example.org\n") == 3);
  CHECK(line_of("") == 0);
}

TEST_CASE("a rule without owners takes them away, in its widest reading", "[audit]") {
  CHECK(line_of("* @acme/all\n.github/workflows/\n") == 0);
  CHECK(line_of("* @acme/all\n.github/*\n") == 0);
  CHECK(line_of(".github/* @acme/all\n") == 0);  // of owners the narrowest
  CHECK(line_of(".github/workflows/\n* @acme/all\n") == 2);
}

TEST_CASE("lines that GitHub does not take have no effect", "[audit]") {
  CHECK(line_of("* @acme/all\n!.github/ @x\n") == 1);
  CHECK(line_of("* @acme/all\n[.]github/ @x\n") == 1);
  CHECK(line_of("* @acme/all\n.github/ acme\n") == 1);
  CHECK(line_of("* @acme/all\n.github/ @\n") == 1);
  CHECK(line_of("* @acme/all\n.github/ @x@y\n") == 1);
  CHECK(line_of("* @acme/all\n\\#a @x\n") == 1);
}

TEST_CASE("GitHub's own list of errors counts", "[audit]") {
  std::string const text = "* @acme/all\n.github/ @acme/gone @acme/here\n";
  CHECK(line_of(text, {{2, "Invalid pattern"}}) == 1);
  CHECK(line_of(text, {{2, "Unknown owner"}}) == 2);  // one is left
  CHECK(line_of(text, {{2, "Unknown owner"}, {2, "Unknown owner"}}) == 0);
  CHECK(line_of(text, {{1, "Unknown owner"}}) == 2);
}

TEST_CASE("a blank in a pattern is escaped", "[audit]") {
  auto const owners = CodeOwners::read("/a\\ b/ @x\n", {});
  REQUIRE(owners.rule_of("a b/c") != nullptr);
  CHECK(owners.rule_of("a/c") == nullptr);
}

TEST_CASE("more rules than are read leave nothing owned", "[audit]") {
  std::string text;
  for (std::size_t i = 0; i < limits::code_owner_rules; ++i) text += "* @a\n";
  auto const full = CodeOwners::read(text, {});
  CHECK_FALSE(full.is_too_long());
  CHECK(full.rule_count() == limits::code_owner_rules);
  CHECK(full.rule_of(path) != nullptr);
  auto const more = CodeOwners::read(text + "* @b\n", {});
  CHECK(more.is_too_long());
  CHECK(more.rule_of(path) == nullptr);
}

}  // namespace
}  // namespace code_owners_test
