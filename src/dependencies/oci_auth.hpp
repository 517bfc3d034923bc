#pragma once

// Whom a registry sends us to for a token, and what comes back: src/dependencies/oci_auth.hpp (dependencies.md D-22, D-23)
// Pure: parsing and the decision who may get a password.

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/url.hpp"
#include "support/verdict.hpp"

namespace acr::dependencies {

/// One challenge of `WWW-Authenticate` (RFC 9110 §11.3).
struct Challenge {
  std::string scheme;                             ///< lower case
  std::map<std::string, std::string> parameters;  ///< names in lower case; the first of a name counts
};

/// All challenges of the header's joined values; reading stops at what is malformed.
std::vector<Challenge> parse_challenges(std::string_view header);

struct Token {
  std::string value;          ///< visible ASCII, not empty
  std::chrono::seconds life;  ///< `expires_in`, else limits::token_life; 0 … a day
};

/// The answer of a token service. Code dep-auth.
Verdict<Token> read_token(std::string_view body, std::string_view where);

/// True when the realm belongs to the registry (D-23): its host, its parent, or the parent plus one label.
bool is_own_realm(net::Url const& registry, net::Url const& realm);

/// The realm with `service` (unless null) and `scope` added to its own query (D-22).
net::Url token_url(net::Url realm, std::string const* service, std::string_view repository_path);

}  // namespace acr::dependencies
