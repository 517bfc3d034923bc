// Any bytes as each kind of TUF metadata.
#include <cstddef>
#include <cstdint>

#include "tuf/metadata.hpp"

namespace {

template <class T>
void check(acr::Verdict<acr::tuf::Signed<T>> const& file) {
  if (!file) return;
  if (file->content.version < 1) __builtin_trap();  // T-17
  if (file->bytes.empty() || file->bytes.front() != '{') __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  check(acr::tuf::parse_root(text, "fuzz"));
  check(acr::tuf::parse_timestamp(text, "fuzz"));
  check(acr::tuf::parse_snapshot(text, "fuzz"));
  auto const targets = acr::tuf::parse_targets(text, "fuzz");
  check(targets);
  if (!targets) return 0;
  for (auto const& delegation : targets->content.delegations) {
    if (acr::tuf::encoded_role(delegation.name).find('/') != std::string::npos) __builtin_trap();  // T-29
    (void)delegation.covers("a/b.json");
    for (auto const& [id, key] : targets->content.keys) (void)acr::tuf::VerificationKey::parse(key);
  }
  return 0;
}
