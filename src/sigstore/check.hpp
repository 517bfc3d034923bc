#pragma once

// The trace of a verification: every check that was carried out, with its result: src/sigstore/check.hpp
// A report lists the checks one by one; the first failed one is the verdict's reason.

#include <optional>
#include <string>
#include <vector>

#include "support/verdict.hpp"

namespace acr::sigstore {

/// One check of docs/verification.md. Texts are UTF-8 that may hold foreign bytes; printers escape them.
struct CheckResult {
  std::string rule;  ///< "V-57"
  std::string name;  ///< what was checked, for people: "inclusion proof of entry 0"
  bool passed = false;
  Code code;             ///< reason code of a failure ("log-inclusion-proof"), empty when passed
  std::string detail;    ///< passed: what was established; failed: one sentence why
  std::string expected;  ///< failures: what would have passed, when there is such a thing
  std::string found;     ///< failures: what was there
  std::string fix;       ///< failures: what the user can do, may be empty

  friend bool operator==(CheckResult const&, CheckResult const&) = default;
};

/// Collects results in the order in which the checks ran. Not thread-safe: one per bundle.
class CheckTrace {
 public:
  void pass(std::string rule, std::string name, std::string detail = {});

  /// Records a failure; rule, code, detail (= why), expected, found and fix come from `rejection`.
  void fail(std::string name, Rejection const& rejection);

  /// pass() or fail(), whichever `outcome` calls for; true when it holds.
  template <class T>
  bool record(std::string rule, std::string name, Verdict<T> const& outcome, std::string detail = {}) {
    if (!outcome) return fail(std::move(name), outcome.error()), false;
    return pass(std::move(rule), std::move(name), std::move(detail)), true;
  }

  [[nodiscard]] bool all_passed() const { return !first_failure_; }
  [[nodiscard]] std::vector<CheckResult> const& results() const { return results_; }
  [[nodiscard]] std::optional<Rejection> const& first_failure() const { return first_failure_; }

  /// Hands the results over; the trace is empty afterwards.
  std::vector<CheckResult> take();

 private:
  std::vector<CheckResult> results_;
  std::optional<Rejection> first_failure_;
};

}  // namespace acr::sigstore
