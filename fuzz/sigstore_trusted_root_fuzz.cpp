// Any bytes as a file of trusted roots.
#include <cstddef>
#include <cstdint>

#include "sigstore/trusted_root.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const roots = acr::sigstore::parse_trusted_roots(text, "fuzz");
  if (!roots) return 0;
  for (auto const& root : *roots) {
    for (auto const& log : root.tlogs)
      if (!log.valid_for.from) __builtin_trap();  // V-24
    for (auto const& authority : root.certificate_authorities)
      if (authority.chain.empty()) __builtin_trap();  // V-28
  }
  return 0;
}
