// Thousands of odd inputs, with what Helm 4.2.4 answered: tests/data/chart-yaml/README.md

#include <algorithm>
#include <array>

#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/places.hpp"
#include "yaml/helm_answers.hpp"

namespace helm_golden_test {
namespace {

using namespace acr;

/// Where we refuse what Helm accepts, on purpose (marked "ours" in the rules): P-62, P-63a, P-104.
bool is_stricter_on_purpose(Rejection const& rejection) {
  static constexpr std::array<std::string_view, 5> reasons = {
      "two spellings of the field", "control characters are not allowed", "the text is not valid UTF-8",
      "two annotation keys become the same text", "a text of several lines ends in a line separator"};
  return std::any_of(reasons.begin(), reasons.end(),
                     [&](std::string_view reason) { return rejection.why.find(reason) != std::string::npos; });
}

struct Count {
  std::size_t rows = 0, refused = 0, stricter = 0;
};

Count compare_with_helm(std::string const& file) {
  auto const text = read_file(acr::test::data_folder().string() + "/chart-yaml/" + file, std::size_t{4} << 20);
  Count count;
  for (auto const line : lines(text)) {
    auto const fields = split(line, '\t');
    REQUIRE(fields.size() == 3);
    auto const wanted = test::unescaped(fields[2]);
    auto const answer = test::our_answer(fields[0], test::unescaped(fields[1]));
    ++count.rows;
    count.refused += wanted == "refused" ? 1 : 0;
    if (answer.text == "refused" && wanted != "refused" && is_stricter_on_purpose(answer.rejection)) {
      ++count.stricter;
      continue;
    }
    if (answer.text != wanted) {
      CAPTURE(fields[0], fields[1], answer.rejection.sentence());
      CHECK(answer.text == wanted);
    }
  }
  return count;
}

TEST_CASE("texts are written as Helm writes them", "[yaml]") {
  auto const count = compare_with_helm("strings.tsv");
  CHECK(count.rows == 4000);
  CHECK(count.stricter <= 5);
}

TEST_CASE("chart documents are read, refused and written as Helm does", "[yaml]") {
  auto const count = compare_with_helm("documents.tsv");
  CHECK(count.rows == 3000);
  CHECK(count.rows - count.refused > 700);
  CHECK(count.stricter <= 10);
}

TEST_CASE("locks are read, refused and written as Helm does", "[yaml]") {
  auto const count = compare_with_helm("locks.tsv");
  CHECK(count.rows == 700);
  CHECK(count.stricter == 0);
}

TEST_CASE("values files are loaded and refused as Helm does", "[yaml]") {
  auto const count = compare_with_helm("values.tsv");
  CHECK(count.rows == 800);
  CHECK(count.stricter == 0);
}

TEST_CASE("keys come in Helm's natural order", "[yaml]") { CHECK(compare_with_helm("keys.tsv").rows > 1400); }

TEST_CASE("versions, JSON and sanitising agree with Helm", "[yaml]") { CHECK(compare_with_helm("small.tsv").rows == 2000); }

}  // namespace
}  // namespace helm_golden_test
