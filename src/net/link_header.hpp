#pragma once

// The `Link` header: src/net/link_header.hpp (G-31, RFC 8288)

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::net {

struct Link {
  std::string target;                  ///< between `<` and `>`, as it is: absolute or relative
  std::vector<std::string> relations;  ///< of the first `rel`, lower case, e.g. {"next"}; empty without one
};

/// All links of the joined header, in order. Quoted values, several relations in one `rel`, parameters in any
/// order, blanks anywhere RFC 8288 has them. Refused, code "bad-link-header": text of another shape.
Verdict<std::vector<Link>> parse_link_header(std::string_view text);

/// Target of the first link with relation `next`; nothing when there is none.
Verdict<std::optional<std::string>> next_link(std::string_view text);

}  // namespace acr::net
