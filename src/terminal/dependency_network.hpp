#pragma once

// Who is asked for dependencies by a terminal command: src/terminal/dependency_network.hpp (dependencies.md D-36, D-38)

#include <string_view>

#include "dependencies/network_source.hpp"
#include "event/inputs.hpp"
#include "net/http_client.hpp"
#include "net/retrying_http.hpp"
#include "release/dependency_network.hpp"
#include "terminal/commands.hpp"
#include "terminal/registry_logins.hpp"

namespace acr::terminal {

/// As release::host_settings(); `logins` are used for registries that `registry-credentials` has no line for. They must live
/// longer.
dependencies::HostSettings host_settings(event::ActionInputs const& inputs, std::string_view api_url, RegistryLogins& logins);

/// A source with an HTTP client of its own, for terminal commands. Nothing goes out before the first fetch.
class DependencyNetwork {
 public:
  /// The clock and streams of `terminal` must live longer. Throws BadEnvironment.
  DependencyNetwork(event::ActionInputs const& inputs, Terminal const& terminal);
  [[nodiscard]] dependencies::NetworkSource& source() { return source_; }
  [[nodiscard]] net::Http& http() { return http_; }
  /// Who may be asked, with the user's own logins.
  [[nodiscard]] dependencies::HostSettings const& settings() const { return settings_; }

 private:
  RegistryLogins logins_;
  dependencies::HostSettings settings_;
  net::HttpClient client_;
  net::RetryingHttp http_;
  dependencies::NetworkSource source_;
};

}  // namespace acr::terminal
