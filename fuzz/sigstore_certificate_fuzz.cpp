// Any bytes as a signing certificate: identity, extensions, chain.
#include <cstddef>
#include <cstdint>

#include "sigstore/certificate.hpp"
#include "sigstore/certificate_chain.hpp"
#include "sigstore/certificate_identity.hpp"
#include "sigstore/trusted_root.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::sigstore;
  static SignatureMemory memory;
  static ChainVerifier const chains(default_roots().front().certificate_authorities, memory);
  auto const certificate = Certificate::parse({reinterpret_cast<char const*>(data), size});
  if (!certificate) return 0;
  if (auto const identity = read_identity(*certificate); identity && identity->san.empty()) __builtin_trap();
  (void)issuer_organization(*certificate).has_value();
  (void)certificate->public_key().has_value();
  (void)certificate->serial_hex();
  (void)chains.paths(*certificate).has_value();
  return 0;
}
