#include "support/verdict.hpp"

#include <stdexcept>

namespace acr {

std::string Rejection::sentence() const {
  std::string line;
  if (!where.empty()) line += where + ": ";
  line += why;
  if (!expected_value.empty()) line += "; expected " + expected_value;
  if (!found_value.empty()) line += (expected_value.empty() ? "; found " : ", found ") + found_value;
  if (!fix_text.empty()) line += "; " + fix_text;
  if (!rule_number.empty()) line += " [" + rule_number + "]";
  return line;
}

std::string Rejection::coded_sentence() const { return std::string(code.text()) + ": " + sentence(); }

Rejection Verdict<void>::error() const {
  if (!why_) throw std::logic_error("what was not turned down was asked for its rejection");
  return *why_;
}

void throw_exception_from_error(Rejection const& rejection, boost::source_location const& where) {
  throw std::logic_error(std::string("a rejection was taken for a value at ") + where.file_name() + ":" +
                         std::to_string(where.line()) + ": " + rejection.sentence());
}

}  // namespace acr
