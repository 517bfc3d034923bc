// Any bytes as an in-toto statement.
#include <cstddef>
#include <cstdint>

#include "sigstore/identity_policy.hpp"
#include "sigstore/statement.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace acr::sigstore;
  std::string_view const payload(reinterpret_cast<char const*>(data), size);
  auto const statement = parse_statement(payload);
  if (!statement) return 0;
  if (statement->subjects.empty() || statement->predicate_type.empty()) __builtin_trap();  // V-50.2
  (void)matching_subject(*statement, Artifact::of_bytes("x")).has_value();
  Policy policy;
  policy.release = ReleasePolicy{"o/r", "1", "2", "v1", "aa"};
  CheckTrace trace;
  (void)check_statement(*statement, payload, policy, trace);
  return 0;
}
