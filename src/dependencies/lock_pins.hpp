#pragma once

// Pins written into a lock without touching anything else: src/dependencies/lock_pins.hpp (dependencies.md D-29)

#include <string>
#include <string_view>
#include <vector>

#include "support/verdict.hpp"

namespace acr::dependencies {

struct LockPin {
  std::size_t line = 0;  ///< of the entry in the lock, 1-based
  std::string digest;    ///< "sha256:<64 lower-case hex>"
};

/// The lock's text with one line `digest: …` more in each of these entries; every other byte stays. Only locks as Helm writes
/// them (a block list of block maps) can be added to; the result is read again and must differ in the pins alone. Code
/// `lock-form`; `where` is `file` with the line.
Verdict<std::string> with_pins(std::string_view lock, std::string_view file, std::vector<LockPin> const& pins);

}  // namespace acr::dependencies
