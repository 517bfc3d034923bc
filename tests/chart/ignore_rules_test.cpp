// Helm's .helmignore (P-30 … P-41): our readings row by row, then Helm's own answers by the thousand.

#include "chart/ignore_rules.hpp"

#include <chrono>

#include "chart/golden_lines.hpp"
#include "chart/limits.hpp"
#include "support/catch2.hpp"
#include "support/work_budget.hpp"

namespace ignore_rules_test {
namespace {

using namespace acr;
using namespace acr::chart;

IgnoreRules rules(std::string_view text) {
  auto parsed = IgnoreRules::parse(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

bool ignores(IgnoreRules const& rules, std::string_view path, EntryKind kind) { return rules.decision(path, kind).has_value(); }

TEST_CASE("ignore verdicts", "[chart]") {
  struct Row {
    char const* rules;
    char const* path;
    EntryKind kind;
    bool ignored;
  };
  auto const row = one_of<Row>({
      {"*.bak", "templates/x.bak", EntryKind::file, true},         // no slash: any depth
      {"/secret", "sub/secret", EntryKind::file, false},           // leading slash: chart root only
      {"/secret", "secret", EntryKind::file, true},                //
      {"a/b", "x/a/b", EntryKind::file, false},                    // a slash anchors
      {"./a", "a", EntryKind::file, false},                        // never matches
      {"docs/", "docs", EntryKind::file, false},                   // trailing slash: directories only
      {"docs/", "docs", EntryKind::directory, true},               //
      {"*", "a", EntryKind::file, true},                           //
      {"a*", "a/b", EntryKind::file, false},                       // the last component is b
      {"/a*", "a/b", EntryKind::file, false},                      // a star stops at a slash
      {"a[/]b", "a/b", EntryKind::file, true},                     // a class does not
      {"[!a]", "!", EntryKind::file, true},                        // `!` is a member
      {"*[^\xC3\xA9]", "\xC3\xA9", EntryKind::file, true},         // P-39: a star ends within a character
      {"zzz*[", "zzzq", EntryKind::file, false},                   // P-33: gets through, matches nothing
      {"", "templates/.hidden", EntryKind::file, true},            // P-36: built in
      {"", "templates/sub/.hidden", EntryKind::file, false},       //
      {"", "charts/x/templates/.hidden", EntryKind::file, false},  //
      {"\xC2\xA0"
       "a\xE2\x80\x83",
       "a", EntryKind::file, true},  // P-31: Unicode white space is trimmed
      {"\xEF\xBB\xBF"
       "a",
       "a", EntryKind::file, true},  // a BOM on line 1 is cut
      {"x\n\xEF\xBB\xBF"
       "a",
       "a", EntryKind::file, false},             // not on line 2
      {"a\r\n", "a", EntryKind::file, true},     //
      {"*", "", EntryKind::directory, false},    // the root is never ignored
      {"*", "./", EntryKind::directory, false},  //
  });
  CAPTURE(row.rules, row.path);
  CHECK(ignores(rules(row.rules), row.path, row.kind) == row.ignored);
}

TEST_CASE("a negated rule ignores all that it does not match", "[chart]") {
  auto const only = rules("# keep one\n!keep.txt\n");
  CHECK(ignores(only, "Chart.yaml", EntryKind::file));
  CHECK_FALSE(ignores(only, "keep.txt", EntryKind::file));
  CHECK(only.decision("Chart.yaml", EntryKind::file) == IgnoreRule{2, "!keep.txt", true});
  CHECK(only.negated_rules() == std::vector<IgnoreRule>{{2, "!keep.txt", true}});
  // There is no re-inclusion: the first verdict wins.
  CHECK(ignores(rules("*.txt\n!keep.txt"), "keep.txt", EntryKind::file));
  CHECK_FALSE(ignores(rules("!*"), "anything", EntryKind::file));
  CHECK(ignores(rules("!"), "anything", EntryKind::file));
  CHECK(ignores(rules("!dir/"), "dir", EntryKind::file));
}

TEST_CASE("the deciding rule is named with its line, the built-in one with line 0", "[chart]") {
  auto const some = rules("# comment\n\n  *.tmp  \n/docs/\n");
  CHECK(some.decision("a/b.tmp", EntryKind::file) == IgnoreRule{3, "*.tmp", false});
  CHECK(some.decision("docs", EntryKind::directory) == IgnoreRule{4, "/docs/", false});
  CHECK(some.decision("templates/.x", EntryKind::file) == IgnoreRule{0, "templates/.?*", false});
  CHECK_FALSE(some.decision("values.yaml", EntryKind::file));
}

TEST_CASE("a double star, a malformed pattern and an endless line are refused with their line", "[chart]") {
  struct Row {
    std::string text;
    char const* where;
    char const* rule;
  };
  auto const row = one_of<Row>({
      {"# comment **\n**/x\n", ".helmignore:2", "P-32"},
      {"a\nb\n[", ".helmignore:3", "P-33"},
      {"abc\\", ".helmignore:1", "P-33"},
      {"[\xFF]", ".helmignore:1", "P-33"},
      {std::string(65536, 'y'), ".helmignore:1", "P-31"},
      {"a\n" + std::string(65535, 'y') + "\r\n", ".helmignore:2", "P-31"},
  });
  auto const parsed = IgnoreRules::parse(row.text);
  REQUIRE(parsed.has_error());
  CHECK(parsed.error().code == "ignore-rule");
  CHECK(parsed.error().where == row.where);
  CHECK(parsed.error().rule_number == row.rule);
}

TEST_CASE("ignore rules answer as Helm 4.2.4 does", "[chart]") {
  std::size_t checked = 0;
  for (auto const& row : test::golden_lines("ignore-rules.tsv")) {
    REQUIRE(row.size() == 4);
    // "repeat:<n>:<hex>": n times `y`, then the bytes.
    std::string text;
    if (row[0].starts_with("repeat:")) {
      auto const colon = row[0].rfind(':');
      text = std::string(std::stoul(row[0].substr(7)), 'y') + test::unhex(row[0].substr(colon + 1));
    } else {
      text = test::unhex(row[0]);
    }
    auto const path = test::unhex(row[1]);
    auto const kind = row[2] == "d" ? EntryKind::directory : EntryKind::file;
    auto const parsed = IgnoreRules::parse(text);
    std::string const ours = !parsed ? "refused" : ignores(*parsed, path, kind) ? "ignored" : "kept";
    if (ours != row[3]) {
      CAPTURE(text, path, row[2]);
      CHECK(ours == row[3]);
    }
    ++checked;
  }
  CHECK(checked > 15000);
}

std::string many_rules(std::size_t count, std::string const& before, std::string const& after = "") {
  std::string text = "# comments do not count\n";
  for (std::size_t i = 0; i < count; ++i) text += before + std::to_string(i) + after + "\n";
  return text;
}

TEST_CASE("a chart has ten thousand ignore rules, not one more (B-25)", "[chart]") {
  CHECK(ignores(rules(many_rules(ignore_rules_per_chart, "f")), "f9999", EntryKind::file));
  auto const refused = IgnoreRules::parse(many_rules(ignore_rules_per_chart + 1, "f"));
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "too-many-ignore-rules");
  CHECK(refused.error().where == ".helmignore:10002");
  CHECK(ignore_rules_per_chart == 10'000);
}

TEST_CASE("rules that no path meets cost next to nothing (B-26)", "[chart]") {
  // Ten thousand rules of each form, ten thousand paths: a hundred million pairs.
  auto const form = one_of<std::pair<std::string, std::string>>(
      {{"name-", ""}, {"/dir/name-", ""}, {"*-end", ""}, {"name-", "*.txt"}, {"/dir/name-", "/*"}, {"*x", "y"}, {"?x", ""}});
  CAPTURE(form.first, form.second);
  auto const parsed = rules(many_rules(ignore_rules_per_chart, form.first, form.second));
  auto const begin = std::chrono::steady_clock::now();
  std::size_t ignored = 0;
  for (int i = 0; i < 10'000; ++i) ignored += ignores(parsed, "dir/other-" + std::to_string(i), EntryKind::file) ? 1 : 0;
  CHECK(ignored == 0);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));  // unoptimised, on a busy machine
}

TEST_CASE("of several rules that fit the first one in the file decides, whatever their form (P-37)", "[chart]") {
  std::vector<std::string> const forms{"a.txt", "/dir/a.txt", "*.txt", "a*",    "/dir/a*",
                                       "*a.*",  "dir/*.txt",  "!b",    "?.txt", "[a]*"};
  for (auto const& first : forms)
    for (auto const& second : forms) {
      CAPTURE(first, second);
      CHECK(rules(first + "\n" + second).decision("dir/a.txt", EntryKind::file)->line == 1);
      CHECK(rules("nothing\n" + first + "\n" + second).decision("dir/a.txt", EntryKind::file)->line == 2);
    }
  CHECK(ignores(rules("*]x"), "a]x", EntryKind::file));
  CHECK_FALSE(ignores(rules("*]x"), "ax", EntryKind::file));
}

TEST_CASE("the run's clock ends the matching of rules (B-25)", "[chart]") {
  RunClock clock;
  WorkBudget budget(clock);
  auto const slow = rules(many_rules(5000, "*", "[ab]*"));
  WorkScope const scope(&budget);
  auto const match_all = [&] {
    for (int i = 0; i < 100; ++i) (void)ignores(slow, "file" + std::to_string(i), EntryKind::file);
  };
  CHECK_NOTHROW(match_all());
  clock.cancel(ExitStatus::terminated);
  CHECK_THROWS_AS(match_all(), Cancelled);
  CHECK_THROWS_AS(IgnoreRules::parse(many_rules(10'000, "f")), Cancelled);
}

}  // namespace
}  // namespace ignore_rules_test
