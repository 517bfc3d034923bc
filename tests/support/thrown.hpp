#pragma once

// What stopped a run, for tests that compare it.

#include <string>

#include "support/errors.hpp"

namespace acr::test {

/// The code of the RunError that `action` throws; "nothing" when it throws none. Other exceptions pass.
template <class Action>
std::string thrown_code(Action const& action) {
  try {
    action();
  } catch (RunError const& error) {
    return std::string(error.code().text());
  }
  return "nothing";
}

/// "code: sentence".
template <class Action>
std::string thrown(Action const& action) {
  try {
    action();
  } catch (RunError const& error) {
    return error.coded_sentence();
  }
  return "nothing";
}

}  // namespace acr::test
