#include "support/code.hpp"

#include "support/code_texts.hpp"

namespace acr {
namespace {

constexpr CodeText texts[] = {
#define ACR_CODE(code, status, table, meaning, cause, fix) {code, #table, meaning, cause, fix},
#include "support/code_table.inc"
#undef ACR_CODE
};

}  // namespace

std::optional<Code> Code::parse(std::string_view text) {
  if (text.empty()) return std::nullopt;
  for (auto const& each : texts)
    if (each.code.text() == text) return each.code;
  return std::nullopt;
}

std::span<CodeText const> code_texts() { return texts; }

}  // namespace acr
