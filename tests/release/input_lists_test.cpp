#include "release/input_lists.hpp"

#include "support/catch2.hpp"

namespace input_lists_test {
namespace {

using namespace acr;

event::ActionInputs inputs(std::map<std::string, std::string> values) {
  return event::read_inputs(event::from_map(std::move(values)), "/w", event::TokenRule::optional).inputs;
}

std::vector<std::string> places(release::ListReading const& reading) {
  std::vector<std::string> all;
  for (auto const& mistake : reading.mistakes) all.push_back(mistake.where);
  return all;
}

TEST_CASE("lists of inputs come out typed", "[inputs]") {
  auto const reading =
      release::read_lists(inputs({{"signer-workflows", "https://ghe.example/o/r/.github/workflows/a.yml@refs/heads/main"},
                                  {"predicate-types", "https://x.example/a\nhttps://x.example/b"},
                                  {"lineage-subjects", "lint = text:{chart}"}}),
                          "https://ghe.example");
  CHECK(reading.mistakes.empty());
  REQUIRE(reading.lists.signer_workflows.size() == 1);
  CHECK(reading.lists.signer_workflows[0].text() == "o/r/.github/workflows/a.yml@refs/heads/main");
  CHECK(reading.lists.predicate_types == std::vector<std::string>{"https://x.example/a", "https://x.example/b"});
  CHECK(reading.lists.lineage_subjects.rule("lint") != nullptr);
}

TEST_CASE("every bad line is a mistake of its own, with the input's name and the line's number (B-10)", "[inputs]") {
  auto const reading = release::read_lists(
      inputs({{"signer-workflows", "\nvalidate.yaml\no/r/.github/workflows/a.yml@refs/heads/main\n\n a@v1 \n"},
              {"predicate-types", "https://x.example/a\nnone"},
              {"lineage-subjects", "a = text:x\na = text:y\nb"},
              {"required-attestations", "lint\nlint https://x.example/b"}}),
      "https://github.com");
  CHECK(places(reading) == std::vector<std::string>{"input lineage-subjects, line 2", "input lineage-subjects, line 3",
                                                    "input signer-workflows, line 2", "input signer-workflows, line 5",
                                                    "input predicate-types, line 2", "input required-attestations, line 2"});
}

TEST_CASE("a builder at a pull request's ref is a mistake unless it is allowed by name (B-16a)", "[inputs]") {
  std::string const file = "o/r/.github/workflows/a.yml@";
  std::map<std::string, std::string> given{
      {"build-signer-workflows", file + "refs/tags/v1\n" + file + "refs/pull/*/merge\nx\n" + file + std::string(40, 'a')}};
  CHECK(places(release::read_lists(inputs(given), "https://github.com")) ==
        std::vector<std::string>{"input build-signer-workflows, line 2", "input build-signer-workflows, line 3"});
  given["pull-request-signers"] = "allow";
  auto const reading = release::read_lists(inputs(given), "https://github.com");
  CHECK(places(reading) == std::vector<std::string>{"input build-signer-workflows, line 3"});
  REQUIRE(reading.lists.build_signer_workflows.size() == 3);
  CHECK_FALSE(release::names_pull_request(reading.lists.build_signer_workflows[0]));
  CHECK(release::names_pull_request(reading.lists.build_signer_workflows[1]));
  // The signers of checks are another list: checks run on pull requests (A-60).
  CHECK(places(release::read_lists(inputs({{"signer-workflows", file + "refs/pull/*/merge"}}), "https://github.com")).empty());
}

TEST_CASE("no lists, no mistakes", "[inputs]") {
  auto const reading = release::read_lists(inputs({}), "https://github.com");
  CHECK(reading.mistakes.empty());
  CHECK(reading.lists.signer_workflows.empty());
}

TEST_CASE("a place for charts that is none is a mistake, and none is no mistake (O-10)", "[inputs]") {
  CHECK(places(release::read_lists(inputs({{"oci-repository", "acme/charts"}}), "https://github.com")) ==
        std::vector<std::string>{"input oci-repository"});
  auto const reading = release::read_lists(inputs({{"oci-repository", "ghcr.io/acme"}}), "https://github.com");
  CHECK(reading.mistakes.empty());
  CHECK(reading.lists.oci_repository.value().text() == "ghcr.io/acme");
  CHECK_FALSE(release::read_lists(inputs({}), "https://github.com").lists.oci_repository.has_value());
}

}  // namespace
}  // namespace input_lists_test
