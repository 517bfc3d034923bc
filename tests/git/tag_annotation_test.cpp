#include "git/tag_annotation.hpp"

#include <filesystem>
#include <string>

#include "git/limits.hpp"
#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/json.hpp"
#include "support/places.hpp"

namespace tag_annotation_test {
namespace {

using namespace acr::git;
namespace fs = std::filesystem;

fs::path const tags = acr::test::data_folder() / "github" / "tags";
std::string const digest_a = "sha256:" + std::string(64, 'a');
std::string const digest_b = "sha256:" + std::string(64, 'b');

std::string with_block(std::string const& block) {
  return "Release: web v1.0.0\n\nAttestation Lineage:\n" + block + "\nChangelog:\n- x\n";
}

TEST_CASE("published and documented annotations give what the fixtures expect (A-93, A-95, A-97)", "[git]") {
  auto const expected = acr::parse_json(acr::read_file(tags / "expected.json", 1 << 20), "expected.json").value();
  auto const* cases = acr::array_in(expected, "cases");
  REQUIRE(cases != nullptr);
  REQUIRE(cases->size() == 19);
  for (auto const& one : *cases) {
    auto const file = acr::string_in(one, "file").value();
    CAPTURE(file);
    auto const lineage = parse_annotation(acr::read_file(tags / file, 1 << 20));
    auto wanted = one.as_object();
    wanted.erase("file");
    wanted.erase("note");
    // The JSON of `lineage --json` has the very fields of the fixtures (issue 3).
    auto const told = acr::parse_json(lineage_json(lineage), "lineage").value();
    INFO(boost::json::serialize(told));
    CHECK((told == boost::json::value(wanted)));
  }
}

TEST_CASE("every defect of a block has its code (A-93, A-94)", "[git]") {
  struct Row {
    char const* block;
    char const* code;
    std::size_t line;  // of the annotation; the block begins on line 4
  };
  auto const row = one_of<Row>({
      {"text\n", "bad-line", 4},
      {"-w1: 1\n", "bad-line", 4},
      {"* w1: 1\n", "bad-line", 4},
      {"-\n", "bad-line", 4},
      {"- no colon here\n", "bad-line", 4},
      {"- a: 1\nlower case: text\n", "bad-line", 5},
      {"- a: 1 sha256:x more\n", "bad-line", 4},
      {"- : 1\n", "bad-key", 4},
      {"- .a: 1\n", "bad-key", 4},
      {"- a b: 1\n", "bad-key", 4},
      {"- \xc3\xa4: 1\n", "bad-key", 4},
      {"- a:\n", "bad-id", 4},
      {"- a: 0\n", "bad-id", 4},
      {"- a: 01\n", "bad-id", 4},
      {"- a: +1\n", "bad-id", 4},
      {"- a: -1\n", "bad-id", 4},
      {"- a: 1.0\n", "bad-id", 4},
      {"- a: null\n", "bad-id", 4},
      {"- a: 9223372036854775808\n", "bad-id", 4},
      {"- a:b: 1\n", "bad-id", 4},
      {"- a: 1 sha256:\n", "bad-digest", 4},
      {"- a: 1 SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "bad-digest", 4},
      {"- a: 1 sha512:aa\n", "bad-digest", 4},
      {"- a: 1\n- a: 2\n", "duplicate-key", 5},
      {"- a: 1\n- a: 1 sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "duplicate-key", 5},
      {"", "empty-block", 3},
      {"\n\n", "empty-block", 3},
      {"- No attestation data available\n- a: 1\n", "sentinel-mixed", 3},
      {"- a: 1\n- no ATTESTATION data available...\n", "sentinel-mixed", 3},
      {"- a: 1\n- parse ERROR.\n", "producer-error", 5},
      {"- a: 1\n\n- b: 2\n", "split-block", 6},
      {"- a: 1\n\n\n\n- b: 2\n", "split-block", 8},
  });
  CAPTURE(row.block);
  auto const lineage = parse_annotation(with_block(row.block));
  CHECK(lineage.status == Lineage::Status::error);
  CHECK(lineage.error == row.code);
  CHECK(lineage.line == row.line);
  CHECK(lineage.entries.empty());
  CHECK(lineage.warnings.empty());
  REQUIRE(lineage.release);
  CHECK(*lineage.release == ReleaseLine{"web", "1.0.0"});  // told all the same
  auto const rejection = lineage_rejection(lineage, "web-v1.0.0");
  CHECK(rejection.code == row.code);
  CHECK(rejection.where == "tag web-v1.0.0, line " + std::to_string(row.line));
  CHECK_FALSE(rejection.why.empty());
  CHECK_FALSE(rejection.fix_text.empty());
}

TEST_CASE("accepted forms of a block", "[git]") {
  struct Row {
    char const* block;
    std::size_t entries;
    char const* warnings;
  };
  auto const row = one_of<Row>({
      {"- a: 1\n", 1, ""},
      {"\n\n- a: 1\n", 1, ""},        // empty lines before the first item
      {"-\t a \t: \t 1\t\n", 1, ""},  // tabs, blanks before the colon
      {"- a:1\n", 1, ""},             // no blank after it
      {"- a: 9223372036854775807\n", 1, ""},
      {"- a: 1\n- A: 2\n", 2, ""},         // keys differ by case
      {"- a: 1\nSource PR: #5\n", 1, ""},  // a section ends the block
      {"- a: 1\nAnything_else-9 x:\n", 1, ""},
      {"- a: 1\n- a: 1\n- a: 1\n", 1, "duplicate-entry"},
      {"- a: 1\n\nfree text\n- not in the block\n", 1, ""},  // the next non-empty line is not an item
  });
  CAPTURE(row.block);
  auto const lineage = parse_annotation(with_block(row.block));
  CHECK(lineage.error == "");
  CHECK(lineage.status == Lineage::Status::ok);
  CHECK(lineage.entries.size() == row.entries);
  std::string warnings;
  for (auto const& warning : lineage.warnings) warnings += warning.text();
  CHECK(warnings == row.warnings);
}

TEST_CASE("no attestation data may be said in any case, with any number of stops, more than once (A-93)", "[git]") {
  auto const item = one_of<std::string>(
      {"- No attestation data available", "- no attestation data available.", "- NO ATTESTATION DATA AVAILABLE..."});
  auto const lineage = parse_annotation(with_block(item + "\n" + item + "\n"));
  CHECK(lineage.status == Lineage::Status::none);
  CHECK(lineage.error == "");
}

TEST_CASE("upper-case digests are folded, and an equal one in lower case is not a second entry", "[git]") {
  auto const lineage = parse_annotation(with_block("- a: 1 sha256:" + std::string(64, 'A') + "\n- a: 1 " + digest_a + "\n"));
  REQUIRE(lineage.status == Lineage::Status::ok);
  REQUIRE(lineage.entries.size() == 1);
  CHECK(lineage.entries[0].digest == digest_a);
  CHECK(lineage.warnings == std::vector<acr::Code>{"digest-uppercase", "duplicate-entry"});
}

TEST_CASE("two blocks before the changelog are refused, one in it is free text (A-93)", "[git]") {
  std::string const block = "Attestation Lineage:\n- a: 1\n\n";
  CHECK(parse_annotation(block + block).error == "duplicate-block");
  CHECK(parse_annotation(block + "Changelog:\n" + block).status == Lineage::Status::ok);
  CHECK(parse_annotation("Changelog:\n" + block).error == "no-lineage-block");
  CHECK(parse_annotation("Changelog: all of it\n" + block).error == "no-lineage-block");
  CHECK(parse_annotation("Attestation lineage:\n- a: 1\n").error == "no-lineage-block");     // exact
  CHECK(parse_annotation("Attestation Lineage: \n- a: 1\n").status == Lineage::Status::ok);  // blanks at the end are none
}

TEST_CASE("512 entries fit, one more does not", "[git]") {
  std::string block;
  for (std::size_t i = 0; i < max_lineage_entries; ++i) block += "- k" + std::to_string(i) + ": 1\n";
  CHECK(parse_annotation(with_block(block)).entries.size() == max_lineage_entries);
  CHECK(parse_annotation(with_block(block + "- k0: 1\n")).status == Lineage::Status::ok);  // a repeated one is none more
  CHECK(parse_annotation(with_block(block + "- more: 1\n")).error == "too-many-entries");
}

TEST_CASE("a key has 128 characters at most", "[git]") {
  CHECK(parse_annotation(with_block("- " + std::string(128, 'k') + ": 1\n")).status == Lineage::Status::ok);
  CHECK(parse_annotation(with_block("- " + std::string(129, 'k') + ": 1\n")).error == "bad-key");
}

TEST_CASE("an annotation over 1 MiB is not read", "[git]") {
  std::string text = "Release: web v1.0.0\nAttestation Lineage:\n- a: 1\n\nChangelog:\n";
  text.resize(max_annotation_bytes, 'x');
  CHECK(parse_annotation(text).status == Lineage::Status::ok);
  text += 'x';
  auto const lineage = parse_annotation(text);
  CHECK(lineage.error == "too-large");
  CHECK_FALSE(lineage.release);
  CHECK(lineage_rejection(lineage, "t").where == "tag t");
}

TEST_CASE("a million repeated lines are read in one pass", "[git]") {
  std::string block;
  for (std::size_t i = 0; i < max_lineage_entries; ++i) block += "- k" + std::to_string(i) + ": 1\n";
  std::string text = "Attestation Lineage:\n" + block;
  while (text.size() + 10 < max_annotation_bytes) text += "- k511: 1\n";
  CHECK(parse_annotation(text).entries.size() == max_lineage_entries);
}

TEST_CASE("release, source pull request and commit", "[git]") {
  struct Row {
    char const* text;
    char const* release;
    std::uint64_t pr;  // 0: none
    char const* commit;
  };
  std::string const id(40, 'c'), id64(64, 'd');
  std::string const commit_then_bad = "Commit: " + id + "\nCommit: unknown\n";
  std::string const two_commits = "Commit: " + id + "\nCommit: " + id64 + "\n";
  std::string const upper = "Commit: " + std::string(40, 'C') + "\n";
  auto const rows = std::vector<Row>{
      {"Release: web v1.0.0", "web 1.0.0", 0, ""},
      {"\n\n  Release:\tweb \t v1.0.0 ", "web 1.0.0", 0, ""},
      {"x\nRelease: web v1.0.0", "", 0, ""},  // only as first non-empty line
      {"Release: web 1.0.0", "", 0, ""},      // no v
      {"Release: web v", "", 0, ""},
      {"Release: web v1 x", "", 0, ""},
      {"Release:web v1", "", 0, ""},
      {"release: web v1", "", 0, ""},
      {"Source PR: #7", "", 7, ""},
      {"Source PR:#7", "", 7, ""},
      {"Source PR: 7", "", 0, ""},
      {"Source PR: #0", "", 0, ""},
      {"Source PR: #7 x", "", 0, ""},
      {"Source PR: #7\nSource PR: #unknown", "", 0, ""},  // the last one counts
      {"Source PR: #unknown\nSource PR: #7", "", 7, ""},
      {commit_then_bad.c_str(), "", 0, ""},
      {two_commits.c_str(), "", 0, id64.c_str()},
      {upper.c_str(), "", 0, ""},
  };
  for (auto const& row : rows) {
    CAPTURE(row.text);
    auto const lineage = parse_annotation(row.text);
    CHECK((lineage.release ? lineage.release->chart + " " + lineage.release->version : "") == row.release);
    CHECK(lineage.source_pr.value_or(0) == row.pr);
    CHECK(lineage.commit.value_or("") == row.commit);
  }
}

TEST_CASE("a byte-order mark is dropped once, each line end once (A-97)", "[git]") {
  CHECK(parse_annotation("\xef\xbb\xbfRelease: web v1\n").release.has_value());
  CHECK_FALSE(parse_annotation("\xef\xbb\xbf\xef\xbb\xbfRelease: web v1\n").release.has_value());
  CHECK(parse_annotation("Attestation Lineage:\r\n- a: 1\r\n").status == Lineage::Status::ok);
  CHECK(parse_annotation("Attestation Lineage:\r\n- a: 1\r\r\n").error == "bad-id");  // the second CR is text
}

TEST_CASE("everything from the last signature on is not text (A-97)", "[git]") {
  auto const start = one_of<std::string>({"-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----",
                                          "-----BEGIN SSH SIGNATURE-----", "-----BEGIN SIGNED MESSAGE-----"});
  CHECK(parse_annotation("Attestation Lineage:\n- a: 1\n" + start + "\nx\n").status == Lineage::Status::ok);
  CHECK(parse_annotation(start + "\nAttestation Lineage:\n- a: 1\n").error == "no-lineage-block");
  // Only the last one is cut at: the first is part of the text, and no line of a block.
  CHECK(parse_annotation("Attestation Lineage:\n" + start + "\n- a: 1\n" + start + "\n").error == "bad-line");
  // An indented one is none: it is looked for before lines lose their blanks.
  CHECK(parse_annotation(" " + start + "\nAttestation Lineage:\n- a: 1\n").status == Lineage::Status::ok);
}

TEST_CASE("text for people names status, entries and what is wrong", "[git]") {
  auto const good = lineage_text(parse_annotation(with_block("- a: 1 " + digest_a + "\n- b: 2\n")));
  CHECK(good == "status      ok\nrelease     web v1.0.0\nsource pr   -\ncommit      -\nentries     2\n  a: 1  " + digest_a +
                    "\n  b: 2  (no digest)\n");
  auto const bad = lineage_text(parse_annotation(with_block("- \x1b[31m: 1\n")));
  CHECK(bad.find("bad-key") != std::string::npos);
  CHECK(bad.find("line        4: - \\u{1b}[31m: 1") != std::string::npos);
  CHECK(bad.find('\x1b') == std::string::npos);
}

AnnotationParts parts() {
  return {.chart = "web",
          .version = "1.2.3",
          .entries = {{"w1-lint", "11", digest_a}, {"w5/semver", "12", digest_b}},
          .changelog = "### Features\n\n* something\n",
          .source_pr = 101,
          .commit = std::string(40, 'c')};
}

TEST_CASE("a composed annotation reads as it was meant", "[git]") {
  auto const text = compose_annotation(parts());
  REQUIRE(text.has_value());
  CHECK(*text == "Release: web v1.2.3\n\nAttestation Lineage:\n- w1-lint: 11 " + digest_a + "\n- w5/semver: 12 " + digest_b +
                     "\n\nChangelog:\n### Features\n\n* something\n\nSource PR: #101\nCommit: " + std::string(40, 'c') + "\n");
  auto const lineage = parse_annotation(*text);
  CHECK(lineage.entries == parts().entries);
  CHECK(lineage.source_pr == 101U);
}

TEST_CASE("a composed annotation declares an empty block", "[git]") {
  AnnotationParts empty{.chart = "web", .version = "1.0.0", .entries = {}, .changelog = "", .source_pr = {}, .commit = ""};
  auto const text = compose_annotation(empty);
  REQUIRE(text.has_value());
  CHECK(parse_annotation(*text).status == Lineage::Status::none);
  CHECK(text->find("Source PR: #unknown\n") != std::string::npos);
}

TEST_CASE("what would be read differently is not composed", "[git]") {
  struct Row {
    char const *what, *why;
    void (*spoil)(AnnotationParts&);
  };
  auto const row = one_of<Row>({
      {"missing digest", "an entry has no subject digest", [](AnnotationParts& p) { p.entries[0].digest.reset(); }},
      {"upper-case digest", "the entries would",
       [](AnnotationParts& p) { p.entries[0].digest = "sha256:" + std::string(64, 'A'); }},
      {"id zero", "the annotation would not be understood: ", [](AnnotationParts& p) { p.entries[0].id = "0"; }},
      {"key with colon", "the annotation would not be understood: ", [](AnnotationParts& p) { p.entries[0].key = "a:b"; }},
      {"key with line end", "the entries would", [](AnnotationParts& p) { p.entries[0].key = "a: 1\n- b"; }},
      {"same key twice",
       "the annotation would not be understood: ", [](AnnotationParts& p) { p.entries[1].key = p.entries[0].key; }},
      {"same entry twice", "the entries would", [](AnnotationParts& p) { p.entries[1] = p.entries[0]; }},
      {"chart with blank", "chart and version would", [](AnnotationParts& p) { p.chart = "we b"; }},
      {"empty chart", "chart and version would", [](AnnotationParts& p) { p.chart = ""; }},
      {"version with line end",
       "the annotation would not be understood: ", [](AnnotationParts& p) { p.version = "1\nAttestation Lineage:"; }},
      {"commit that is none", "the commit would", [](AnnotationParts& p) { p.commit = "main"; }},
      {"changelog that speaks for the commit", "the commit would",
       [](AnnotationParts& p) { p.commit = "", p.changelog = "Commit: " + std::string(40, 'f'); }},
      {"changelog that begins a signature", "the source pull request would",
       [](AnnotationParts& p) { p.changelog = "-----BEGIN PGP SIGNATURE-----"; }},
      {"NUL", "a NUL byte", [](AnnotationParts& p) { p.changelog = std::string("a\0b", 3); }},
      {"too large", "the annotation would not be understood: ",
       [](AnnotationParts& p) { p.changelog = std::string(max_annotation_bytes, 'x'); }},
      {"source pull request 0", "the source pull request would", [](AnnotationParts& p) { p.source_pr = 0; }},
  });
  CAPTURE(row.what);
  auto spoiled = parts();
  row.spoil(spoiled);
  auto const text = compose_annotation(spoiled);
  REQUIRE(text.has_error());
  CHECK(text.error().code == "annotation");
  CHECK(text.error().why.starts_with(row.why));
}

TEST_CASE("digests may be left out on purpose", "[git]") {
  auto without = parts();
  without.entries[0].digest.reset();
  without.allow_missing_digests = true;
  CHECK(compose_annotation(without).has_value());
}

}  // namespace
}  // namespace tag_annotation_test
