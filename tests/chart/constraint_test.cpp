// Version constraints, against Helm's own semver library (D-13).

#include <fstream>
#include <string>
#include <vector>

#include "chart/constraint.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"
#include "support/text.hpp"

namespace constraint_test {
namespace {

using acr::chart::Constraint;

std::string answer(std::string const& constraint, std::string const& version) {
  auto const parsed = Constraint::parse(constraint);
  auto const v = acr::chart::parse_version(version);
  REQUIRE(v);
  if (!parsed) return "error";
  return parsed->allows(*v) ? "yes" : "no";
}

TEST_CASE("Nine hundred constraints mean what they mean to Helm's semver library", "[constraint]") {
  std::ifstream file(acr::test::data_folder() / "dependencies/constraints.tsv");
  std::string line;
  std::size_t rows = 0;
  while (std::getline(file, line)) {
    auto const fields = acr::split(line, '\t');
    REQUIRE(fields.size() == 3);
    INFO("line " << rows + 1 << ": `" << fields[0] << "` and " << fields[1]);
    CHECK(answer(std::string(fields[0]), std::string(fields[1])) == fields[2]);
    ++rows;
  }
  CHECK(rows >= 900);
}

TEST_CASE("Constraints of the specification's table hold as stated", "[constraint]") {
  struct Row {
    std::string constraint, version, answer;
  };
  auto const row = one_of<Row>({{">= 0", "3.1.0", "yes"},
                                {"<=1", "1.0.1", "yes"},
                                {"~0.0.0-beta", "0.0.0-alpha", "no"},
                                {"1,", "1.0.0", "error"},
                                {">= 1.2", "1.2.0", "yes"},
                                {"|| 1", "1.0.0", "error"},
                                {"2 - 2<=0-a", "2.0.0", "error"},
                                {"^0.2", "0.3.0", "no"},
                                {"*", "1.0.0-rc.1", "no"}});
  INFO(row.constraint << " and " << row.version);
  CHECK(answer(row.constraint, row.version) == row.answer);
}

TEST_CASE("A constraint has an end", "[constraint]") {
  CHECK(Constraint::parse("1" + std::string(511, ' ')).has_value());
  CHECK_FALSE(Constraint::parse("1" + std::string(512, ' ')).has_value());
  std::string groups = "1";
  for (int i = 1; i < 32; ++i) groups += "||1";
  CHECK(Constraint::parse(groups).has_value());
  auto const refused = Constraint::parse(groups + "||1");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "dep-lock-mismatch");
}

TEST_CASE("Only a whole version without operator or with `=` is exact", "[constraint]") {
  struct Row {
    std::string constraint, exact;
  };
  auto const row = one_of<Row>({{"1.2.3", "1.2.3"},
                                {"v1.2.3", "v1.2.3"},
                                {" = 1.2.3-rc.1+b ", "1.2.3-rc.1+b"},
                                {"1.2", ""},
                                {"1.2.x", ""},
                                {"~1.2.3", ""},
                                {">=1.2.3", ""},
                                {"1.2.3 1.2.3", ""},
                                {"1.2.3 || 1.2.4", ""}});
  auto const parsed = Constraint::parse(row.constraint);
  REQUIRE(parsed.has_value());
  CHECK(parsed->exact_version() == row.exact);
}

}  // namespace
}  // namespace constraint_test
