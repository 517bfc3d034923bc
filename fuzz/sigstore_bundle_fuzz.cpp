// Any bytes as a bundle: a verdict, never a crash, a hang or a large allocation (V-2).
#include <cstddef>
#include <cstdint>

#include "sigstore/bundle.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const bundle = acr::sigstore::parse_bundle(text, {acr::sigstore::BundleVersion::v0_1});
  if (bundle && bundle->signature().empty()) __builtin_trap();
  return 0;
}
