// Any bytes as a time-stamp response (V-75 to V-80), under the timestamp authorities of both built-in roots.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sigstore/timestamp.hpp"
#include "sigstore/trusted_root.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::sigstore;
  static SignatureMemory memory;
  static TimestampVerifier const good(default_roots()[0].timestamp_authorities, memory);
  static TimestampVerifier const github(default_roots()[1].timestamp_authorities, memory);
  std::string_view const bytes(reinterpret_cast<char const*>(data), size);
  if (auto const token = parse_timestamp(bytes); token && (token->imprint.empty() || token->signed_attributes.empty()))
    std::abort();
  // Nobody has stamped this message, so nothing may verify.
  for (auto const* verifier : {&good, &github})
    if (auto const outcome = verifier->verify(bytes, "no such signature"); outcome && outcome->authority) std::abort();
  return 0;
}
