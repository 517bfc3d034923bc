#include "support/text.hpp"

#include "support/catch2.hpp"

namespace text_test {
namespace {

TEST_CASE("foreign text is printed on one line and cannot start a workflow command", "[support]") {
  struct Row {
    std::string foreign, shown;
  };
  auto const row = one_of<Row>({
      {"plain", "plain"},
      {"a\nb", "a\\u{a}b"},
      {"::error::x", "| ::error::x"},
      {" \u00a0::error::x", "|  \u00a0::error::x"},
      {"x ##[error]y", "x # #[error]y"},
      {"##[[", "# #[["},
      {"a\u202eb", "a\\u{202e}b"},
      {"a\u2028b\u0085", "a\\u{2028}b\\u{85}"},
      {"bad \xff byte", "bad \\u{ff} byte"},
      {"\xed\xa0\x80", "\\u{ed}\\u{a0}\\u{80}"},
      {"a::b", "a::b"},
  });
  CAPTURE(row.foreign);
  CHECK(acr::printable(row.foreign) == row.shown);
}

TEST_CASE("foreign text is cut at its limit in characters", "[support]") {
  CHECK(acr::printable("äöü", 2) == "äö…");
  CHECK(acr::printable("äöü", 3) == "äöü");
}

TEST_CASE("numbers are plain decimal digits within range", "[support]") {
  CHECK(acr::to_number("0") == 0u);
  CHECK(acr::to_number("18446744073709551615") == UINT64_MAX);
  CHECK_FALSE(acr::to_number("18446744073709551616"));
  CHECK_FALSE(acr::to_number("01"));
  CHECK_FALSE(acr::to_number("+1"));
  CHECK_FALSE(acr::to_number(""));
  CHECK_FALSE(acr::to_number("9", 8));
}

TEST_CASE("lines end at LF and lose one CR", "[support]") {
  CHECK(acr::lines("a\r\nb\n\nc") == std::vector<std::string_view>{"a", "b", "", "c"});
  CHECK(acr::lines("").empty());
}

TEST_CASE("a number is digits alone", "[support]") {
  for (char const* text : {"-1", "1 ", " 1", "1x", "x", "0x1", "1.0", "1e3", "\xd9\xa1"}) {
    CAPTURE(text);
    CHECK_FALSE(acr::to_number(text));
  }
}

TEST_CASE("UTF-8 is what Unicode lets encode, in the shortest form", "[support]") {
  for (char const* text :
       {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x9a\x80", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80"}) {
    CAPTURE(text);
    CHECK(acr::is_utf8(text));
  }
  for (char const* text :
       {"\x80", "\xc3", "\xc3(", "\xe2\x82", "\xe2(\xa1", "\xe2\x82(", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "text \xff"}) {
    CAPTURE(text);
    CHECK_FALSE(acr::is_utf8(text));
  }
  CHECK_FALSE(acr::is_utf8(std::string_view("\xe2\x82\xac").substr(0, 2)));  // what follows the text is not read
}

}  // namespace
}  // namespace text_test
