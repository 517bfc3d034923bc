#pragma once

// Passwords for repositories and registries: src/dependencies/credentials.hpp (dependencies.md D-36)
// Held in memory only, and given to nobody but the origin they were written for.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::dependencies {

struct Credential {
  std::string host;  ///< lower case
  std::uint16_t port = 443;
  std::string prefix;  ///< "/team" or ""; whole path parts
  std::string user, password;
  /// The value of `Authorization`.
  [[nodiscard]] std::string basic() const;
};

class Credentials {
 public:
  /// Lines `host[:port][/prefix]=user:password`. Code `bad-input` (exit 2); `where` is "input registry-credentials" and the
  /// line's number, and nothing of the line is repeated.
  static Verdict<Credentials> parse(std::vector<std::string> const& lines);

  /// The line with the longest prefix that covers `path` ("/…") at that host and port; for OCI the repository's path. A path
  /// that some server may read as leaving the prefix (dot segments, encoded ones too) is not covered by it.
  [[nodiscard]] Credential const* find(std::string_view host, std::uint16_t port, std::string_view path) const;
  /// What must be masked in logs: passwords and their Basic forms.
  [[nodiscard]] std::vector<std::string> secrets() const;

 private:
  std::vector<Credential> list_;
};

/// The registry that container tools mean by their short default host (D-19): `docker.io` stands for
/// `registry-1.docker.io`; others for themselves.
std::string registry_host(std::string_view host);

}  // namespace acr::dependencies
