#include "terminal/dependency_network.hpp"

#include <filesystem>
#include <utility>

namespace acr::terminal {

dependencies::HostSettings host_settings(event::ActionInputs const& inputs, std::string_view api_url, RegistryLogins& logins) {
  auto settings = release::host_settings(inputs, api_url);
  settings.find_login = logins.find_login();
  return settings;
}

DependencyNetwork::DependencyNetwork(event::ActionInputs const& inputs, Terminal const& terminal)
    : logins_(terminal),
      settings_(host_settings(inputs, terminal.environment("GITHUB_API_URL").value_or(""), logins_)),
      client_(terminal.clock, net::client_settings([&](char const* name) { return terminal.environment(name).value_or(""); },
                                                   "atomic-chart-release/" ACR_VERSION)),
      http_(client_, terminal.clock),
      source_(http_, settings_, inputs.max_parallel, std::filesystem::path()) {}

}  // namespace acr::terminal
