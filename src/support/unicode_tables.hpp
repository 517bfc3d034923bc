#pragma once

// Character classes of Unicode 15, as Helm's Go knows them: src/support/unicode_tables.hpp (P-66, P-101, P-134)
// The tables are generated: scripts/make-unicode-tables.

namespace acr {

bool is_letter(char32_t c);     ///< category L
bool is_digit(char32_t c);      ///< category Nd
bool is_printable(char32_t c);  ///< letter, mark, number, punctuation, symbol, or the blank U+0020
bool is_space(char32_t c);      ///< White_Space

}  // namespace acr
