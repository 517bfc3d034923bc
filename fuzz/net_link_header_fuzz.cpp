// The `Link` header of any server.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "net/http_date.hpp"
#include "net/link_header.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const links = acr::net::parse_link_header(text);
  auto const next = acr::net::next_link(text);
  if (links.has_value() != next.has_value()) std::abort();
  if (links) {
    for (auto const& link : *links) {
      if (link.target.find('>') != std::string::npos) std::abort();
    }
  }
  if (auto const date = acr::net::parse_http_date(text)) (void)acr::net::utc_text(*date);
  return 0;
}
