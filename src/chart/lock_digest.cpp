// The lock's digest: Go's encoding/json of Helm's structs, byte for byte (D-8, D-9, P-91).

#include "chart/lock_digest.hpp"

#include "chart/go_json.hpp"
#include "support/digest.hpp"

namespace acr::chart {
namespace {

void append_list(std::string& out, DependencyList const& list) {
  out += '[';
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i != 0) out += ',';
    append_json(out, list[i]);
  }
  out += ']';
}

}  // namespace

std::string lock_digest_input(std::optional<DependencyList> const& declared, std::optional<DependencyList> const& locked) {
  std::string out = "[";
  declared ? append_list(out, *declared) : void(out += "null");
  out += ',';
  locked ? append_list(out, *locked) : void(out += "null");
  return out + ']';
}

std::string lock_digest(std::optional<DependencyList> const& declared, std::optional<DependencyList> const& locked) {
  return sha256_text(lock_digest_input(declared, locked));
}

std::string legacy_lock_digest(DependencyList const& declared) {
  std::string out = "{\"dependencies\":";
  append_list(out, declared);
  return sha256_text(out + '}');
}

}  // namespace acr::chart
