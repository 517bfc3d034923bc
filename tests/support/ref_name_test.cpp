#include "support/ref_name.hpp"

#include "support/catch2.hpp"

namespace ref_name_test {
namespace {

TEST_CASE("names of refs are those of git-check-ref-format", "[support]") {
  for (char const* name :
       {"main", "release/1.x", "web-v1.2.0", "a@b", "@a", "@/x", "{x}", "lock", "a.lockx", "x.y", "\xc3\xa4"}) {
    CAPTURE(name);
    CHECK(acr::is_ref_name(name));
  }
  for (char const* name : {"",
                           "@",
                           "main.",
                           "a/b.",
                           "a..b",
                           "a@{b",
                           "@{",
                           "a b",
                           "a\tb",
                           "a\x7f"
                           "b",
                           "a~b",
                           "a^b",
                           "a:b",
                           "a?b",
                           "a*b",
                           "a[b",
                           "a\\b",
                           "/a",
                           "a/",
                           "a//b",
                           ".a",
                           "a/.b",
                           "a.lock",
                           "a.lock/b"}) {
    CAPTURE(name);
    CHECK_FALSE(acr::is_ref_name(name));
  }
}

}  // namespace
}  // namespace ref_name_test
