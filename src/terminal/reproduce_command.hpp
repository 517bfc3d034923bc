#pragma once

// `verify-package`, for the stage that publishes: src/terminal/verify_package.hpp (mission.md stage 8)
// A published package is proved twice: it equals the bytes that the tag's commit gives, and someone who may has attested it.

#include <string_view>
#include <vector>

#include "terminal/commands.hpp"

namespace acr::terminal {

/// `verify-package FILE.tgz TAG`. Attestations come from `--bundle` files, else from GitHub; `--no-attestations` leaves them
/// out and says so. Refused when the bytes differ, when the tag or its chart is not what it must be, or when no attestation of
/// the package verifies. Throws BadEnvironment for files, options and clones that cannot be used.
ExitStatus verify_package_command(std::vector<std::string_view> const& words, Terminal const& terminal);

}  // namespace acr::terminal
