#pragma once

// Foreign text made fit to print, and small text helpers: src/support/text.hpp (A-35 of the action contract)

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acr {

/// Foreign text for a log line: control and bidi characters, invalid UTF-8 and U+0085/2028/2029 become
/// `\u{…}`, `##[` becomes `# #[`, a text that would start a workflow command gets `| ` in front, and the result is cut
/// at `limit` characters ("…" is appended). The result is valid UTF-8 on a single line.
std::string printable(std::string_view foreign, std::size_t limit = 1000);

/// Without leading and trailing space, tab, CR, LF.
std::string_view trimmed(std::string_view text);

/// Pieces between `separator`; an empty text is one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Lines at LF, one CR before it dropped; no last empty line for a text that ends in LF.
std::vector<std::string_view> lines(std::string_view text);

/// ASCII only: other bytes pass.
std::string to_lower_ascii(std::string_view text);
bool equal_ignoring_ascii_case(std::string_view a, std::string_view b);

/// "1 chart", "3 charts".
std::string counted(std::size_t count, std::string_view noun);

/// Decimal digits only, no sign, no leading zero beyond "0", at most `maximum`.
std::optional<std::uint64_t> to_number(std::string_view digits, std::uint64_t maximum = UINT64_MAX);

bool is_ascii(std::string_view text);

/// True for well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

/// Reads one code point at `at` and moves behind it; nothing (and `at` one further) for an invalid byte.
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at);

/// Appends the UTF-8 form.
void append_utf8(std::string& text, char32_t code_point);

/// `count` random bytes as lower-case hex, from the system's generator.
std::string random_hex(std::size_t count);

}  // namespace acr
