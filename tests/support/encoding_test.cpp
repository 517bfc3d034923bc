#include "support/encoding.hpp"

#include "support/catch2.hpp"
#include "support/digest.hpp"

namespace encoding_test {
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
  auto const row = one_of<Row>({
      {"", ""},
      {"Zg==", "f"},
      {"Zg", "f"},
      {"Zg=", std::nullopt},
      {"Zh==", std::nullopt},      // left-over bits
      {"Zm9v\n", std::nullopt},    // line break
      {"Zm9v====", std::nullopt},  // padding after a full group
      {"_-8=", "\xff\xef"},        // URL alphabet
      {"_+8=", std::nullopt},      // mixed alphabets
      {"Z", std::nullopt},
      {"Z===", std::nullopt},
      {"=", std::nullopt},
  });
  CAPTURE(row.text);
  CHECK(acr::from_base64(row.text) == row.bytes);
}

TEST_CASE("each byte at each place of a group is a digit of base64 or refuses the text", "[support]") {
  std::string const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int byte = 0; byte < 256; ++byte)
    for (std::size_t place = 0; place < 4; ++place) {
      std::string text = "AAAA";
      text[place] = static_cast<char>(byte);
      if (place == 3 && byte == '=') continue;  // padding
      auto value = digits.find(static_cast<char>(byte));
      if (byte == '-') value = 62;
      if (byte == '_') value = 63;
      auto const bytes = acr::from_base64(text);
      CAPTURE(byte, place);
      REQUIRE(bytes.has_value() == (value != std::string::npos));
      if (bytes)
        REQUIRE((static_cast<unsigned char>((*bytes)[0]) << 16 | static_cast<unsigned char>((*bytes)[1]) << 8 |
                 static_cast<unsigned char>((*bytes)[2])) == static_cast<int>(value << (18 - 6 * place)));
    }
}

TEST_CASE("what base64 writes it reads, at every length", "[support]") {
  std::string bytes;
  for (int length = 0; length < 300; ++length) {
    REQUIRE(acr::from_base64(acr::base64(bytes)) == bytes);
    bytes += static_cast<char>(length * 73 + 11);
  }
}

TEST_CASE("hex reads both cases and writes lower case", "[support]") {
  CHECK(acr::hex("\x01\xfe") == "01fe");
  CHECK(acr::from_hex("01Fe") == std::string("\x01\xfe"));
  CHECK_FALSE(acr::from_hex("0"));
  CHECK_FALSE(acr::from_hex(std::string_view("01ff").substr(0, 3)));  // what follows the text is not read
  CHECK_FALSE(acr::from_hex("0g"));
}

TEST_CASE("digests are those of FIPS 180-4", "[support]") {
  CHECK(acr::sha256_text("abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("percent encoding keeps unreserved characters only", "[support]") {
  CHECK(acr::percent_encode("a b+c/ü") == "a%20b%2Bc%2F%C3%BC");
  CHECK(acr::percent_encode("heads/x", "/") == "heads/x");
}

TEST_CASE("base64 of an impossible length is refused, whatever follows the text", "[support]") {
  std::string_view const text = "AAAAAAAA";
  for (std::size_t const size : {1U, 5U}) CHECK_FALSE(acr::from_base64(text.substr(0, size)));
  for (std::size_t const size : {2U, 3U, 4U, 6U}) CHECK(acr::from_base64(text.substr(0, size)));
  for (char const* padded : {"Zg=", "Zm8==", "Zm9vZg=", "=", "==", "===", "Zm9v="}) {
    CAPTURE(padded);
    CHECK_FALSE(acr::from_base64(padded));
  }
  CHECK(acr::from_base64("Zg==") == "f");
  CHECK(acr::from_base64("Zm8=") == "fo");
}

TEST_CASE("an algorithm that does not exist is our own mistake", "[support]") {
  auto const unknown = static_cast<acr::HashAlgorithm>(99);
  CHECK_THROWS_AS(acr::digest_size(unknown), std::logic_error);
  CHECK_THROWS_AS(acr::digest(unknown, "abc"), std::logic_error);
  CHECK(acr::digest(acr::HashAlgorithm::sha1, "abc").size() == acr::digest_size(acr::HashAlgorithm::sha1));
}

}  // namespace
}  // namespace encoding_test
