#include "report/markdown.hpp"

#include "support/catch2.hpp"

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
