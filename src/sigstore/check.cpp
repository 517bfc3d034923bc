// See check.hpp.
#include "sigstore/check.hpp"

namespace acr::sigstore {

void CheckTrace::pass(std::string rule, std::string name, std::string detail) {
  results_.push_back({.rule = std::move(rule),
                      .name = std::move(name),
                      .passed = true,
                      .code = {},
                      .detail = std::move(detail),
                      .expected = {},
                      .found = {},
                      .fix = {}});
}

void CheckTrace::fail(std::string name, Rejection const& rejection) {
  if (!first_failure_) first_failure_ = rejection;
  results_.push_back({.rule = rejection.rule_number,
                      .name = std::move(name),
                      .passed = false,
                      .code = rejection.code,
                      .detail = rejection.why,
                      .expected = rejection.expected_value,
                      .found = rejection.found_value,
                      .fix = rejection.fix_text});
}

std::vector<CheckResult> CheckTrace::take() {
  first_failure_.reset();
  return std::exchange(results_, {});
}

}  // namespace acr::sigstore
