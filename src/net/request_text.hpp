#pragma once

// A request as the bytes that travel: src/net/request_text.hpp (RFC 9112)

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace acr::net {

/// Request line, header section and body for `request.url`. Throws std::logic_error for what nobody may send:
/// a method or field name that is not a token, control characters in a field (header injection), credentials
/// outside `origin_headers` (G-8), fields that the client itself decides (Host, Content-Length, …,
/// Accept-Encoding).
std::string request_text(Request const& request, std::string_view user_agent);

}  // namespace acr::net
