#pragma once

// Dates as HTTP writes them: src/net/http_date.hpp (RFC 9110 section 5.6.7)

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acr::net {

/// All three forms, whose names of days are not looked at; nothing for other text.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

/// "2026-11-24T19:05:00Z"
std::string utc_text(std::chrono::sys_seconds time);

}  // namespace acr::net
