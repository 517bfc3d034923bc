#pragma once

// Passwords for repositories and registries: src/dependencies/credentials.hpp (dependencies.md D-36, binding.md B-27, B-28)
// Held in memory only, and given to nobody but the origin they were written for.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/url.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

struct Credential {
  std::string host;  ///< lower case
  std::uint16_t port = 443;
  std::string prefix;  ///< "/team" or ""; whole path parts
  std::string user, password;
  /// Token services that may be given the password beside the host itself: the words `realm=` of the line (B-27).
  struct Place {
    std::string host;  ///< lower case
    std::uint16_t port = 443;
    friend bool operator==(Place const&, Place const&) = default;
  };
  std::vector<Place> realms{};
  /// The value of `Authorization`.
  [[nodiscard]] std::string basic() const;
  /// B-27: the host of the line with its port, or one that a word `realm=` names. Sister hosts, parent domains and other
  /// ports are not.
  [[nodiscard]] bool allows_realm(net::Url const& realm) const;
};

class Credentials {
 public:
  /// Lines `host[:port][/prefix]=user:password`, and behind it any number of words ` realm=host[:port]`. Code `bad-input` (exit
  /// 2); `where` is "input registry-credentials" and the line's number, and nothing of the line is repeated.
  static Verdict<Credentials> parse(std::vector<std::string> const& lines);

  /// The line with the longest prefix that covers `path` ("/…") at that host and port; for OCI the repository's path. Covered:
  /// net::is_below_prefix (B-28).
  [[nodiscard]] Credential const* find(std::string_view host, std::uint16_t port, std::string_view path) const;
  /// What must be masked in logs: passwords and their Basic forms.
  [[nodiscard]] std::vector<std::string> secrets() const;

 private:
  std::vector<Credential> list_;
};

/// `text` without its last words ` realm=…`, for masking: these are no part of a password.
std::string_view without_realms(std::string_view text);

/// The registry that container tools mean by their short default host (D-19): `docker.io` stands for
/// `registry-1.docker.io`; others for themselves.
std::string registry_host(std::string_view host);

}  // namespace acr::dependencies
