// Any bytes as a log's checkpoint (V-59, V-60), and as a note that claims to be a known log's.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sigstore/checkpoint.hpp"
#include "sigstore/trusted_root.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::sigstore;
  auto const checkpoint = parse_checkpoint({reinterpret_cast<char const*>(data), size});
  if (!checkpoint) return 0;
  if (checkpoint->signatures.empty() || checkpoint->root_hash.size() != 32 || checkpoint->origin.empty()) std::abort();
  for (auto const& log : default_roots().front().tlogs)
    for (auto const version : {RekorVersion::v1, RekorVersion::v2})
      (void)check_checkpoint(*checkpoint, log, version).has_value();
  return 0;
}
