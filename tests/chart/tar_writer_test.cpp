// Tar headers as Go writes them for Helm (P-110 … P-115).

#include "chart/tar_writer.hpp"

#include "chart/golden_lines.hpp"
#include "support/catch2.hpp"
#include "support/digest.hpp"

namespace tar_writer_test {
namespace {

using namespace acr;
using namespace acr::chart;

TEST_CASE("headers equal those of Go's archive/tar, byte by byte", "[chart]") {
  for (auto const& row : test::golden_lines("tar-headers.tsv")) {
    REQUIRE(row.size() == 5);
    auto const name = test::unhex(row[0]);
    auto const header = tar_header(name, std::stoull(row[1]), std::stoll(row[2]));
    if (std::to_string(header.size()) != row[3] || hex(sha256(header)) != row[4]) {
      CAPTURE(name, row[1], row[2]);
      CHECK(std::to_string(header.size()) == row[3]);
      CHECK(hex(sha256(header)) == row[4]);
    }
  }
}

TEST_CASE("a tar stream pads bodies to 512 and ends in two zero blocks", "[chart]") {
  std::string out;
  TarWriter writer([&](std::string_view bytes) { out.append(bytes); });
  writer.file("c/empty", "", 0);
  writer.file("c/full", std::string(512, 'f'), 0);
  writer.file("c/one", "1", 1700000000);
  writer.finish();
  CHECK(out.size() == 512 + (512 + 512) + (512 + 512) + 1024);
  CHECK(out.substr(0, 7) == "c/empty");
  CHECK(out.substr(512, 6) == "c/full");
  CHECK(out.substr(1024, 512) == std::string(512, 'f'));
  CHECK(out.substr(2048, 2) == std::string("1\0", 2));
  CHECK(out.substr(2560) == std::string(1024, '\0'));
}

TEST_CASE("a header holds mode, time and checksum in Go's octal forms", "[chart]") {
  using namespace std::string_view_literals;
  auto const header = tar_header("web/Chart.yaml", 9, 1700000000);
  REQUIRE(header.size() == 512);
  CHECK(header.substr(100, 8) == "0000644\0"sv);
  CHECK(header.substr(124, 12) == "00000000011\0"sv);
  CHECK(header.substr(136, 12) == "14524770400\0"sv);
  CHECK(header.substr(154, 3) == "\0 0"sv);
  CHECK(header.substr(257, 8) == "ustar\00000"sv);
}

TEST_CASE("an entry without a usable name is our own mistake", "[chart]") {
  CHECK_THROWS_AS(tar_header("", 0, 0), std::logic_error);
  CHECK_THROWS_AS(tar_header(std::string("a\0b", 3), 0, 0), std::logic_error);
}

}  // namespace
}  // namespace tar_writer_test
