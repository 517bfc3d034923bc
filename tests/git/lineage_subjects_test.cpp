#include "git/lineage_subjects.hpp"

#include "support/catch2.hpp"

namespace lineage_subjects_test {
namespace {

using acr::Verdict;
using acr::git::LineageSubjects;
using acr::git::SubjectContext;

SubjectContext const context{.chart = "web", .version = "1.2.0", .tag = "web-v1.2.0", .commit = "abc"};
Verdict<LineageSubjects> parsed(std::vector<std::string> const& lines) {
  LineageSubjects subjects;
  for (auto const& line : lines)
    if (auto const added = subjects.add(line); !added) return added.error();
  return subjects;
}

// What the first rule that fits gives.
std::optional<std::string> subject(LineageSubjects const& subjects, std::string_view key,
                                   SubjectContext const& values = context) {
  auto const* rule = subjects.rule(key);
  return rule ? rule->subject(values) : std::nullopt;
}

std::string const digest = "sha256:" + std::string(64, 'a');

// Expected hashes are those of `printf TEXT | sha256sum`.
TEST_CASE("a template's subject is the hash of the filled-in text", "[git]") {
  auto const subjects = parsed({"w5-semver = text:w5-semver-{chart}-{version}-{commit}", "eq=text:k={tag} x=y"});
  REQUIRE(subjects.has_value());
  CHECK(subject(*subjects, "w5-semver") == "sha256:10edf29f68fcce946939e41c7555ac72ee9bddb4997a65d8ee55c460eb145da8");
  CHECK(subject(*subjects, "eq") == "sha256:5a67272e6a1d8121236e06665fd99dd44dfd429251a69241f6f8b8d5bcda7fe0");
  CHECK_FALSE(subject(*subjects, "w5"));
}

TEST_CASE("a placeholder inside a value stays text", "[git]") {
  auto const subjects = parsed({"a = text:{chart}"}).value();
  SubjectContext const hostile{.chart = "{version}", .version = "1", .tag = {}, .commit = {}};
  CHECK(subject(subjects, "a", hostile) == "sha256:afccb3e68f5c60b2fbf1f2f66bdf31b3db7deaa905d5ce456fc8cccaa69fee4d");
}

TEST_CASE("a star in a key stands for any run of characters", "[git]") {
  struct Row {
    char const* pattern;
    char const* key;
    bool matches;
  };
  auto const row = one_of<Row>({
      {"k8s-*", "k8s-install-v1.32.11", true},
      {"k8s-*", "k8s-", true},
      {"k8s-*", "k8s", false},
      {"*", "anything/at+all", true},
      {"*-lint", "w1-artifacthub-lint", true},
      {"*-lint", "w1-lint-2", false},
      {"a*b*c", "a-b-b-c", true},
      {"a*b*c", "acb", false},
      {"a**c", "ac", true},
      {"lint", "w1-lint", false},
      {"LINT", "lint", false},
  });
  CAPTURE(row.pattern, row.key);
  auto const subjects = parsed({std::string(row.pattern) + " = " + digest}).value();
  CHECK(subject(subjects, row.key).has_value() == row.matches);
}

TEST_CASE("many stars against a long key end soon", "[git]") {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "*a";
  auto const subjects = parsed({pattern + "*b = " + digest}).value();
  CHECK_FALSE(subject(subjects, std::string(128, 'a')));
}

TEST_CASE("the first rule that matches decides", "[git]") {
  std::string const other = "sha256:" + std::string(64, 'b');
  auto const subjects = parsed({"w1-* = " + digest, "w1-lint = " + other, "* = " + other}).value();
  CHECK(subject(subjects, "w1-lint") == digest);
  CHECK(subject(subjects, "w2") == other);
}

TEST_CASE("digests are folded to lower case", "[git]") {
  CHECK(subject(parsed({"a = sha256:" + std::string(64, 'A')}).value(), "a") == digest);
}

TEST_CASE("rules of another form are refused with their line", "[git]") {
  auto const rule =
      one_of<std::string>({"no equals sign", "= text:x", "a b = text:x", "a = ", "a = x", "a = text:", "a = sha256:12",
                           "a = sha512:12", "a = text:{name}", "a = text:{chart", "a = text:chart}", "a = text:{{chart}}",
                           "ok = text:again", "\xc3\xa4 = text:x", "-a = text:x"});
  CAPTURE(rule);
  auto const subjects = parsed({"ok = text:x", rule});
  REQUIRE(subjects.has_error());
  CHECK(subjects.error().code == "lineage-subjects");
  CHECK(subjects.error().where.empty());
}

TEST_CASE("a rule is refused for its key or its template, and the same rule with a good one is not", "[git]") {
  struct Row {
    std::string bad, good, why;
  };
  auto const row = one_of<Row>({
      {"a text:x", "a = text:x", "the rule has no \"=\""},
      {"/a = text:x", "a/ = text:x", "an annotation cannot hold this key"},
      {"ok = text:x", "ok* = text:x", "the key has a rule already"},
      {"a = sha256:12", "a = " + digest, "the digest does not have 64 hex digits"},
      {"a = text:", "a = text: ", "the template is empty"},
      {"a = text:" + std::string(5000, 'x'), "a = text:x", "the template is longer than"},
      {"a = text:{name}", "a = text:{chart}", "the template has a brace that belongs to none of"},
      {"a = sha512:12", "a = text:sha512:12", "the subject is neither source, nor package, nor a digest, nor a text"},
  });
  CAPTURE(row.bad, row.good);
  auto subjects = parsed({"ok = text:x"}).value();
  auto const bad = subjects.add(row.bad);
  REQUIRE(bad.has_error());
  CHECK(bad.error().where.empty());
  CHECK(bad.error().why.rfind(row.why, 0) == 0);
  if (row.why != "the template is empty")
    CHECK(subjects.add(row.good).has_value());  // a trimmed template of blanks is empty, too
}

TEST_CASE("rules are counted", "[git]") {
  LineageSubjects subjects;
  for (int i = 0; i < 512; ++i) REQUIRE(subjects.add("k" + std::to_string(i) + " = text:x").has_value());
  CHECK(subjects.add("one-more = text:x").error().why == "there are more than 512 rules");
}

// B-4, B-5. Expected hashes are those of `printf TEXT | sha256sum`.
TEST_CASE("rules name the chart's own digests, as a whole or within a text", "[git]") {
  auto const subjects = parsed({"s = source", "p = package", "ts = text:lint {source}", "tp = text:{package}"}).value();
  SubjectContext known = context;
  known.source = "sha256:" + std::string(64, '1');
  known.package = "sha256:" + std::string(64, '2');
  CHECK(subject(subjects, "s", known) == known.source);
  CHECK(subject(subjects, "p", known) == known.package);
  CHECK(subject(subjects, "ts", known) == "sha256:be19db6d53d637969fa909042b67d5852b41d6368759d26e766283430a492925");
  CHECK(subject(subjects, "tp", known) == "sha256:4f2e8d65483c641648cdb374ae9d8abd368d269e4ddffe092a8237b8162cddd6");
  for (auto const* key : {"s", "p", "ts", "tp"}) CHECK_FALSE(subject(subjects, key));  // neither is known
}

TEST_CASE("a template is about a content or about a release by its placeholders (B-5)", "[git]") {
  struct Row {
    std::string text;
    bool content, release;
  };
  auto const row = one_of<Row>({
      {"text:{source}", true, false},
      {"text:x-{package}", true, false},
      {"text:{chart}-{version}", false, true},
      {"text:{chart} {tag}", false, true},
      {"text:{commit}/{chart}", false, true},
      {"text:{chart}", false, false},
      {"text:{version}{tag}{commit}", false, false},
      {"text:lint", false, false},
      {"source", false, false},
  });
  CAPTURE(row.text);
  auto const subjects = parsed({"a = " + row.text}).value();
  CHECK(subjects.rule("a")->names_content() == row.content);
  CHECK(subjects.rule("a")->names_release() == row.release);
}

TEST_CASE("no rules give no subjects", "[git]") {
  auto const subjects = parsed({}).value();
  CHECK(subjects.empty());
  CHECK_FALSE(subject(subjects, "a"));
}

}  // namespace
}  // namespace lineage_subjects_test
