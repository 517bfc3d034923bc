#pragma once

// Public keys of TUF metadata and the signatures that count: src/tuf/key.hpp (T-18 … T-20)

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace acr::tuf {

/// A key as the file has it. It may be of a kind that is not known, or broken: then it never verifies anything (T-18).
struct KeyText {
  std::string type;
  std::string scheme;
  std::string value;  ///< keyval.public; empty when it is not a string
  friend bool operator==(KeyText const&, KeyText const&) = default;
};

/// By key id, which is only a name: it is not recomputed (T-18).
using KeyTable = std::map<std::string, KeyText, std::less<>>;

/// Who may sign for a role.
struct Role {
  std::vector<std::string> key_ids;
  std::int64_t threshold = 1;
};

struct Signature {
  std::string key_id;
  std::string hex;
};

/// A key that parsed: ECDSA P-256 with SHA-256, Ed25519, or RSA-PSS with SHA-256. Immutable, cheap to copy.
class VerificationKey {
 public:
  /// Nothing for a key of T-18 that never verifies anything.
  static std::optional<VerificationKey> parse(KeyText const& text);

  [[nodiscard]] bool verifies(std::string_view message, std::string_view signature) const;
  /// The key itself, whatever it was written as: equal for one key in PEM and in hex, with old and new type name (T-20).
  [[nodiscard]] std::string const& identity() const;

 private:
  struct State;
  explicit VerificationKey(std::shared_ptr<State const> state) : state_(std::move(state)) {}
  std::shared_ptr<State const> state_;
};

/// How many distinct keys of `role` have signed (T-19, T-20); counting ends at the role's threshold.
std::int64_t count_signers(Role const& role, KeyTable const& keys, std::span<Signature const> signatures,
                           std::string_view message);

/// True when the same keys with the same threshold may sign (T-25): ids and spelling of keys do not matter.
bool same_signers(Role const& a, KeyTable const& keys_of_a, Role const& b, KeyTable const& keys_of_b);

}  // namespace acr::tuf
