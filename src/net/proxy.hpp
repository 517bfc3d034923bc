#pragma once

// Which requests go through a proxy: src/net/proxy.hpp (A-11; the conventions of curl and Go)

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/url.hpp"
#include "support/verdict.hpp"

namespace acr::net {

/// A forward proxy that is asked with CONNECT.
struct Proxy {
  std::string host;  ///< as Url::host
  std::uint16_t port = 0;
  std::string authorization;  ///< value of `Proxy-Authorization`, empty without credentials; secret
  friend bool operator==(Proxy const&, Proxy const&) = default;

  /// `[http://][user:password@]host[:port][/]`, port 80 unless given. Refused ("bad-proxy", nothing echoed
  /// but the scheme): https and socks proxies, anything else.
  static Verdict<Proxy> parse(std::string_view text);
};

struct ProxySettings {
  std::optional<Proxy> https;         ///< HTTPS_PROXY, or https_proxy
  std::vector<std::string> exempted;  ///< pieces of NO_PROXY, or no_proxy

  /// The proxy for `url`; nothing for plain http and loopback hosts (plain http is spoken to loopback only,
  /// and loopback is never proxied, so HTTP_PROXY has nothing left to do) and for what NO_PROXY names: `*`, a
  /// host with its subdomains, `.suffix` or `*.suffix`, an address, a CIDR range; each with an optional
  /// `:port`.
  [[nodiscard]] std::optional<Proxy> proxy_for(Url const& url) const;
};

/// Pieces of NO_PROXY between commas and blanks, lower case.
std::vector<std::string> no_proxy_entries(std::string_view text);

}  // namespace acr::net
