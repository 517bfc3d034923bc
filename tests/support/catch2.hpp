#pragma once

// Catch2 2.13 (Debian 12) and 3.x (Debian 13) under one include, and what tests compare and print of reason codes.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <ostream>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>

#include "support/code.hpp"

namespace acr {

// CHECK(x == "code") takes its right side apart at run time, when no literal becomes a Code any more; rows of tests hold text,
// too. A text that is not in the table is a mistake of the test: comparing it would show nothing.
template <class Text>
requires std::convertible_to<Text const&, std::string_view>
bool operator==(Code code, Text const& text) {
  std::string_view const view = text;
  if (!view.empty() && !Code::parse(view)) throw std::logic_error("no reason code: " + std::string(view));
  return code.text() == view;
}

inline std::ostream& operator<<(std::ostream& out, Code code) { return out << code.text(); }

namespace test {

// Where one_of() is called. As default arguments these are its caller's.
#if __has_builtin(__builtin_COLUMN)
#define ACR_CALLERS_COLUMN __builtin_COLUMN()  // clang 14 has no std::source_location
#else
#define ACR_CALLERS_COLUMN std::source_location::current().column()
#endif

// Which of COUNT this run of the test case is for: 0 to COUNT - 1, in one run each (GENERATE(range(0, COUNT))).
std::size_t index_of_run(std::size_t count, char const* file, unsigned line, unsigned column);

// The row of ROWS that this run of the test case is for, as GENERATE(values<Row>({…})) gives it. Catch2's values() makes a
// hundred functions of each Row, which was a third of what the tests cost the compiler; this one makes itself alone.
template <class Row>
Row one_of(std::initializer_list<Row> rows, char const* file = __builtin_FILE(), unsigned line = __builtin_LINE(),
           unsigned column = ACR_CALLERS_COLUMN) {
  return *(rows.begin() + index_of_run(rows.size(), file, line, column));
}

}  // namespace test
}  // namespace acr

using acr::test::one_of;  // NOLINT(google-global-names-in-headers): as GENERATE is, in tests of every namespace
