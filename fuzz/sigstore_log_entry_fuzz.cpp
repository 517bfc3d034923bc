// Any bytes as the body of a log entry of each kind (V-54, V-66 to V-74): the first byte picks kind and content.
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sigstore/log_entry.hpp"
#include "sigstore/trusted_root.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::sigstore;
  if (size == 0) return 0;
  static constexpr std::array<std::pair<char const*, char const*>, 4> kinds = {
      {{"hashedrekord", "0.0.1"}, {"dsse", "0.0.1"}, {"intoto", "0.0.2"}, {"hashedrekord", "0.0.2"}}};
  static PublicKey const key = default_roots().front().tlogs.front().key;
  static std::string const leaf = default_roots().front().certificate_authorities.front().chain.front().der();
  LogEntry entry;
  entry.kind = kinds[data[0] & 3U].first;
  entry.api_version = kinds[data[0] & 3U].second;
  entry.canonicalized_body.assign(reinterpret_cast<char const*>(data + 1), size - 1);
  Bundle bundle;
  if ((data[0] & 4U) != 0) {
    bundle.key_material = CertificateMaterial{leaf, {}};
  } else {
    bundle.key_material = PublicKeyMaterial{};
  }
  if ((data[0] & 8U) != 0) {
    bundle.content = DsseEnvelope{"{}", "application/vnd.in-toto+json", "signature"};
  } else {
    bundle.content = MessageSignature{acr::HashAlgorithm::sha256, acr::sha256("file"), "signature"};
  }
  (void)check_log_entry_body(entry, bundle, key).has_value();
  return 0;
}
