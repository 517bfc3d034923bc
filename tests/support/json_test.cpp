#include "support/json.hpp"

#include "support/catch2.hpp"

namespace json_test {
namespace {

TEST_CASE("strict JSON refuses what parsers read differently", "[support]") {
  auto const text =
      one_of<std::string>({R"({"a":1,"a":2})", R"({"a":{"b":1,"\u0062":2}})", "{\"a\":1}x", "\xef\xbb\xbf{}", "[1,]", "[NaN]",
                           "[01]", "\"\n\"", R"("\ud800")", "\"\xff\"", "{", "", "// c\n{}", "[1 /*c*/]"});
  CAPTURE(text);
  auto const value = acr::parse_json(text, "bundle");
  REQUIRE(value.has_error());
  CHECK(value.error().code == "bad-json");
  CHECK(value.error().where.rfind("bundle at byte ", 0) == 0);
}

TEST_CASE("the duplicate name is told", "[support]") {
  CHECK(acr::parse_json(R"({"a":[{"key":1,"key":2}]})", "x").error().why == "an object has the name \"key\" twice");
}

TEST_CASE("duplicate names pass where the caller allows them", "[support]") {
  CHECK(acr::parse_json(R"({"a":1,"a":2})", "x", {.duplicate_names_allowed = true}).has_value());
}

TEST_CASE("size and depth of JSON are bounded", "[support]") {
  CHECK(acr::parse_json("[[]]", "x", {.max_depth = 1}).has_error());
  CHECK(acr::parse_json("[[]]", "x", {.max_depth = 2}).has_value());
  CHECK(acr::parse_json("[1234567890]", "x", {.max_bytes = 5}).has_error());
  CHECK(acr::parse_json(std::string(1 << 20, '['), "x").has_error());
}

TEST_CASE("the same name in different objects is not a duplicate", "[support]") {
  CHECK(acr::parse_json(R"({"a":{"a":1},"b":{"a":2}} )", "x").has_value());
}

TEST_CASE("ASCII JSON is one line of ASCII", "[support]") {
  auto const value = acr::parse_json("{\"k\":[\"\u00e9\U0001F600\\n\",1,true,null,{}]}", "x").value();
  CHECK(acr::to_ascii_json(value) == R"({"k":["\u00e9\ud83d\ude00\u000a",1,true,null,{}]})");
}

TEST_CASE("a member of another kind is none", "[support]") {
  auto const value =
      acr::parse_json(R"({"text":"a","number":1,"big":18446744073709551615,"real":1.0,"null":null})", "event").value();
  CHECK(acr::string_in(value, "text") == "a");
  CHECK(acr::integer_in(value, "number") == 1);
  for (char const* name : {"number", "null", "absent"}) CHECK_FALSE(acr::string_in(value, name));
  for (char const* name : {"text", "big", "real", "null", "absent"}) CHECK_FALSE(acr::integer_in(value, name));
}

}  // namespace
}  // namespace json_test
