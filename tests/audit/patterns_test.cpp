#include "audit/patterns.hpp"

#include <chrono>

#include "audit/limits.hpp"
#include "support/catch2.hpp"

namespace patterns_test {
namespace {

using namespace acr::audit;

TEST_CASE("patterns of rulesets match as fnmatch with FNM_PATHNAME does (U-21)", "[audit]") {
  struct Row {
    char const* pattern;
    char const* ref;
    bool matches;
  };
  auto const row = one_of<Row>({
      {"refs/tags/*-v*", "refs/tags/web-v1.2.0", true},
      {"refs/tags/*-v*", "refs/tags/web/api-v1.2.0", false},  // `*` stays within a segment
      {"refs/tags/**/*", "refs/tags/web-v1", true},
      {"refs/tags/**/*", "refs/tags/a/b/web-v1", true},
      {"refs/tags/**", "refs/tags/a/b", false},  // only `**/` is more than `*`
      {"refs/tags/**", "refs/tags/a", true},
      {"refs/tags/web-v?", "refs/tags/web-v1", true},
      {"refs/tags/web-v?", "refs/tags/web-v12", false},
      {"refs/tags/[a-f]*", "refs/tags/cats", true},
      {"refs/tags/[^a-f]*", "refs/tags/cats", false},
      {"refs/tags/[]x]", "refs/tags/]", true},
      {"refs/tags/\\*", "refs/tags/*", true},
      {"refs/tags/\\*", "refs/tags/a", false},
      {"refs/tags", "refs/tags/a", false},
      {"", "", true},
      {"**/a", "a", true},
      {"**/a", "xa", false},
      {"a/**/b", "a/b", true},
      {"a/**/b", "a/x/y/b", true},
      {"a/**/b", "a/xb", false},
  });
  CAPTURE(row.pattern, row.ref);
  CHECK(ruleset_pattern_matches(row.pattern, row.ref) == row.matches);
}

TEST_CASE("a malformed or very long pattern says nothing", "[audit]") {
  CHECK_FALSE(ruleset_pattern_matches("refs/tags/[a", "refs/tags/a").has_value());
  CHECK(ruleset_pattern_matches(std::string(limits::pattern_bytes, 'a'), "a") == false);
  CHECK_FALSE(ruleset_pattern_matches(std::string(limits::pattern_bytes + 1, 'a'), "a").has_value());
}

TEST_CASE("a ruleset covers what it includes and does not exclude (U-21)", "[audit]") {
  std::string const tag = "refs/tags/web-v1.0.0";
  CHECK(ruleset_covers({"~ALL"}, {}, tag) == true);
  CHECK(ruleset_covers({"~DEFAULT_BRANCH"}, {}, tag) == false);
  CHECK(ruleset_covers({}, {}, tag) == false);
  CHECK(ruleset_covers({"refs/tags/a*", "refs/tags/w*"}, {}, tag) == true);
  CHECK(ruleset_covers({"~ALL"}, {"refs/tags/web-*"}, tag) == false);
  CHECK(ruleset_covers({"~ALL"}, {"~ALL"}, tag) == false);
  CHECK(ruleset_covers({"~ALL"}, {"refs/tags/api-*"}, tag) == true);
  CHECK_FALSE(ruleset_covers({"~ALL"}, {"refs/tags/[w"}, tag).has_value());
  CHECK_FALSE(ruleset_covers({"refs/tags/[w"}, {}, tag).has_value());
  CHECK(ruleset_covers({"refs/tags/[w", "~ALL"}, {}, tag) == true);
}

TEST_CASE("filters of workflows: the last pattern that matches decides (U-21)", "[audit]") {
  CHECK(branch_filter_admits({"release"}, "release") == true);
  CHECK(branch_filter_admits({"main"}, "release") == false);
  CHECK(branch_filter_admits({}, "release") == false);
  CHECK(branch_filter_admits({"*"}, "release/1") == false);
  CHECK(branch_filter_admits({"**"}, "release/1") == true);
  CHECK(branch_filter_admits({"rel*"}, "release") == true);
  CHECK(branch_filter_admits({"**", "!release"}, "release") == false);
  CHECK(branch_filter_admits({"!release", "**"}, "release") == true);
  for (auto const* pattern : {"release?", "[r]elease", "release+", "rel\\ease"})
    CHECK_FALSE(branch_filter_admits({pattern}, "release").has_value());
  CHECK_FALSE(branch_filter_admits({std::string(limits::pattern_bytes + 1, 'a')}, "release").has_value());
}

TEST_CASE("patterns of CODEOWNERS (U-12)", "[audit]") {
  struct Row {
    char const* pattern;
    char const* path;
    bool sure, perhaps;
  };
  auto const row = one_of<Row>({
      {"*", ".github/workflows/a.yaml", true, true},
      {".github/", ".github/workflows/a.yaml", true, true},
      {"/.github/", ".github/workflows/a.yaml", true, true},
      {"/.github", ".github/workflows/a.yaml", true, true},
      {".github/**", ".github/workflows/a.yaml", true, true},
      {"/.github/workflows/*.yaml", ".github/workflows/a.yaml", true, true},
      {"/.github/workflows/*.yaml", ".github/workflows/a.yml", false, false},
      {".github/*", ".github/workflows/a.yaml", false, true},  // GitHub: files of that directory alone
      {".github/*", ".github/CODEOWNERS", true, true},
      {"workflows/", ".github/workflows/a.yaml", true, true},  // at any depth
      {"/workflows/", ".github/workflows/a.yaml", false, false},
      {"*.yaml", ".github/workflows/a.yaml", true, true},
      {"a.yaml/", ".github/workflows/a.yaml", false, false},  // a directory alone
      {"**/workflows/**", ".github/workflows/a.yaml", true, true},
      {".github/work?lows/", ".github/workflows/a.yaml", true, true},
      {"docs/", ".github/workflows/a.yaml", false, false},
      {".github/workflows/a\\.yaml", ".github/workflows/a.yaml", true, true},
      {"/", ".github/workflows/a.yaml", false, false},
      {"", "a", false, false},
      {".GitHub/", ".github/workflows/a.yaml", false, false},
  });
  CAPTURE(row.pattern, row.path);
  CHECK(owner_pattern_matches(row.pattern, row.path, Reach::sure) == row.sure);
  CHECK(owner_pattern_matches(row.pattern, row.path, Reach::perhaps) == row.perhaps);
}

TEST_CASE("no pattern takes long", "[audit]") {
  std::string pattern;
  for (int i = 0; i < 300; ++i) pattern += "*a";
  auto const begin = std::chrono::steady_clock::now();
  CHECK(ruleset_pattern_matches(pattern + "b", std::string(4000, 'a')) == false);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

}  // namespace
}  // namespace patterns_test
