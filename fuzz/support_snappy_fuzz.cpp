// Downloads of bundles, in all their forms (V-98, G-14): no crash, no output beyond the limit.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "support/snappy.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  constexpr std::size_t limit = 1 << 20;
  std::string_view const bytes(reinterpret_cast<char const*>(data), size);
  for (auto const& result :
       {acr::decode_bundle_download(bytes, limit), acr::snappy_decode(bytes, limit), acr::snappy_decode_framed(bytes, limit)})
    if (result && result->size() > limit) std::abort();
  return 0;
}
