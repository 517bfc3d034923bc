#include "chart/semver.hpp"

#include "support/catch2.hpp"

namespace semver_test {
namespace {

using namespace acr::chart;

TEST_CASE("versions are as loose as Helm's (P-61)", "[chart]") {
  struct Row {
    char const* text;
    char const* read;
  };
  auto const row = one_of<Row>({
      {"1.2.3", "1.2.3"},
      {"v1.2", "1.2.0"},
      {"1", "1.0.0"},
      {"01.2.3", "1.2.3"},
      {"2020-01-01", "2020.0.0-01-01"},
      {"2020-10-11", "2020.0.0-10-11"},
      {"1.2.3-rc.1+b.01", "1.2.3-rc.1+b.01"},
      {"1.2.3-01", ""},
      {"1.2.3-0a", "1.2.3-0a"},
      {"V1.2.3", ""},
      {"1.2.3.4", ""},
      {" 1.2.3", ""},
      {"1.2.3 ", ""},
      {"1..3", ""},
      {"1.2.3-", ""},
      {"1.2.3+", ""},
      {"", ""},
      {"v", ""},
      {"18446744073709551615.0.0", "18446744073709551615.0.0"},
      {"18446744073709551616.0.0", ""},
      {"1+b", "1.0.0+b"},
      {"1.2.3-a_b", ""},
  });
  CAPTURE(row.text);
  auto const version = parse_version(row.text);
  CHECK((version ? version->text() : "") == row.read);
}

TEST_CASE("a version holds at most 256 bytes", "[chart]") {
  CHECK(is_version("1.2.3-" + std::string(250, 'a')));
  CHECK(!is_version("1.2.3-" + std::string(251, 'a')));
}

TEST_CASE("versions are ordered as SemVer 2 orders them, build metadata aside (P-107)", "[chart]") {
  auto const ordered = {"1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
                        "1.0.0",   "1.0.1",   "1.1",      "v2"};
  for (auto a = ordered.begin(); a != ordered.end(); ++a)
    for (auto b = ordered.begin(); b != ordered.end(); ++b) {
      CAPTURE(*a, *b);
      CHECK((compare(*parse_version(*a), *parse_version(*b)) < 0) == (a < b));
    }
  CHECK((compare(*parse_version("1.0.0+a"), *parse_version("1.0.0+b")) == 0));
}

TEST_CASE("only versions by the letter of SemVer 2 are strict (P-70)", "[chart]") {
  CHECK(is_strict_version("1.2.3-rc.1+b"));
  for (auto const* text : {"v1.2.3", "1.2", "01.2.3", "x"}) CHECK(!is_strict_version(text));
}

}  // namespace
}  // namespace semver_test
