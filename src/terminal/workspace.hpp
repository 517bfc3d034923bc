#pragma once

// The work tree that a terminal command is about, and services over its clone: src/terminal/workspace.hpp

#include <filesystem>

#include "event/inputs.hpp"
#include "release/repository.hpp"
#include "release/services.hpp"
#include "terminal/arguments.hpp"
#include "terminal/commands.hpp"

namespace acr::terminal {

/// `--workspace`, else the working directory: absolute, normalised.
std::filesystem::path workspace_of(Arguments const& arguments);

/// As release::service_settings() with the variables of `terminal`; objects come from the clone that the work tree belongs to,
/// which need not lie in it. Throws BadEnvironment.
release::ServiceSettings clone_services(event::ActionInputs const& inputs, release::Repository const& repository,
                                        std::filesystem::path const& workspace, Terminal const& terminal);

}  // namespace acr::terminal
