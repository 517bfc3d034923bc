// Any bytes as a document: a canonical form without control characters is a document again, and its own canonical form.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "tuf_signing/canonical_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const form = acr::tuf::canonical_json({reinterpret_cast<char const*>(data), size}, std::size_t{1} << 20);
  if (!form) return 0;
  if (std::any_of(form->begin(), form->end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })) return 0;
  auto const again = acr::tuf::canonical_json(*form, std::size_t{1} << 20);
  if (!again || *again != *form) __builtin_trap();
  return 0;
}
