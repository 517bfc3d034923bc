#pragma once

// Who is asked for dependencies, by the inputs: src/release/dependency_network.hpp (dependencies.md D-32, D-33, D-36)

#include <string_view>
#include <vector>

#include "dependencies/build_plan.hpp"
#include "dependencies/network_source.hpp"
#include "dependencies/registry_look.hpp"
#include "event/inputs.hpp"
#include "net/http.hpp"
#include "support/run_clock.hpp"

namespace acr::release {

/// Mistakes in the inputs that have a grammar of their own: hosts and credentials. Nothing of a credential is repeated.
std::vector<Rejection> dependency_mistakes(event::ActionInputs const& inputs);

/// What is to be masked (A-27, D-36); of unusable lines whatever may be a password.
std::vector<std::string> credential_secrets(std::vector<std::string> const& lines);

/// The inputs were checked. `api_url` is the API base: when it is loopback http, so may dependencies be (D-32: tests).
dependencies::HostSettings host_settings(event::ActionInputs const& inputs, std::string_view api_url);

/// Looks at the registry for `check` (O-22); off: empty. `network` and `clock` must live longer than what is given back.
dependencies::AskRegistry registry_look(event::OciCheck check, net::Http& network, dependencies::HostSettings settings,
                                        RunClock& clock);

/// How charts are planned over that source.
dependencies::PlanSettings plan_settings(event::ActionInputs const& inputs, dependencies::NetworkSource const& source);

}  // namespace acr::release
