// Helm's gzip frame (P-120) and the fixed bytes of our deflate (P-121, P-134).

#include "chart/gzip_writer.hpp"

#include <zlib.h>

#include <thread>
#include <vector>

#include "support/catch2.hpp"
#include "support/digest.hpp"
#include "support/encoding.hpp"

namespace gzip_writer_test {
namespace {

using namespace acr;
using namespace acr::chart;

/// Text that compresses like charts do, without depending on a file.
std::string sample(std::size_t size) {
  std::string text;
  std::uint32_t state = 1;
  char const* const words[] = {"apiVersion: v1\n", "  name: ", "{{ .Values.image }}\n", "kind: Service\n", "spec:\n", "- port"};
  while (text.size() < size) {
    state = state * 1664525 + 1013904223;
    text.append(words[(state >> 24) % 6]).append(std::to_string(state >> 28));
  }
  text.resize(size);
  return text;
}

std::string gunzip(std::string_view bytes) {
  z_stream z{};
  REQUIRE(inflateInit2(&z, 15 + 16) == Z_OK);
  std::string out(1 << 20, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  REQUIRE(inflate(&z, Z_FINISH) == Z_STREAM_END);
  REQUIRE(z.avail_in == 0);
  out.resize(z.total_out);
  inflateEnd(&z);
  return out;
}

TEST_CASE("the gzip header is Helm's", "[chart]") {
  auto const bytes = gzip("x");
  // Taken from a package that helm 4.2.4 wrote.
  CHECK(hex(bytes.substr(0, 61)) ==
        "1f8b08140000000000ff2c00727228006148523063484d364c7939356233"
        "5630645335695a5339364f5656364d576c6a616e647954516f3d48656c6d00");
}

TEST_CASE("what was packed is unpacked, of any size", "[chart]") {
  auto const size = one_of({std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{65536}, std::size_t{700000}});
  CHECK(gunzip(gzip(sample(size))) == sample(size));
}

TEST_CASE("the compressed bytes never change", "[chart]") {
  // A failure here means that every package gets another digest: docs/decisions/0004-deflate.md.
  CHECK(hex(sha256(gzip(""))) == "79a411a6a92a3b623ff63578a40a9e08b73660a6d11a56289f59457b5399776d");
  CHECK(hex(sha256(gzip(sample(100000)))) == "cc114cb6dcb42b517d12ff2437768431c2979b50ce1d0681cac8f95bf3269b45");
}

TEST_CASE("the compressed bytes do not depend on what was compressed before, nor on the thread", "[chart]") {
  auto const expected = gzip(sample(50000));
  static_cast<void>(gzip(sample(3)));
  CHECK(gzip(sample(50000)) == expected);
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&result] { result = gzip(sample(50000)); });
  for (auto& thread : threads) thread.join();
  CHECK(results == std::vector<std::string>(4, expected));
}

}  // namespace
}  // namespace gzip_writer_test
