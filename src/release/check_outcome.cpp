#include "release/check_outcome.hpp"

#include "support/json.hpp"

namespace acr::release {
namespace {

constexpr std::string_view test_result = "https://in-toto.io/attestation/test-result/v0.1";
constexpr std::string_view verification_summary = "https://slsa.dev/verification_summary/v1";

Rejection failed(std::string_view field, std::string found, std::string why = "the check did not pass") {
  return reject("check-failed", "predicate." + std::string(field), std::move(why))
      .rule("B-9")
      .expected("PASSED")
      .found(std::move(found))
      .fix("fix what the check found, run it again and tag with the id of the new attestation");
}

std::string shown(boost::json::value const* value) {
  if (!value) return "no result";
  return value->is_string() ? std::string(value->get_string()) : "a result that is not a string";
}

}  // namespace

Verdict<CheckOutcome> check_outcome(std::string_view predicate_type, std::string_view payload) {
  bool const tests = predicate_type == test_result;
  if (!tests && predicate_type != verification_summary) return CheckOutcome::silent;
  std::string_view const field = tests ? "result" : "verificationResult";
  auto const statement = parse_json(payload, "statement", {.max_bytes = payload.size()});
  if (!statement) return failed(field, "a statement that cannot be read");
  auto const* predicate = find(*statement, "predicate");
  auto const* result = predicate ? find(*predicate, field) : nullptr;
  auto const text = shown(result);
  if (!result || !result->is_string() || (text != "PASSED" && !(tests && text == "WARNED"))) return failed(field, text);
  if (tests)
    if (auto const* list = find(*predicate, "failedTests");
        list && !list->is_null() && !(list->is_array() && list->get_array().empty()))
      return failed("failedTests", text + " beside failed tests", "the check contradicts itself");
  return text == "WARNED" ? CheckOutcome::warned : CheckOutcome::passed;
}

}  // namespace acr::release
