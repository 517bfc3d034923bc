#include "support/snappy.hpp"

#include <filesystem>

#include "support/atomic_file.hpp"
#include "support/catch2.hpp"
#include "support/packed.hpp"
#include "support/places.hpp"

namespace snappy_test {
namespace {

using namespace acr;
using namespace std::string_literals;

constexpr std::size_t mebibyte = std::size_t{1} << 20;

std::filesystem::path folder() { return acr::test::data_folder() / "sigstore/snappy"; }

std::string sample(std::string const& name) { return read_file(folder() / name, mebibyte); }

std::string why(Verdict<std::string> const& result) { return result ? "accepted" : result.error().why; }

std::string const identifier = "\xff\x06\x00\x00sNaPpY"s;

std::string chunk(char type, std::string const& body) {
  std::string out(1, type);
  for (unsigned shift = 0; shift < 24; shift += 8) out += static_cast<char>(body.size() >> shift & 0xff);
  return out + body;
}

// Masked CRC-32C of "hello", by a bitwise implementation in another language that gives e3069283 for "123456789".
std::string const hello_checksum = "\xbb\x1f\x1c\x19"s;

TEST_CASE("the Snappy samples decode to what they were made of", "[support]") {
  CHECK(snappy_decode(sample("bundle.json.sn"), mebibyte).value() == sample("bundle.json"));
  CHECK(snappy_decode(sample("overlap.sn"), mebibyte).value() == sample("overlap.bin"));
}

TEST_CASE("every ill-formed Snappy sample is refused", "[support]") {
  int count = 0;
  for (auto const& entry : std::filesystem::directory_iterator(folder())) {
    auto const name = entry.path().filename().string();
    if (!name.starts_with("bad-")) continue;
    CAPTURE(name);
    auto const decoded = snappy_decode(sample(name), 16 * mebibyte);
    REQUIRE(decoded.has_error());
    CHECK(decoded.error().code == "snappy");
    ++count;
  }
  CHECK(count >= 8);
}

TEST_CASE("Snappy blocks are refused for each defect (V-98)", "[support]") {
  char const* const corrupt = "the block is corrupt, or not as long as it declares";
  struct Row {
    std::string block;
    char const* why;
  };
  auto const row = one_of<Row>({
      {"", "it does not start with the length of its content"},
      {"\x80\x80\x80\x80\x80\x00"s, "it does not start with the length of its content"},
      {"\xff\xff\xff\xff\x1f"s, "it does not start with the length of its content"},  // 2^33-1
      {"\x01\xf0"s, corrupt},                                                         // a literal's length is cut off
      {"\x05\x10"
       "abc"s,
       corrupt},  // a literal is cut off
      {"\x01\x04"
       "ab"s,
       corrupt},  // a literal reaches past the declared length
      {"\x05\x00"
       "a\x01"s,
       corrupt},  // a copy's offset is cut off
      {"\x05\x00"
       "a\x01\x00"s,
       corrupt},  // a copy from nowhere
      {"\x05\x00"
       "a\x01\x02"s,
       corrupt},  // a copy from before the content
      {"\x04\x00"
       "a\x01\x01"s,
       corrupt},  // a copy reaches past the declared length
      {"\x02\x00"
       "a"s,
       corrupt},           // shorter than declared
      {"\x01"s, corrupt},  // no content at all
      {"\x01\x00"
       "a\x00"
       "b"s,
       corrupt},  // bytes behind the end
      {"\xff\xff\xff\xff\x0f"s, "the content is larger than the limit"},
  });
  CAPTURE(row.why);
  CHECK(why(snappy_decode(row.block, mebibyte)) == row.why);
}

TEST_CASE("a Snappy block of exactly the limit passes, one byte more does not", "[support]") {
  std::string const text(1000, 'x');
  CHECK(snappy_decode(test::packed_by_snappy(text), 1000).value() == text);
  CHECK(why(snappy_decode(test::packed_by_snappy(text), 999)) == "the content is larger than the limit");
  CHECK(snappy_decode("\x00"s, 0).value().empty());
}

TEST_CASE("what Snappy packs is unpacked", "[support]") {
  std::string text = sample("bundle.json");
  text += text + std::string(70000, 'z') + text;
  auto const packed = test::packed_by_snappy(text);
  CHECK(packed.size() < text.size() / 2);
  CHECK(snappy_decode(packed, mebibyte).value() == text);
}

TEST_CASE("a framed Snappy stream is unpacked chunk by chunk, with checksums", "[support]") {
  std::string const plain = chunk('\x01', hello_checksum + "hello");
  std::string const packed = chunk('\x00', hello_checksum + "\x05\x10hello");
  std::string const padding = chunk('\xfe', std::string(9, '\0')) + chunk('\x80', "skipped");
  CHECK(snappy_decode_framed(identifier + plain + padding + packed + identifier, 10).value() == "hellohello");
  CHECK(snappy_decode_framed(identifier, 10).value().empty());

  struct Row {
    std::string stream;
    char const* why;
  };
  auto const row = one_of<Row>({
      {plain, "it does not start with a stream identifier"},
      {identifier + plain + plain + plain, "the content is larger than the limit"},
      {identifier + plain.substr(0, plain.size() - 1), "a chunk is cut off"},
      {identifier + "\x01"s, "a chunk is cut off"},
      {identifier + chunk('\x01', "abc"), "a chunk is too short for its checksum"},
      {identifier + chunk('\x01', hello_checksum + "hellp"), "a chunk's checksum is wrong"},
      {identifier + chunk('\x00', hello_checksum + "\x06\x10hello"), "the block is corrupt, or not as long as it declares"},
      {identifier + chunk('\x02', hello_checksum), "a chunk of an unknown type must not be skipped"},
      {identifier + chunk('\x7f', hello_checksum), "a chunk of an unknown type must not be skipped"},
      {identifier + chunk('\xff', "sNaPpy"), "a stream identifier is ill-formed"},
      {identifier + chunk('\x01', hello_checksum + std::string(65537, 'a')), "a chunk holds more than the format allows"},
  });
  CAPTURE(row.why);
  CHECK(why(snappy_decode_framed(row.stream, 10)) == row.why);
}

TEST_CASE("a download is read by what it holds, not by what it is called (G-14)", "[support]") {
  auto const json = sample("bundle.json");
  CHECK(decode_bundle_download(json, mebibyte).value() == json);
  CHECK(decode_bundle_download(" \r\n\t{}", 10).value() == " \r\n\t{}");
  CHECK(decode_bundle_download(sample("bundle.json.sn"), mebibyte).value() == json);
  CHECK(decode_bundle_download(identifier + chunk('\x01', hello_checksum + "hello"), 10).value() == "hello");
  CHECK(why(decode_bundle_download("{\"a\": 1}", 7)) == "the content is larger than the limit");
  CHECK(why(decode_bundle_download("", 7)) == "it does not start with the length of its content");
}

}  // namespace
}  // namespace snappy_test
