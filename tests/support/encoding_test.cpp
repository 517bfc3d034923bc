#include "support/encoding.hpp"

#include "support/catch2.hpp"
#include "support/digest.hpp"

namespace {

TEST_CASE("base64 follows the proto3 JSON rules", "[support]") {
  // RFC 4648 section 10.
  CHECK(acr::base64("foobar") == "Zm9vYmFy");
  CHECK(acr::base64("fooba") == "Zm9vYmE=");
  CHECK(acr::base64("f") == "Zg==");
  struct Row {
    std::string text;
    std::optional<std::string> bytes;
  };
  auto const row = GENERATE(values<Row>({
      {"", ""},
      {"Zg==", "f"},
      {"Zg", "f"},
      {"Zg=", std::nullopt},
      {"Zh==", std::nullopt},       // left-over bits
      {"Zm9v\n", std::nullopt},     // line break
      {"Zm9v====", std::nullopt},   // padding after a full group
      {"_-8=", "\xff\xef"},         // URL alphabet
      {"_+8=", std::nullopt},       // mixed alphabets
      {"Z", std::nullopt},
      {"Z===", std::nullopt},
      {"=", std::nullopt},
  }));
  CAPTURE(row.text);
  CHECK(acr::from_base64(row.text) == row.bytes);
}

TEST_CASE("hex reads both cases and writes lower case", "[support]") {
  CHECK(acr::hex("\x01\xfe") == "01fe");
  CHECK(acr::from_hex("01Fe") == std::string("\x01\xfe"));
  CHECK_FALSE(acr::from_hex("0"));
  CHECK_FALSE(acr::from_hex("0g"));
}

TEST_CASE("digests are those of FIPS 180-4", "[support]") {
  CHECK(acr::sha256_text("abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("percent encoding keeps unreserved characters only", "[support]") {
  CHECK(acr::percent_encode("a b+c/ü") == "a%20b%2Bc%2F%C3%BC");
  CHECK(acr::percent_encode("heads/x", "/") == "heads/x");
}

}  // namespace
