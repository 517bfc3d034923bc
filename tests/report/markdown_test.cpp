#include "report/markdown.hpp"

#include "support/catch2.hpp"

namespace markdown_test {
namespace {

TEST_CASE("a code span holds what would end it, a table cell or a comment (A-86)", "[report]") {
  CHECK(acr::report::code_span("web-v1") == "`web-v1`");
  CHECK(acr::report::code_span("a`b|c<d>e\r\n") == "`a\\u{60}b\\u{7c}c\\u{3c}d\\u{3e}e\\u{d}\\u{a}`");
  CHECK(acr::report::code_span("\xe2\x80\xae") == "`\\u{202e}`");
  CHECK(acr::report::code_span("") == "–");
  CHECK(acr::report::code_span(" ") == "–");
  CHECK(acr::report::code_span(std::string(50, 'x'), 10) == "`xxxxxxxxxx…`");
}

TEST_CASE("a digest is recognized by its first twelve digits, and stays foreign text", "[report]") {
  CHECK(acr::report::short_digest("sha256:" + std::string(64, 'a')) == "`sha256:" + std::string(12, 'a') + "`");
  CHECK(acr::report::short_digest(std::string(40, '7')) == "`" + std::string(12, '7') + "`");
  CHECK(acr::report::short_digest("sha256:ab") == "`sha256:ab`");
  CHECK(acr::report::short_digest("a|b") == "`a\\u{7c}b`");
  CHECK(acr::report::short_digest("") == "–");
}

TEST_CASE("a name is a plain word only where it can be nothing else (A-86)", "[report]") {
  for (auto const* word : {"web", "1.2.0", "web-v1.2.0-rc.1+b5", "x", "api.example.org"})
    CHECK(acr::report::plain_word(word) == word);
  struct Row {
    char const* name;
    char const* shown;
  };
  auto const row = one_of<Row>({
      {"", "–"},
      {"a_b", "`a_b`"},  // emphasis
      {"a*b*", "`a*b*`"},
      {"@acme", "`@acme`"},              // a mention
      {"a@b.example", "`a@b.example`"},  // an address
      {"acme/charts", "`acme/charts`"},
      {"https://x.example", "`https://x.example`"},
      {"www.x.example", "`www.x.example`"},  // links by themselves
      {"WWW.x.example", "`WWW.x.example`"},
      {"GH-12", "`GH-12`"},  // an issue
      {"#12", "`#12`"},
      {"0a1b2c3", "`0a1b2c3`"},  // a commit
      {"1234567", "`1234567`"},
      {":x:", "`:x:`"},  // an emoji
      {"a b", "`a b`"},
      {"-x", "`-x`"},
      {"x.", "`x.`"},
      {"~x~", "`~x~`"},
      {"<b>", "`\\u{3c}b\\u{3e}`"},
      {"a\\b", "`a\\b`"},
      {"é", "`é`"},
      {"a\n## b", "`a\\u{a}## b`"},
  });
  CHECK(acr::report::plain_word(row.name) == row.shown);
  CHECK(acr::report::plain_word(std::string(201, 'x')) == "`" + std::string(201, 'x') + "`");
}

TEST_CASE("a digest is a link to its attestation where the id is known", "[report]") {
  auto const digest = "sha256:" + std::string(64, 'a');
  CHECK(acr::report::attested_digest("https://github.com", "a/b", digest, "12") ==
        "[`sha256:aaaaaaaaaaaa`](https://github.com/a/b/attestations/12)");
  CHECK(acr::report::attested_digest("https://github.com", "a/b", digest, "") == "`sha256:aaaaaaaaaaaa`");
  CHECK(acr::report::attested_digest("https://github.com", "a/b", "", "12") == "–");
  CHECK(acr::report::attested_digest("javascript:", "a/b", digest, "12") == "`sha256:aaaaaaaaaaaa`");
  CHECK(acr::report::attested_digest("https://github.com", "a/b", "]|", "1)") ==
        "[`]\\u{7c}`](https://github.com/a/b/attestations/1%29)");
}

TEST_CASE("a link goes to http only and cannot be left (A-86)", "[report]") {
  CHECK(acr::report::link("7", "https://github.com/a/b/pull/7") == "[7](https://github.com/a/b/pull/7)");
  CHECK(acr::report::link("x]", "https://h/a) [evil](b c\n") == "[`x]`](https://h/a%29%20%5Bevil%5D%28b%20c%0A)");
  CHECK(acr::report::link("7", "javascript:alert(1)") == "7");
  CHECK(acr::report::attestation_link("https://github.com", "a/b", "") == "–");
  CHECK(acr::report::attestation_link("https://github.com", "a/b", "12") == "[12](https://github.com/a/b/attestations/12)");
}

TEST_CASE("a Mermaid label is letters, digits and entities", "[report]") {
  CHECK(acr::report::mermaid_label("web 1.2.0+b") == "\"web 1.2.0+b\"");
  CHECK(acr::report::mermaid_label("a\"]; click x\n%%`é") == "\"a#34;#93;#59; click x#92;u#123;a#125;#37;#37;#96;#233;\"");
}

}  // namespace
}  // namespace markdown_test
