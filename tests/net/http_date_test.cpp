#include "net/http_date.hpp"

#include "support/catch2.hpp"

namespace http_date_test {
namespace {

TEST_CASE("HTTP dates are read in all three forms (RFC 9110 section 5.6.7)", "[net]") {
  // The RFC's own example; its epoch value is from date(1).
  auto const text =
      one_of<char const*>({"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"});
  auto const moment = acr::net::parse_http_date(text);
  REQUIRE(moment.has_value());
  CHECK(moment->time_since_epoch().count() == 784111777);
  CHECK(acr::net::utc_text(*moment) == "1994-11-06T08:49:37Z");
}

TEST_CASE("other text is not a date", "[net]") {
  auto const text =
      one_of<char const*>({"", "120", "soon", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Now 1994 08:49:37 GMT",
                           "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT", "1994-11-06T08:49:37Z"});
  CAPTURE(text);
  CHECK_FALSE(acr::net::parse_http_date(text).has_value());
}

}  // namespace
}  // namespace http_date_test
