#pragma once

// A tuf::Client over the network: src/release/tuf_drive.hpp (T-22 … T-31)

#include <string>

#include "release/tuf_fetch.hpp"
#include "tuf/client.hpp"

namespace acr::release {

/// Fetches what `client` wants until the step that was asked for is done. `step`: what start() or find() answered.
Verdict<void> drive(tuf::Client& client, TufFetch& fetch, Verdict<void> step);

/// The file of the target that find() has found, verified.
Verdict<std::string> fetch_target(tuf::Client& client, TufFetch& fetch);

}  // namespace acr::release
