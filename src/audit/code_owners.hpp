#pragma once

// CODEOWNERS: who must review what: src/audit/code_owners.hpp (U-12)

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace acr::audit {

struct OwnerRule {
  std::uint32_t line = 0;  ///< 1-based
  std::string pattern;
  std::vector<std::string> owners;  ///< "@acme/security", "ada@example.org"; empty: the paths have no owner
};

/// What GitHub's listing of errors in the file says.
struct OwnerError {
  std::uint32_t line = 0;
  std::string kind;  ///< "Unknown owner", "Invalid pattern", …
};

class CodeOwners {
 public:
  CodeOwners() = default;
  /// Lines that GitHub does not take (`!`, `[…]`, something that is not an owner) have no effect, as there; so do those that
  /// `errors` names, of unknown owners only when none is left. At most limits::code_owner_rules.
  static CodeOwners read(std::string_view bytes, std::vector<OwnerError> const& errors);

  /// The rule that decides: the last one that matches, as long as it names somebody. Null: nobody owns the path.
  [[nodiscard]] OwnerRule const* rule_of(std::string_view path) const;
  [[nodiscard]] std::size_t rule_count() const { return rules_.size(); }
  /// More rules than are read: the last ones might decide otherwise, so nothing has an owner.
  [[nodiscard]] bool is_too_long() const { return too_long_; }

 private:
  std::vector<OwnerRule> rules_;
  bool too_long_ = false;
};

}  // namespace acr::audit
