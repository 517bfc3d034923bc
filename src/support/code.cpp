#include "support/code.hpp"

#include <stdexcept>

#include "support/code_texts.hpp"

namespace acr {
namespace {

constexpr CodeText texts[] = {
#define ACR_CODE(code, status, table, meaning, cause, fix) {code, #table, meaning, cause, fix},
#include "support/code_table.inc"
#undef ACR_CODE
};

}  // namespace

void code_table::this_code_is_not_in_code_table_inc() { throw std::logic_error("a reason code is not in code_table.inc"); }

void code_table::code_table_inc_has_another_exit_status() {
  throw std::logic_error("a reason code has another exit status in code_table.inc");
}

std::optional<Code> Code::parse(std::string_view text) {
  if (text.empty()) return std::nullopt;
  for (auto const& each : texts)
    if (each.code.text() == text) return each.code;
  return std::nullopt;
}

std::span<CodeText const> code_texts() { return texts; }

}  // namespace acr
