#pragma once

// What a verified check says of its own result: src/release/check_outcome.hpp (B-9)
// in-toto test-result v0.1 and SLSA verification summary v1. That a signature holds says that a check ran, not that it passed.

#include <string>
#include <string_view>

#include "support/verdict.hpp"

namespace acr::release {

enum class CheckOutcome {
  silent,  ///< the predicate type has no result
  passed,
  warned,  ///< test-result `WARNED`
};

/// `predicate_type` is compared whole; `payload` is the statement's JSON, whose signature holds. Refused with `check-failed`: a
/// result other than those above, in another case or of another type, none, and `PASSED` beside failed tests. `where` names the
/// predicate's field.
Verdict<CheckOutcome> check_outcome(std::string_view predicate_type, std::string_view payload);

}  // namespace acr::release
