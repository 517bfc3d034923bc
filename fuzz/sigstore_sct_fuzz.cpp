// Any bytes as a list of certificate timestamps, and as a certificate that carries one.
#include <cstddef>
#include <cstdint>

#include "sigstore/sct.hpp"
#include "sigstore/trusted_root.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::sigstore;
  std::string_view const bytes(reinterpret_cast<char const*>(data), size);
  if (auto const scts = parse_sct_list(bytes); scts && scts->empty()) __builtin_trap();
  auto const certificate = Certificate::parse(bytes);
  if (!certificate) return 0;
  auto const& root = default_roots().front();
  auto const& issuers = root.certificate_authorities.back().chain;
  (void)check_scts(*certificate, issuers, root.ctlogs, 1).has_value();
  return 0;
}
