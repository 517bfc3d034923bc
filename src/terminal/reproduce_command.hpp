#pragma once

// `reproduce`, for those who got a package: src/terminal/reproduce_command.hpp (mission.md stage 8)
// A published package is proved twice: it equals the bytes that the tag's commit gives, and someone who may has attested it.

#include "terminal/command.hpp"

namespace acr::terminal {

/// Attestations come from `--bundle` files, else from GitHub; `--no-attestations` leaves them out and says so. Refused when the
/// bytes differ, when the tag or its chart is not what it must be, or when no attestation of the package verifies. Throws
/// BadEnvironment for files, options and clones that cannot be used.
Command reproduce_command();

}  // namespace acr::terminal
