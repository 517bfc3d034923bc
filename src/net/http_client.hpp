#pragma once

// The one HTTP client of the project: src/net/http_client.hpp (github-api.md G-1, G-2, G-6 … G-9;
// D-32, D-33) HTTP/1.1 over TLS 1.2 or newer with keep-alive. Blocking calls from any number of threads; the
// network part runs as coroutines on one thread of its own.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/http.hpp"
#include "net/proxy.hpp"
#include "support/run_clock.hpp"

namespace acr::net {

struct ClientSettings {
  std::string user_agent;                                                ///< "atomic-chart-release/<version>"
  std::filesystem::path ca_file = "/etc/ssl/certs/ca-certificates.crt";  ///< PEM (G-2)
  ProxySettings proxy{};
  std::size_t connections_per_origin = limits::connections_per_origin;
  /// Stands in for the system's resolver, in tests: addresses as text; empty = no such name.
  std::function<std::vector<std::string>(std::string const& host)> resolver{};
};

/// What the environment says: SSL_CERT_FILE, and the proxies of A-11. `variable` returns "" for an unset
/// name. Throws BadEnvironment("bad-proxy") for a proxy that is no `http://[user:password@]host[:port]`.
ClientSettings client_settings(std::function<std::string(char const*)> const& variable, std::string user_agent);

/// See Http. Plain http goes to loopback addresses only (G-1), checked after resolution.
class HttpClient final : public Http {
 public:
  /// `clock` must live longer. Throws BadEnvironment("bad-ca-file") when the CA file holds no certificate.
  HttpClient(RunClock& clock, ClientSettings settings);
  /// With the settings of `other` and the authorities that it has read, and connections and a deadline of its own.
  HttpClient(RunClock& clock, HttpClient const& other);
  ~HttpClient() override;
  Reply exchange(Request const& request) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace acr::net
