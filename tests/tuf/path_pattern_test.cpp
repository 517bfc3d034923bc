#include "support/catch2.hpp"
#include "tuf/metadata.hpp"

namespace path_pattern_test {
namespace {

using acr::tuf::matches_path;

TEST_CASE("patterns of paths (T-29)", "[tuf]") {
  struct Row {
    char const* pattern;
    char const* path;
    bool matches;
  };
  auto const row = one_of<Row>({
      {"a", "a", true},
      {"a", "A", false},
      {"*", "", true},
      {"*", "a/b", false},
      {"*/b", "a/b", true},
      {"a/*", "a/b", true},
      {"a/*", "a/b/c", false},
      {"a/*", "a", false},
      {"*", ".hidden", true},
      {"?", ".", true},
      {"?", "\xc3\xa9", true},  // one character of two bytes
      {"?", "", false},
      {"foo-?.tgz", "foo-1.tgz", true},
      {"foo-?.tgz", "foo-10.tgz", false},
      {"*a*b*", "xxaxxbxx", true},
      {"*a*b*", "xxbxxaxx", false},
      {"a*a", "a", false},
      {"a**c", "abc", true},
      {"[ab]", "b", true},
      {"[ab]", "c", false},
      {"[a-c]", "b", true},
      {"[a-c]", "-", false},
      {"[c-a]", "b", false},
      {"[!ab]", "c", true},
      {"[!ab]", "a", false},
      {"[^ab]", "c", false},
      {"[^ab]", "^", true},
      {"[]a]", "]", true},
      {"[!]a]", "]", false},
      {"[!]a]", "b", true},
      {"[a-]", "-", true},
      {"[a", "[a", true},
      {"[a", "a", false},
      {"[!", "[!", true},
      {"[]", "[]", true},
      {"[a/b]", "[a/b]", true},  // no set reaches over a slash
      {"[a/b]", "a", false},
      {"\\*", "\\x", true},  // nothing escapes
      {"\\*", "*", false},
      {"[\\]", "\\", true},
      {"*.zip", "a.zip.sig", false},
      {"a/", "a/", true},
      {"", "", true},
      {"", "a", false},
      {"[\xc3\xa9]", "\xc3\xa9", true},
  });
  CAPTURE(row.pattern, row.path);
  CHECK(matches_path(row.pattern, row.path) == row.matches);
}

TEST_CASE("a pattern of many stars takes no longer than its length times the path's (T-29)", "[tuf]") {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += "*a";
  CHECK_FALSE(matches_path(pattern + "b", std::string(1999, 'a')));
}

}  // namespace
}  // namespace path_pattern_test
