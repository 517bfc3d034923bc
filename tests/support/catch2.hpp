#pragma once

// Catch2 2.13 (Debian 12) and 3.x (Debian 13) under one include, and what tests compare and print of reason codes.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <concepts>
#include <ostream>
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

}  // namespace acr
