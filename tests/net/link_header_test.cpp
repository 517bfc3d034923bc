#include "net/link_header.hpp"

#include "support/catch2.hpp"

namespace link_header_test {
namespace {

using acr::net::next_link;
using acr::net::parse_link_header;

TEST_CASE("the next page is found however the header is written (G-31)", "[net]") {
  auto const text = one_of<char const*>({
      R"(<https://h/x?page=2>; rel="next")",
      R"(<https://h/x?page=2>;rel=next)",
      R"(<https://h/x?page=1>; rel="prev", <https://h/x?page=2>; rel="next", <https://h/x?page=9>; rel="last")",
      R"(<https://h/x?page=2>; rel="last next")",
      R"(<https://h/x?page=2>; title="a, <b>; rel=\"prev\""; rel="next")",
      R"(<https://h/x?page=2>; REL="NEXT")",
      R"( <https://h/x?page=2> ; rel = "next" ; foo)",
      R"(,, <https://h/x?page=2>;; rel="next",)",
      "<https://h/x?page=2>\t;\trel=next",
      R"(<https://h/x?page=2>; rel="next"; rel="prev")",
      R"(<https://h/x?page=2>; hreflang*=UTF-8''en; rel="next")",
  });
  CAPTURE(text);
  auto const next = next_link(text);
  REQUIRE(next.has_value());
  CHECK(*next == "https://h/x?page=2");
}

TEST_CASE("without a next page there is none", "[net]") {
  auto const text = one_of<char const*>({
      "",
      "  ",
      R"(<https://h/x?page=1>; rel="prev")",
      R"(<https://h/x>)",
      R"(<https://h/x>; rel="nextpage")",
      R"(<https://h/x>; rev="next")",
      R"(<https://h/x>; title="rel=next")",
      R"(<https://h/x>; rel="prev"; rel="next")",
  });
  CAPTURE(text);
  auto const next = next_link(text);
  REQUIRE(next.has_value());
  CHECK_FALSE(next->has_value());
}

TEST_CASE("commas and semicolons inside a target belong to it", "[net]") {
  auto const links = parse_link_header(R"(<https://h/a,b;c>; rel="next")");
  REQUIRE(links.has_value());
  REQUIRE(links->size() == 1);
  CHECK(links->front().target == "https://h/a,b;c");
}

TEST_CASE("a Link header of another shape is refused with its place", "[net]") {
  auto const text = one_of<char const*>({"x", "https://h/x; rel=next", "<https://h/x", R"(<x>; rel="next)", "<x>; =y",
                                         R"(<x>; rel="next" <y>)", "<x> rel=next", "<x>; rel=next junk"});
  CAPTURE(text);
  auto const links = parse_link_header(text);
  REQUIRE(links.has_error());
  CHECK(links.error().code == "bad-link-header");
  CHECK(links.error().where.starts_with("Link header, byte "));
}

TEST_CASE("an endless Link header is refused", "[net]") {
  std::string text;
  while (text.size() < 20000) text += R"(<https://h/x>; rel="prev", )";
  CHECK(parse_link_header(text).has_error());
}

}  // namespace
}  // namespace link_header_test
