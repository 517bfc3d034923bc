#include "sigstore/time.hpp"

#include "support/catch2.hpp"

namespace time_test {
namespace {

using namespace acr::sigstore;

TEST_CASE("RFC 3339 times are read with their fraction", "[sigstore]") {
  CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == Time{0, 0});
  CHECK(parse_rfc3339("2022-10-31T23:59:59.999Z") == Time{1667260799, 999'000'000});
  CHECK(parse_rfc3339("2000-02-29T12:00:00+01:30") == Time{951820200, 0});
  CHECK(parse_rfc3339("1969-12-31T23:59:59.5Z") == Time{-1, 500'000'000});
  CHECK(to_text(Time{1667260799, 999'000'000}) == "2022-10-31T23:59:59.999Z");
  CHECK(to_text(Time{-1, 0}) == "1969-12-31T23:59:59Z");
  CHECK(to_text(Time{INT64_MAX, 0}) == "@9223372036854775807");
}

TEST_CASE("what is not an RFC 3339 time is refused", "[sigstore]") {
  auto const text =
      one_of<char const*>({"", "2022-10-31", "2022-10-31T23:59:59", "2022-10-31 23:59:59Z", "2022-10-31t23:59:59Z",
                           "2022-02-29T00:00:00Z", "2022-13-01T00:00:00Z", "2022-10-31T24:00:00Z", "2022-10-31T23:59:60Z",
                           "2022-10-31T23:59:59.Z", "2022-10-31T23:59:59.0123456789Z", "2022-10-31T23:59:59Zx",
                           "2022-10-31T23:59:59+0100", "0000-01-01T00:00:00Z", "2022-10-31T23:59:59z", "-022-10-31T23:59:59Z"});
  CAPTURE(text);
  CHECK_FALSE(parse_rfc3339(text));
}

TEST_CASE("a validity is closed at both ends (V-25)", "[sigstore]") {
  Validity const validity{parse_rfc3339("2022-01-01T00:00:00Z"), parse_rfc3339("2022-12-31T23:59:59.999Z")};
  CHECK(validity.contains(*parse_rfc3339("2022-01-01T00:00:00Z")));
  CHECK(validity.contains(*parse_rfc3339("2022-12-31T23:59:59.999Z")));
  CHECK_FALSE(validity.contains(*parse_rfc3339("2022-12-31T23:59:59.999000001Z")));
  CHECK_FALSE(validity.contains(*parse_rfc3339("2021-12-31T23:59:59.999999999Z")));
  CHECK(Validity{}.contains(Time{INT64_MIN, 0}));
}

}  // namespace
}  // namespace time_test
