#pragma once

// One bundle alone: tests/github/download_one.hpp

#include <string>

#include "github/attestations.hpp"

namespace acr::github {

inline Verdict<std::string> download_one(Attestations& attestations, ListedAttestation const& attestation) {
  return attestations.download_all({attestation}).at(0);
}

}  // namespace acr::github
