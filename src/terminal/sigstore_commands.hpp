#pragma once

// Terminal commands about bundles: src/terminal/sigstore_commands.hpp

#include "terminal/command.hpp"

namespace acr::terminal {

Command inspect_command();
Command verify_bundle_command();
Command verify_attestations_command();

}  // namespace acr::terminal
