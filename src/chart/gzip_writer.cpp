// Helm's gzip header, libdeflate's deflate: src/chart/gzip_writer.hpp (P-120)

#include "chart/gzip_writer.hpp"

#include <libdeflate.h>

#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>

#include "support/handle.hpp"
#include "support/work_budget.hpp"

namespace acr::chart {
namespace {

using namespace std::string_view_literals;

// Size of Helm's own output at half of zlib's time; part of what makes the bytes:
// docs/decisions/0004-deflate.md.
constexpr int level = 6;

// P-120: extra field and comment, no time, no name, unknown system.
constexpr auto gzip_header =
    "\x1f\x8b\x08\x14\0\0\0\0\0\xff"
    "\x2c\0"
    "rr\x28\0aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo="
    "Helm\0"sv;
static_assert(gzip_header.size() == 10 + 2 + 44 + 5);

void put_little_endian(char* at, std::uint32_t number) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<char>((number >> (8 * i)) & 0xff);
}

}  // namespace

std::string gzip(std::string bytes) {
  charge_work(bytes.size());
  using Compressor = Handle<libdeflate_compressor, libdeflate_free_compressor>;
  // Setting up the match finder's tables for each small chart costs more than compressing it. No state
  // survives a call: libdeflate starts every one from scratch.
  thread_local Compressor const compressor(libdeflate_alloc_compressor(level));
  if (!compressor) throw std::bad_alloc();

  // Room for the worst case, untouched until written: a chart that compresses well needs a tenth of it.
  std::size_t const bound = libdeflate_deflate_compress_bound(compressor.get(), bytes.size());
  std::unique_ptr<char[]> const room(new char[bound]);
  std::size_t const deflated = libdeflate_deflate_compress(compressor.get(), bytes.data(), bytes.size(), room.get(), bound);
  charge_work(bytes.size());
  if (deflated == 0) throw std::logic_error("deflate needs more room than it said");

  char trailer[8];
  put_little_endian(trailer, libdeflate_crc32(0, bytes.data(), bytes.size()));
  put_little_endian(trailer + 4, static_cast<std::uint32_t>(bytes.size()));  // RFC 1952: modulo 2^32
  std::string().swap(bytes);                                                 // B-25: never three times in memory
  std::string out;
  out.reserve(gzip_header.size() + deflated + sizeof trailer);
  out.append(gzip_header).append(room.get(), deflated).append(trailer, sizeof trailer);
  return out;
}

}  // namespace acr::chart
