#include "tuf_signing/canonical_json.hpp"

#include "support/catch2.hpp"

namespace canonical_json_test {
namespace {

using acr::tuf::canonical_json;

constexpr std::size_t limit = 1000;

std::string code_of(std::string_view text) {
  auto const form = canonical_json(text, limit);
  return form ? "fine" : std::string(form.error().code.text()) + " " + form.error().rule_number;
}

TEST_CASE("the canonical form of a document (T-16)", "[tuf]") {
  struct Row {
    char const* text;
    char const* form;
  };
  auto const row = one_of<Row>({
      {" {\"b\" : 1,\n\"a\":[ true , false,null ] } ", "{\"a\":[true,false,null],\"b\":1}"},
      {"{\"b\":1,\"B\":2,\"\":3,\"\\u00e9\":4,\"\\ud83d\\ude00\":5,\"\\uffff\":6}",
       "{\"\":3,\"B\":2,\"b\":1,\"\xc3\xa9\":4,\"\xef\xbf\xbf\":6,\"\xf0\x9f\x98\x80\":5}"},  // bytes, not UTF-16
      {"\"\\\"\\\\\\/\\n\\t\\u0001\\u007f\"", "\"\\\"\\\\/\n\t\x01\x7f\""},                   // only these two are escaped
      {"[9223372036854775807,-9223372036854775808,0,-1]", "[9223372036854775807,-9223372036854775808,0,-1]"},
      {"[{},[],\"\"]", "[{},[],\"\"]"},
      {"\"-0\"", "\"-0\""},
      {"\"\\\"-0\"", "\"\\\"-0\""},
  });
  CAPTURE(row.text);
  auto const form = canonical_json(row.text, limit);
  REQUIRE(form.has_value());
  CHECK(*form == row.form);
}

TEST_CASE("documents that have no canonical form (T-15, T-16)", "[tuf]") {
  struct Row {
    std::string text;
    char const* code;
  };
  auto const row = one_of<Row>({
      {"1.0", "tuf-malformed T-16"},
      {"{\"unread\":[1e2]}", "tuf-malformed T-16"},
      {"-0", "tuf-malformed T-16"},
      {"[1,-0]", "tuf-malformed T-16"},
      {"{\"a\\\"\":-0}", "tuf-malformed T-16"},
      {"9223372036854775808", "tuf-malformed T-16"},
      {"-9223372036854775809", "tuf-malformed T-16"},
      {"01", "tuf-malformed T-15"},
      {"{\"a\":1,\"\\u0061\":2}", "tuf-malformed T-15"},
      {"[{\"a\":{\"b\":1,\"b\":1}}]", "tuf-malformed T-15"},
      {"\xef\xbb\xbf{}", "tuf-malformed T-15"},
      {"{} x", "tuf-malformed T-15"},
      {"{}{}", "tuf-malformed T-15"},
      {"\"\\ud800\"", "tuf-malformed T-15"},
      {"\"\xff\"", "tuf-malformed T-15"},
      {"\"\n\"", "tuf-malformed T-15"},
      {"[1,]", "tuf-malformed T-15"},
      {"NaN", "tuf-malformed T-15"},
      {"", "tuf-malformed T-15"},
      {std::string(limit, ' ') + "1", "tuf-too-large T-30"},
  });
  CAPTURE(row.text);
  CHECK(code_of(row.text) == row.code);
}

TEST_CASE("nesting ends at 64 (T-15)", "[tuf]") {
  auto const nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(code_of(nested(64)) == "fine");
  CHECK(code_of(nested(65)) == "tuf-malformed T-15");
}

TEST_CASE("a document at its limit is read (T-30)", "[tuf]") { CHECK(code_of(std::string(limit - 1, ' ') + "1") == "fine"); }

}  // namespace
}  // namespace canonical_json_test
