#pragma once

// What docs/refusals.md says of each reason code: src/support/code_texts.hpp

#include <span>
#include <string_view>

#include "support/code.hpp"

namespace acr {

/// A row of code_table.inc. Texts are Markdown without a final full stop; `cause` and `fix` may be empty.
struct CodeText {
  Code code;
  std::string_view table;  ///< of the page, e.g. "trusted_roots"
  std::string_view meaning, cause, fix;
};

/// All of them, in the order of the page.
std::span<CodeText const> code_texts();

}  // namespace acr
