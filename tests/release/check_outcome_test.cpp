// What predicates say of their own result (B-9).

#include "release/check_outcome.hpp"

#include "support/catch2.hpp"

namespace check_outcome_test {
namespace {

using acr::release::check_outcome;
using acr::release::CheckOutcome;

constexpr auto test_result = "https://in-toto.io/attestation/test-result/v0.1";
constexpr auto summary = "https://slsa.dev/verification_summary/v1";

std::string statement(std::string const& predicate) { return R"({"predicate":)" + predicate + "}"; }

TEST_CASE("results that count", "[release]") {
  struct Row {
    char const* type;
    char const* predicate;
    CheckOutcome outcome;
  };
  auto const row = one_of<Row>({
      {test_result, R"({"result":"PASSED"})", CheckOutcome::passed},
      {test_result, R"({"result":"PASSED","failedTests":[],"passedTests":["a"]})", CheckOutcome::passed},
      {test_result, R"({"result":"PASSED","failedTests":null})", CheckOutcome::passed},
      {test_result, R"({"result":"WARNED"})", CheckOutcome::warned},
      {summary, R"({"verificationResult":"PASSED"})", CheckOutcome::passed},
      {"https://slsa.dev/provenance/v1", R"({"result":"FAILED"})", CheckOutcome::silent},
      {"https://in-toto.io/attestation/test-result/v0.1/", R"({"result":"FAILED"})",
       CheckOutcome::silent},  // types are compared whole
  });
  CAPTURE(row.type, row.predicate);
  auto const outcome = check_outcome(row.type, statement(row.predicate));
  REQUIRE(outcome.has_value());
  CHECK(*outcome == row.outcome);
}

TEST_CASE("results that do not count", "[release]") {
  struct Row {
    char const* type;
    char const* payload;
    char const* where;
    char const* found;
  };
  auto const row = one_of<Row>({
      {test_result, R"({"predicate":{"result":"FAILED"}})", "predicate.result", "FAILED"},
      {test_result, R"({"predicate":{"result":"passed"}})", "predicate.result", "passed"},
      {test_result, R"({"predicate":{"result":true}})", "predicate.result", "a result that is not a string"},
      {test_result, R"({"predicate":{"verificationResult":"PASSED"}})", "predicate.result", "no result"},
      {test_result, R"({})", "predicate.result", "no result"},
      {test_result, R"({"predicate":{"result":"PASSED","failedTests":["lint"]}})", "predicate.failedTests",
       "PASSED beside failed tests"},
      {test_result, R"({"predicate":{"result":"WARNED","failedTests":["lint"]}})", "predicate.failedTests",
       "WARNED beside failed tests"},
      {test_result, R"({"predicate":{"result":"PASSED","failedTests":"lint"}})", "predicate.failedTests",
       "PASSED beside failed tests"},
      {summary, R"({"predicate":{"verificationResult":"FAILED"}})", "predicate.verificationResult", "FAILED"},
      {summary, R"({"predicate":{"verificationResult":"WARNED"}})", "predicate.verificationResult", "WARNED"},
      {summary, R"({"predicate":{"result":"PASSED"}})", "predicate.verificationResult", "no result"},
      {summary, "not JSON", "predicate.verificationResult", "a statement that cannot be read"},
  });
  CAPTURE(row.type, row.payload);
  auto const outcome = check_outcome(row.type, row.payload);
  REQUIRE(outcome.has_error());
  CHECK(outcome.error().code == "check-failed");
  CHECK(outcome.error().rule_number == "B-9");
  CHECK(outcome.error().where == row.where);
  CHECK(outcome.error().found_value == row.found);
}

}  // namespace
}  // namespace check_outcome_test
