#pragma once

// Whom a registry sends us to for a token, and what comes back: src/dependencies/oci_auth.hpp (dependencies.md D-22, binding.md
// B-27) Pure: parsing, and what is asked for.

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

/// The realm with `service` (unless null) and `scope=repository:<path>:pull`. Of its own query the parameters `scope`,
/// `service` and `account` are left out in every spelling: nobody but us says what the token is for (B-27).
net::Url token_url(net::Url realm, std::string const* service, std::string_view repository_path);

}  // namespace acr::dependencies
