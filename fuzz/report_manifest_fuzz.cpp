// Reading a hostile manifest: what is accepted is written and read back equal.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "report/checksums.hpp"
#include "report/release_manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::report;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  if (auto const manifest = read_manifest(text)) {
    auto const again = read_manifest(manifest_text(*manifest));
    if (!again || *again != *manifest) std::abort();
  }
  if (auto const checksums = parse_checksums(text)) {
    auto const written = checksums_text(*checksums);
    if (!written || *written != text) std::abort();
  }
  return 0;
}
